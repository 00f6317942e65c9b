"""The box of the lab: `practicebox serve` in its namespace, with an invented practice.

The practice is written straight into the store: the lab doesn't depend on what the wizard asks.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from practicebox import demo
from practicebox.practice import link
from practicebox.store.records import AppointmentDraft
from practicebox.store.store import Store
from tests.netlab.layout import BOX, HOST, WAN
from tests.netlab.namespaces import Namespace
from tests.netlab.trust import certify

STAFF, PUBLIC = f"https://{BOX}:8443", f"https://{HOST}"
START = 20.0  # seconds
STOP = 10.0
CONFIG = """
data_folder = "{folder}/data"
[patients]
public_url = "{public}"
[network]
public_address = "{address}"
relay = "{relay}"
[tls]
mode = "files"
certificate = "{folder}/certificate.pem"
key = "{folder}/key.pem"
"""


@dataclass
class Box:
    """The process, and what the practice has written; all appointments can be joined now."""

    namespace: Namespace
    folder: Path
    device_secret: bytes = b""
    appointments: Sequence[str] = ()  # ids
    fragments: Sequence[str] = ()  # path and fragment of each patient's link
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)
    used: int = 0  # appointments that somebody has been to

    async def found(self, appointments: int) -> None:
        """Write certificate and practice into the folder, which is empty."""
        certify(self.folder, f"DNS:{HOST}", f"IP:{BOX}")
        (self.folder / "data").mkdir(mode=0o700)
        store = await Store.open(self.folder / "data", now=lambda: datetime.now(UTC))
        try:
            founded = await demo.found(store)
            self.device_secret = founded.device_secret
            await store.login(demo.SHORT_NAME, demo.USER, demo.PASSWORD, self.device_secret)
            draft = AppointmentDraft(
                patient=demo.PATIENTS[0],
                starts=(datetime.now(UTC) + timedelta(minutes=5)).replace(second=0, microsecond=0),
                minutes=30,
                organiser=founded.user_id,
                reason="",
            )
            planned = [await store.appointments.add(draft) for _ in range(appointments)]
        finally:
            await store.close()
        self.appointments = [each.id for each in planned]
        self.fragments = [link.address("", each.link) for each in planned]

    async def start(self, relay: str, **environment: str) -> None:
        """Start it and wait until it says that it is ready."""
        text = CONFIG.format(folder=self.folder, public=PUBLIC, address=WAN, relay=relay)
        (self.folder / "practicebox.toml").write_text(text, "utf-8")
        told = self.folder / "notify"
        told.unlink(missing_ok=True)
        with (
            (self.folder / "log").open("ab") as log,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as notified,
        ):
            notified.bind(str(told))
            self.process = await asyncio.create_subprocess_exec(
                *(*self.namespace.prefix, sys.executable, "-m", "practicebox", "serve"),
                *("--config", str(self.folder / "practicebox.toml")),
                stdout=log,
                stderr=log,
                env={**os.environ, "NOTIFY_SOCKET": str(told), **environment},
            )
            await asyncio.wait_for(self._ready(notified), START)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop, or kill it."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(how)
        try:
            await asyncio.wait_for(self.process.wait(), STOP)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def next_appointment(self) -> int:
        """The number of an appointment that nobody has been to."""
        self.used += 1
        return self.used - 1

    async def _ready(self, notified: socket.socket) -> None:
        """Wait for READY=1 (sd_notify(3)); raise `OSError` if the box ends instead."""
        loop = asyncio.get_running_loop()
        assert self.process is not None
        ended = asyncio.create_task(self.process.wait())
        while True:
            heard = asyncio.create_task(loop.sock_recv(notified, 4096))
            done, _ = await asyncio.wait({heard, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended in done:
                heard.cancel()
                raise OSError((self.folder / "log").read_text()[-2000:])
            if b"READY=1" in heard.result():
                ended.cancel()
                return
