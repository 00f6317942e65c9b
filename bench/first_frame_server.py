"""The box of the yardstick: serves bare pages and passes each message on, for bench/first_frame.py.

It has what a box needs for a call and nothing else: no doors, no rooms, no checks.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
from collections import defaultdict
from pathlib import Path

from aiohttp import web

PAGES = Path(__file__).with_name("first_frame")
Sockets = defaultdict[str, set[web.WebSocketResponse]]
SOCKETS = web.AppKey("sockets", Sockets)


def make_app() -> web.Application:
    app = web.Application()
    app[SOCKETS] = Sockets(set)
    app.router.add_get("/socket", relay)
    app.router.add_static("/", PAGES)
    return app


async def relay(request: web.Request) -> web.WebSocketResponse:
    """Pass what one page says on to the other in its room."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    room = request.app[SOCKETS][request.query["room"]]
    room.add(socket)
    try:
        async for message in socket:
            for other in room - {socket}:
                await other.send_str(message.data)
    finally:
        room.discard(socket)
    return socket


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("host")
    parser.add_argument("certificate", type=Path)
    options = parser.parse_args()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate)
    runner = web.AppRunner(make_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, options.host, 0, ssl_context=context).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
