"""What scanners say of the box, held against what docs/security.md argues.

bandit reads the source, sslscan asks every port that speaks TLS, a scan of headers asks every
address of every door, and (not in short form: it takes minutes) testssl examines the patients'
door. Holds if all that they find stands in the document with its reason, and nothing else does.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from aiohttp import ClientSession

from practicebox import demo
from practicebox.practice import link
from practicebox.store.records import Appointment
from practicebox.web import trust
from practicebox.web.patient import check, entrance, visit
from practicebox.web.patient import reach as patients_reach
from practicebox.web.staff import door as staff_door
from tests.proof.scanners import argued, headers, source, tls
from tests.proof.scanners.argued import Finding
from tests.proof.tls_box import TlsBox, browser, practice, running

STAFF = "staff door"
PATIENTS = "patients' door"
RELAY = "relay"
HELP = "help page"
LOCAL = "names in .local"
PATIENT_TABLES = [entrance.routes, visit.routes, patients_reach.routes, *check.tables]


def main(short: bool) -> int:
    """Print what is found and not argued, or argued and not found; 0 if there is nothing."""
    found, scanners = asyncio.run(scan(short))
    expected = argued.argued(argued.DOCUMENT.read_text("utf-8"))
    said = argued.disagreements(found, expected, scanners)
    for name in scanners:
        count = sum(number for one, number in found.items() if one.scanner == name)
        print(f"{name}: {count} findings", flush=True)
    for line in said:
        print(f"  {line}", flush=True)
    return 1 if said else 0


async def scan(short: bool) -> tuple[Counter[Finding], list[str]]:
    """All findings, and the names of the scanners that ran."""
    scanners = [source.SCANNER, headers.SCANNER, tls.SSLSCAN]
    found = await source.scan()
    with tempfile.TemporaryDirectory(prefix="practicebox-scans-") as name:
        folder = Path(name)
        (folder / "data").mkdir(mode=0o700)
        secret, [appointment] = await practice(folder / "data", 1)
        async with running(folder, "practicebox", "serve") as box:
            found.update(await _headers(box, secret, appointment))
            for place, port in ((STAFF, box.staff), (PATIENTS, box.patients), (RELAY, box.relay)):
                found.update(await tls.sslscan(place, _port(port)))
            if not short:
                scanners.append(tls.TESTSSL)
                authority = await _authority(box)
                found.update(await tls.testssl(PATIENTS, _port(box.patients), authority))
    return found, scanners


async def _headers(box: TlsBox, secret: bytes, appointment: Appointment) -> set[Finding]:
    """Every door by a name, each once more by its name in .local, and both ways to cookies."""
    found = set()
    async with browser("127.0.0.1") as session:
        for place, address, tables in (
            (STAFF, box.staff, staff_door.TABLES),
            (PATIENTS, box.patients, PATIENT_TABLES),
            (HELP, box.help, [trust.routes]),
        ):
            paths = headers.addresses(tables)
            assert len(paths) >= 4
            found |= await headers.scan(session, place, address, paths, "localhost")
        local = await headers.scan(session, LOCAL, box.patients, ["/"], f"{demo.SHORT_NAME}.local")
        cookies = await _cookies(session, box, secret, appointment)
    everywhere = {one.name for one in found}
    return found | {one for one in local if one.name not in everywhere} | cookies


async def _cookies(
    session: ClientSession, box: TlsBox, secret: bytes, appointment: Appointment
) -> set[Finding]:
    """What a login and a patient's visit bring: their cookies come only then."""
    fields = {"organisation": demo.SHORT_NAME, "user": demo.USER, "password": demo.PASSWORD}
    device = {"Origin": box.staff, "Cookie": f"__Host-device={link.encode(secret)}"}
    code = {"code": appointment.codes.patient}
    found = set()
    async with session.post(
        f"{box.staff}/login", data=fields, headers=device, allow_redirects=False
    ) as answer:
        assert answer.cookies, "logged in"
        found |= {name for one in answer.cookies.values() for name in headers.of_cookie(one)}
    async with session.post(
        f"{box.patients}/visit", json=code, headers={"Origin": box.patients}
    ) as answer:
        assert answer.cookies, "joined"
        found |= {name for one in answer.cookies.values() for name in headers.of_cookie(one)}
    return {Finding(headers.SCANNER, name, "cookies") for name in found}


async def _authority(box: TlsBox) -> bytes:
    """The certificate that computers of the practice trust, from the help page."""
    async with browser("127.0.0.1") as session:
        async with session.get(f"{box.help}/{trust.FILE}.pem") as answer:
            return await answer.read()


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
