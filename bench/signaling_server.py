"""The box's signaling socket alone, as both doors serve it, on a free port of the loopback.

For bench/signaling.py. Only limits differ from production: as many frames, bytes and rooms as the
load generator wants. The role comes from the query instead of a cookie.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from aiohttp import web

from practicebox.rtc.messages import Role
from practicebox.rtc.rooms import Rooms
from practicebox.web.signal import Visit, register_sockets, serve_signal
from practicebox.web.signal_socket import Limits

PLENTY = 1e12
LIMITS = Limits(frames=PLENTY, frames_per_second=PLENTY, octets=PLENTY, octets_per_second=PLENTY)


def make_app() -> web.Application:
    rooms = Rooms(lambda: datetime.now(UTC), capacity=100_000)
    until = datetime.now(UTC) + timedelta(hours=1)

    async def signal(request: web.Request) -> web.WebSocketResponse:
        role = Role(request.query["role"])
        room = request.query["room"]
        visit = Visit(room, role, device=room, host="", until=until, ice=[], announced=None)
        return await serve_signal(request, rooms, visit, LIMITS)

    app = web.Application()
    register_sockets(app)
    app.router.add_get("/signal", signal)
    return app


async def main() -> None:
    runner = web.AppRunner(make_app(), access_log=None, keepalive_timeout=15)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
