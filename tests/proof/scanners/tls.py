"""What sslscan and testssl say of a port that speaks TLS."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.proof.scanners.argued import Finding

SSLSCAN = "sslscan"
TESTSSL = "testssl"
WANTED = {("tls", "1.2"), ("tls", "1.3")}
FEWEST_BITS = 128
GOOD_STRENGTHS = {"strong", "acceptable"}  # the others are weak, anonymous, null
SERIOUS = {"LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"}
LONGEST = 1200.0  # seconds; a minute of computing, but a thousand connections one after the other


def program(scanner: str) -> str | None:
    """Where it is installed; distributions call testssl by two names."""
    return shutil.which(scanner) or shutil.which(f"{scanner}.sh")


async def sslscan(place: str, port: int) -> set[Finding]:
    """What sslscan reports that a careful reader would ask about."""
    said = await _run(SSLSCAN, "--xml=-", "--show-certificate", f"127.0.0.1:{port}")
    report = ElementTree.fromstring(said)
    assert report.find(".//cipher") is not None, "the port was scanned"
    return {Finding(SSLSCAN, name, place) for name in complaints(report)}


def complaints(report: ElementTree.Element) -> list[str]:
    """What is wrong in a report of sslscan, in words."""
    return [*_protocols(report), *_ciphers(report), *_certificate(report)]


async def testssl(place: str, port: int, authority: bytes) -> set[Finding]:
    """What testssl gives a severity, from its full run on a computer that trusts `authority`."""
    with tempfile.TemporaryDirectory(prefix="practicebox-testssl-") as folder:
        trusted, file = Path(folder) / "authority.pem", Path(folder) / "report.json"
        trusted.write_bytes(authority)
        await _run(
            *(TESTSSL, "--quiet", "--warnings", "off", "--color", "0", "--nodns", "none"),
            *("--add-ca", str(trusted), "--jsonfile", str(file), "--ip", "127.0.0.1"),
            f"127.0.0.1:{port}",
        )
        report = json.loads(file.read_text("utf-8"))
    assert any(one["id"] == "scanTime" for one in report), "the scan came to its end"
    return {Finding(TESTSSL, one["id"], place) for one in report if one["severity"] in SERIOUS}


def _protocols(report: ElementTree.Element) -> Iterator[str]:
    on = {
        (one.get("type", ""), one.get("version", ""))
        for one in report.iter("protocol")
        if one.get("enabled") == "1"
    }
    yield from (f"{kind} {version} is spoken" for kind, version in on - WANTED)
    yield from (f"{kind} {version} is not spoken" for kind, version in WANTED - on)
    for tag, attribute, bad in (
        ("renegotiation", "supported", "1"),
        ("compression", "supported", "1"),
        ("heartbleed", "vulnerable", "1"),
        ("fallback", "supported", "0"),
    ):
        if any(one.get(attribute) == bad for one in report.iter(tag)):
            yield f"{tag} {attribute} = {bad}"


def _ciphers(report: ElementTree.Element) -> Iterator[str]:
    for one in report.iter("cipher"):
        if one.get("strength") not in GOOD_STRENGTHS or "CBC" in one.get("cipher", ""):
            yield f"cipher {one.get('cipher')}"
    for one in report.iter("group"):
        if int(one.get("bits", "0")) < FEWEST_BITS:
            yield f"group {one.get('name')} ({one.get('bits')} bits)"


def _certificate(report: ElementTree.Element) -> Iterator[str]:
    [short] = [one for one in report.iter("certificate") if one.get("type") == "short"]
    for tag in ("self-signed", "expired"):
        if short.findtext(tag) != "false":
            yield f"certificate {tag}"
    if "SHA256" not in (short.findtext("signature-algorithm") or ""):
        yield "certificate signature"
    key = short.find("pk")
    if key is None or int(key.get("bits", "0")) < FEWEST_BITS:
        yield "certificate key"


async def _run(scanner: str, *arguments: str) -> bytes:
    path = program(scanner)
    assert path, f"{scanner} is not installed; tests/install_browsers.sh installs it"
    process = await asyncio.create_subprocess_exec(
        path, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
    )
    said, _ = await asyncio.wait_for(process.communicate(), LONGEST)
    return said
