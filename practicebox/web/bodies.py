"""What a request brings along: read in time, never unpacked, and the connection marked as at work.

A body that trickles in byte by byte would hold a handler for ever, and a small packed one could
unfold to gigabytes. No browser packs what it sends, so packed bodies are refused unread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from practicebox.web.listener import CROWD, number_of

PATIENCE = 20.0  # seconds for a body; the longest form takes one on a line of 25 kbit/s
STREAMED = "reads_its_body"

Reader = Callable[[web.Request], Awaitable[web.StreamResponse]]


def streamed(handler: Reader) -> Reader:
    """Mark a handler that reads its body itself, within limits of its own."""
    setattr(handler, STREAMED, True)
    return handler


@web.middleware
async def at_work(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the door's crowd that this connection doesn't only wait (`web.crowd`)."""
    crowd, number = request.config_dict[CROWD], number_of(request.transport)
    crowd.work(number)
    try:
        return await handler(request)
    finally:
        crowd.rest(number)


@web.middleware
async def read_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have the body before the handler; 415 if it's packed, 408 if it's slow, 413 if it's long."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _closing(web.HTTPUnsupportedMediaType())
    if request.can_read_body and not getattr(request.match_info.handler, STREAMED, False):
        try:
            async with asyncio.timeout(PATIENCE):
                await request.read()
        except TimeoutError:
            raise _closing(web.HTTPRequestTimeout()) from None
        except web.HTTPRequestEntityTooLarge as condition:
            raise _closing(condition) from None
    return await handler(request)


def _closing(condition: web.HTTPException) -> web.HTTPException:
    """Don't wait for the rest of a body that nobody wants."""
    condition.force_close()
    return condition
