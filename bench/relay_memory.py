"""What memory a relayed call and an open TLS socket cost, in resident KiB of the server."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import box
from relay_calls import hd
from relay_client import HOST, relayed_calls
from relay_contenders import USERS, Contender, resident, running
from relay_load import Generator

SOCKETS = 500
SETTLED = 0.5  # seconds until memory is read
BARE = Path(__file__).with_name("relay_tls_server.py")
NARROW = 32768  # bytes of asyncio's read buffer for a TLS connection
PATIENCE = 10.0  # seconds


@dataclass(frozen=True)
class Sockets:
    """KiB of an open TLS socket: of asyncio as it comes, with a narrow buffer, and of our door."""

    asyncio: float
    narrow: float
    door: float


def of_calls(server: Contender, generator: Generator, seconds: float) -> float:
    """KiB that eight relayed calls add while they run."""
    before = server.resident()
    with relayed_calls(server.port, USERS) as calls:
        generator.run(calls, hd(seconds), server)
        return server.resident() - before


def of_sockets(folder: Path, core: int) -> Sockets:
    """KiB of one of `SOCKETS` open TLS connections, in servers of their own."""
    certificate = _certificate(folder)
    (folder / "tls").mkdir()
    return Sockets(
        _bare(certificate, core, 0),
        _bare(certificate, core, NARROW),
        asyncio.run(_door(folder / "tls", certificate, core)),
    )


def _bare(certificate: Path, core: int, size: int) -> float:
    command = [sys.executable, str(BARE), str(certificate), str(size)]
    with running(command, core) as (process, told):
        return _added(process.pid, told["port"], "/")


async def _door(folder: Path, certificate: Path, core: int) -> float:
    prefix = ("taskset", "--cpu-list", str(core))
    plan = box.Plan(folder, HOST, box.free_ports(), certificate, prefix)
    practice = await box.found(plan, appointments=1)
    page = practice.fragments[0].partition("#")[0]
    async with box.running(plan) as process:
        return await asyncio.to_thread(_added, process.pid, plan.ports[1], page)


def _added(process: int, port: int, page: str) -> float:
    """KiB for each of the connections, all of which have fetched a page and stay open."""
    with ExitStack() as stack:
        for _ in range(SOCKETS // 10):  # what the first ones bring in once and for all
            _fetch(port, page).close()
        time.sleep(SETTLED)
        before = resident(process)
        for _ in range(SOCKETS):
            stack.enter_context(_fetch(port, page))
        time.sleep(SETTLED)
        return (resident(process) - before) / SOCKETS


def _fetch(port: int, page: str) -> socket.socket:
    """An open connection that has got a page."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # made for this run
    sock = socket.create_connection((HOST, port), PATIENCE)
    opened = context.wrap_socket(sock)
    opened.sendall(f"GET {page} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode())
    if not opened.recv(1 << 16).startswith(b"HTTP/1.1 200"):
        raise ConnectionError("the door refuses")
    return opened


def _certificate(folder: Path) -> Path:
    """A certificate for this run, with its key in the same file."""
    path = folder / "tls.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes".split()
    command += ["-days", "1", "-subj", "/CN=bench", "-addext", f"subjectAltName=IP:{HOST}"]
    command += ["-keyout", str(path), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    with path.open("ab") as pem:
        pem.write((folder / "cert.pem").read_bytes())
    return path
