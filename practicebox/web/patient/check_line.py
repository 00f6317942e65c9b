"""How fast the line between this door and a browser is, in either direction.

Down: noise until the browser has enough, at most 3 MiB or four seconds. Up: blocks whose size the
browser chooses, at most 1 MiB each; the box drops what it reads and answers how long that took.
Nothing is kept: the same 64 KiB of noise are sent again and again.
"""

from __future__ import annotations

import asyncio
import socket

from aiohttp import StreamReader, web

from practicebox.web.bodies import streamed
from practicebox.web.patient.check_limits import LIMITS

routes = web.RouteTableDef()

PASS = 2000  # kbit/s: Anlage 31b BMV-Ä
DOWN = 3 * 1024 * 1024  # bytes; a mobile line at 2,000 kbit/s takes 1 MB in the time it has
UP = 1024 * 1024  # bytes of one block
SECONDS = 4.0  # each way
LATE = 6.0  # seconds; for who does not take or send anything
PIECE = 16 * 1024  # bytes
KERNEL = 256 * 1024  # bytes; else the kernel may hold 4 MB for a browser that takes nothing
NOISE = {"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}


@routes.get("/check/down", name="check.down", allow_head=False)  # aiohttp would send the body
async def down(request: web.Request) -> web.StreamResponse:
    """Random bytes as fast as they go."""
    limits = request.config_dict[LIMITS]
    limits.spend(request)
    with limits.measurement():
        response = web.StreamResponse(headers=NOISE)
        _hold_little(request)
        await response.prepare(request)
        try:
            async with asyncio.timeout(LATE):
                await _pour(response, limits.noise)
        except (TimeoutError, ConnectionError):
            response.force_close()  # the browser has measured enough, or has left
        return response


@routes.post("/check/up", name="check.up")
@streamed
async def up(request: web.Request) -> web.Response:
    """Read a block; answer its `bytes` and the `seconds` from its first piece to its last.

    What came with the first piece isn't counted: nobody knows when it was sent.
    """
    limits = request.config_dict[LIMITS]
    limits.spend(request)
    if (request.content_length or UP + 1) > UP:
        raise web.HTTPRequestEntityTooLarge(UP, request.content_length or 0)
    with limits.measurement():
        try:
            async with asyncio.timeout(LATE):
                size, seconds = await _drain(request.content)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
    return web.json_response({"bytes": size, "seconds": seconds})


def _hold_little(request: web.Request) -> None:
    sock = request.transport and request.transport.get_extra_info("socket")
    if sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)


async def _pour(response: web.StreamResponse, noise: bytes) -> None:
    clock = asyncio.get_running_loop().time
    end, sent = clock() + SECONDS, 0
    while sent < DOWN and clock() < end:
        start = sent % len(noise)
        await response.write(noise[start : start + PIECE])
        sent += PIECE
    await response.write_eof()


async def _drain(content: StreamReader) -> tuple[int, float]:
    clock = asyncio.get_running_loop().time
    began, size = 0.0, 0
    async for piece in content.iter_any():
        if not began:
            began = clock()
            continue
        size += len(piece)
    return size, (clock() - began) if began else 0.0
