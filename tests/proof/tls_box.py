"""A box over TLS in a process of its own, for proofs: a practice in it, and browsers that come.

Real ports on the loopback, its own authority, Argon2id at full cost.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from practicebox import demo
from practicebox.store.records import Appointment, AppointmentDraft, Patient
from practicebox.store.store import Store
from tests.ports import free_ports
from tests.web.open_doors import careless

FOLDER = Path(__file__).parents[2]
CONFIG = """
data_folder = "{data}"
[staff]
host = "127.0.0.1"
port = {staff}
[patients]
host = "127.0.0.1"
port = {patients}
[stun]
port = {stun}
tls_port = {stun_tls}
[tls]
mode = "local"
help_port = {help}
"""


@dataclass
class TlsBox:
    """The process, and how to reach and enter it."""

    process: Process
    staff: str  # address of the staff door
    patients: str
    device_secret: bytes
    appointments: Sequence[Appointment]
    relay: str = ""  # STUN and relay over TLS
    help: str = ""  # the page about the authority, on plain HTTP

    def memory(self) -> tuple[int, int]:
        """Bytes that are resident now, and the most that ever were."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kibibytes = [
            int(re.findall(rf"{key}:\s+(\d+) kB", status)[0]) for key in ("VmRSS", "VmHWM")
        ]
        return kibibytes[0] * 1024, kibibytes[1] * 1024

    async def longest_stall(self) -> float:
        """The longest of the event loop since it was last asked for, in milliseconds."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(b"\n")
        return float(await self.process.stdout.readline())


def browser(source: str) -> ClientSession:
    """A browser at this address of the loopback; it keeps no cookies."""
    connector = TCPConnector(ssl=careless(), local_addr=(source, 0), limit=0)
    return ClientSession(connector=connector, cookie_jar=DummyCookieJar())


async def practice(data: Path, patients: int) -> tuple[bytes, list[Appointment]]:
    """A practice in `data`, its device's secret, an appointment for everybody in ten minutes."""
    store = await Store.open(data, now=lambda: datetime.now(UTC))
    try:
        founded = await demo.found(store)
        await store.login(demo.SHORT_NAME, demo.USER, demo.PASSWORD, founded.device_secret)
        starts = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
        drafts = (
            AppointmentDraft(
                patient=Patient(f"Patient {n}", date(1944, 5, 12), ("Weg 2", "12345 Musterhausen")),
                starts=starts,
                minutes=30,
                organiser=founded.user_id,
                reason="",
            )
            for n in range(patients)
        )
        return founded.device_secret, [await store.appointments.add(draft) for draft in drafts]
    finally:
        await store.close()


@asynccontextmanager
async def running(folder: Path, *program: str) -> AsyncIterator[TlsBox]:
    """`python -m program` with the data in `folder`; stopped at the end."""
    names = ("staff", "patients", "stun", "stun_tls", "help")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    (folder / "practicebox.toml").write_text(CONFIG.format(data=folder / "data", **ports))
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *program, "--config", str(folder / "practicebox.toml")),
            cwd=FOLDER,
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
        )
    try:
        patients = f"https://127.0.0.1:{ports['patients']}"
        await _until_open(ports["patients"], process)
        yield TlsBox(
            *(process, f"https://127.0.0.1:{ports['staff']}", patients, b"", ()),
            relay=f"turns://127.0.0.1:{ports['stun_tls']}",
            help=f"http://127.0.0.1:{ports['help']}",
        )
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _until_open(port: int, process: Process) -> None:
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None, "the box has stopped; see its log"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return
