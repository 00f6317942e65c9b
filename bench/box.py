"""A box with an invented practice and appointments, for the benchmarks: `practicebox serve` in a
process of its own, as its owner runs it.

The practice is written straight into the store, not by the wizard: a benchmark doesn't depend on
what the wizard asks.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from practicebox import demo
from practicebox.practice import link
from practicebox.store.records import AppointmentDraft
from practicebox.store.store import Store

START = 20.0  # seconds
STOP = 10.0

CONFIG = """
data_folder = "{data}"
[staff]
host = "{host}"
port = {staff}
[patients]
host = "{host}"
port = {patients}
public_url = "{scheme}://{host}:{patients}"
[stun]
port = {stun}
"""
TLS = """
[tls]
certificate = "{certificate}"
key = "{key}"
"""


@dataclass(frozen=True)
class Practice:
    """What the practice has written: the appointments, all of which can be joined now."""

    device_secret: bytes
    appointments: tuple[str, ...]  # ids
    fragments: tuple[str, ...]  # path and fragment of each patient's link


@dataclass(frozen=True)
class Plan:
    """Where a box is to run."""

    folder: Path
    host: str
    ports: tuple[int, int, int]  # staff, patients, STUN
    certificate: Path | None = None  # PEM with the certificate and its key
    prefix: Sequence[str] = ()  # before the command, to run it somewhere else

    @property
    def staff(self) -> str:
        return f"{self._scheme}://{self.host}:{self.ports[0]}"

    @property
    def patients(self) -> str:
        return f"{self._scheme}://{self.host}:{self.ports[1]}"

    @property
    def stun(self) -> str:
        return f"stun:{self.host}:{self.ports[2]}"

    @property
    def command(self) -> tuple[str, ...]:
        """What starts the box."""
        config = str(self.folder / "practicebox.toml")
        return (*self.prefix, sys.executable, "-m", "practicebox", "serve", "--config", config)

    @property
    def is_secure(self) -> bool:
        return self.certificate is not None

    @property
    def _scheme(self) -> str:
        return "https" if self.is_secure else "http"


async def found(plan: Plan, appointments: int) -> Practice:
    """Write configuration and practice into the folder."""
    _configure(plan)
    now = datetime.now(UTC)
    store = await Store.open(plan.folder / "data", now=lambda: datetime.now(UTC))
    try:
        founded = await demo.found(store)
        await store.login(demo.SHORT_NAME, demo.USER, demo.PASSWORD, founded.device_secret)
        planned = [
            await store.appointments.add(
                AppointmentDraft(
                    patient=demo.PATIENTS[number % len(demo.PATIENTS)],
                    starts=(now + timedelta(minutes=5)).replace(second=0, microsecond=0),
                    minutes=30,
                    organiser=founded.user_id,
                    reason="",
                )
            )
            for number in range(appointments)
        ]
    finally:
        await store.close()
    links = [link.address("", each.link) for each in planned]
    return Practice(founded.device_secret, tuple(each.id for each in planned), tuple(links))


@asynccontextmanager
async def running(plan: Plan) -> AsyncIterator[asyncio.subprocess.Process]:
    """The box, from the moment it says that it is ready until the end of the block."""
    told = plan.folder / "notify"
    with (
        (plan.folder / "log").open("ab") as log,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as notified,
    ):
        told.unlink(missing_ok=True)
        notified.bind(str(told))
        process = await asyncio.create_subprocess_exec(
            *plan.command, stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": str(told)}
        )
        try:
            await asyncio.wait_for(_ready(notified), START)
            yield process
        finally:
            await stop(process)


async def stop(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, and SIGKILL to a process that doesn't care."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP)
    except TimeoutError:
        process.kill()
        await process.wait()


def free_ports() -> tuple[int, int, int]:
    """Three ports of the loopback that nobody uses just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    first, second, third = (int(sock.getsockname()[1]) for sock in sockets)
    for sock in sockets:
        sock.close()
    return first, second, third


def _configure(plan: Plan) -> None:
    """Write the configuration file."""
    staff, patients, stun = plan.ports
    text = CONFIG.format(
        data=plan.folder / "data",
        host=plan.host,
        scheme=urlsplit(plan.staff).scheme,
        staff=staff,
        patients=patients,
        stun=stun,
    )
    if plan.certificate:
        text += TLS.format(certificate=plan.certificate, key=plan.certificate)
    (plan.folder / "data").mkdir(mode=0o700)
    (plan.folder / "practicebox.toml").write_text(text, "utf-8")


async def _ready(notified: socket.socket) -> None:
    """Wait for READY=1 (sd_notify(3))."""
    while b"READY=1" not in await asyncio.get_running_loop().sock_recv(notified, 4096):
        pass
