"""Both doors of one box on real sockets, as `listen` opens them, plain or by TLS; raw requests."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from practicebox import listen
from practicebox.web.crowd import Crowd
from practicebox.web.listener import CROWD
from practicebox.web.patient.door import make_door as make_patient_door
from practicebox.web.staff.door import make_door as make_staff_door
from tests.web.signaling_world import certified
from tests.web.staff_box import StaffBox, staff_box

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class OpenDoor:
    """One door, from outside."""

    port: int
    crowd: Crowd
    tls: bool

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    async def connect(self, source: str = "127.0.0.1", *, handshake: bool = True) -> Streams:
        context = careless() if self.tls and handshake else None
        return await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=context, local_addr=(source, 0)
        )

    async def ask(self, head: str, body: bytes = b"", source: str = "127.0.0.1") -> str:
        """What comes back until the door closes the connection; empty if it says nothing."""
        reader, writer = await self.connect(source)
        try:
            writer.write(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
            async with asyncio.timeout(20):
                return (await reader.read()).decode(errors="replace")
        except ConnectionError:
            return ""
        finally:
            writer.close()

    async def page(self, path: str = "/", source: str = "127.0.0.1") -> str:
        """A page as an honest browser gets it."""
        head = f"GET {path} HTTP/1.1\nHost: {self.host}\nConnection: close\n"
        return await self.ask(head, source=source)

    def post(self, path: str, length: int, *more: str) -> str:
        """The head of a POST from our own page."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.host}", f"Origin: {self.origin}"]
        return "\n".join([*lines, f"Content-Length: {length}", *more, ""])


@dataclass
class OpenDoors:
    box: StaffBox
    staff: OpenDoor
    patients: OpenDoor


@asynccontextmanager
async def open_doors(folder: Path, *, tls: bool) -> AsyncIterator[OpenDoors]:
    """A box without a practice behind two real doors."""
    context = certified() if tls else None
    async with staff_box(folder, secure=tls) as box, AsyncExitStack() as stack:
        apps = make_staff_door(box.services), make_patient_door(box.services)
        doors = []
        for app in apps:
            port = await listen.open_door(stack, app, "127.0.0.1", 0, "staff.port", context)
            doors.append(OpenDoor(port, app[CROWD], tls))
        yield OpenDoors(box, *doors)


@cache
def careless() -> ssl.SSLContext:
    """A client that takes any certificate; without the system's, which take long to load."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
