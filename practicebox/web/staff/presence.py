"""News for the staff's pages over a WebSocket of its own: who is in the waiting room, who waits
for a call by telephone."""

from __future__ import annotations

import asyncio
import json

from aiohttp import WSCloseCode, WSMsgType, web

from practicebox.web.keys import services
from practicebox.web.staff import attendance

routes = web.RouteTableDef()

HEARTBEAT = 20.0  # seconds
OPEN = web.AppKey("presence", set[web.WebSocketResponse])


def setup(app: web.Application) -> None:
    """Close the sockets before the application stops; it would wait for them otherwise."""
    app[OPEN] = set[web.WebSocketResponse]()
    app.on_shutdown.append(_close_all)


@routes.get("/presence", name="presence.news")
async def presence(request: web.Request) -> web.StreamResponse:
    """The whole list at first, after each change, and once more when that can be read from the
    store: `{"waiting": [ids], "calling": [ids]}`."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=1024, compress=False)
    await socket.prepare(request)
    changed = asyncio.Event()
    changed.set()
    stop = services(request).rooms.listen(lambda *_: changed.set())
    teller = asyncio.create_task(_tell(request, socket, changed))
    request.app[OPEN].add(socket)
    try:
        with attendance.heard(request.app, changed.set):
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
    finally:
        stop()
        teller.cancel()
        request.app[OPEN].discard(socket)
    return socket


async def _tell(
    request: web.Request, socket: web.WebSocketResponse, changed: asyncio.Event
) -> None:
    while not socket.closed:
        await changed.wait()
        changed.clear()
        rooms = services(request).rooms
        news = {"waiting": sorted(rooms.waiting()), "calling": sorted(rooms.calling())}
        try:
            await socket.send_str(json.dumps(news))
        except ConnectionError:
            return


async def _close_all(app: web.Application) -> None:
    sockets = app[OPEN]
    for socket in tuple(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY)
