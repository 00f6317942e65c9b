"""The lab's box: one page, the call's modules as they are, the real signaling and a STUN responder.

Knows no appointments, cookies and passwords: role, device and room come from the address. That is
the whole difference to the product's doors.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from aiohttp import web

import practicebox.web
from practicebox.rtc.messages import Role
from practicebox.rtc.rooms import Rooms
from practicebox.stun.responder import answer
from practicebox.web.headers import CONTENT_SECURITY_POLICY
from practicebox.web.signal import Visit, register_sockets, serve_signal

HERE = Path(__file__).parent
STATIC = Path(practicebox.web.__file__).parent / "static"
HOST = "127.0.0.1"


class Stun(asyncio.DatagramProtocol):
    """The box's pure responder on an ordinary datagram transport."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        reply = answer(data, addr[:2])
        if reply is not None:
            self._transport.sendto(reply, addr)


@dataclass
class Lab:
    """A box that can be stopped and started again at the same port, without any memory."""

    port: int = 0
    stun_port: int = 0
    announced: str | None = None
    relay: dict[str, object] | None = None  # W3C WebRTC `RTCIceServer`
    rooms: Rooms = field(default_factory=lambda: Rooms(lambda: datetime.now(UTC)))
    _runner: web.AppRunner | None = None
    _stun: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Listen; the first time at any free ports."""
        self.rooms = Rooms(lambda: datetime.now(UTC))
        app = web.Application()
        app[LAB] = self
        app.add_routes([web.get("/lab", _page), web.get("/signal", _signal)])
        app.router.add_static("/lab/", HERE)
        app.router.add_static("/static/", STATIC)
        app.on_response_prepare.append(_add_headers)
        register_sockets(app)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        loop = asyncio.get_running_loop()
        self._stun, _ = await loop.create_datagram_endpoint(Stun, (HOST, self.stun_port))
        self.stun_port = self._stun.get_extra_info("sockname")[1]

    async def stop(self) -> None:
        """Close every socket and port, as the box does."""
        if self._stun is not None:
            self._stun.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._stun = None

    def url(self, role: Role, device: str, room: str = "1", **extra: str) -> str:
        """The address of a page in `room`."""
        query = "&".join(f"{key}={value}" for key, value in extra.items())
        return f"http://{HOST}:{self.port}/lab?role={role}&device={device}&room={room}&{query}"

    def visit(self, query: dict[str, str]) -> Visit:
        """Who a page claims to be; the lab believes it."""
        return Visit(
            appointment_id=query["room"],
            role=Role(query["role"]),
            device=query["device"],
            host=HOST,
            until=datetime.now(UTC) + timedelta(hours=1),
            ice=[
                {"urls": f"stun:{HOST}:{self.stun_port}"},
                *([self.relay] if self.relay else []),
            ],
            announced=self.announced if query["role"] == Role.CLINICIAN else None,
        )


LAB = web.AppKey("lab", Lab)


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(HERE / "lab.html")


async def _signal(request: web.Request) -> web.WebSocketResponse:
    lab = request.app[LAB]
    return await serve_signal(request, lab.rooms, lab.visit(dict(request.query)))


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "no-store"
