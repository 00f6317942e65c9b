"""The stream of events: open until the program goes, its token is revoked or the vault locked."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from aiohttp import web

from practicebox.web.api import access
from practicebox.web.api.access import PROGRAM
from practicebox.web.api.feed import Feed
from practicebox.web.api.operations import EVENTS
from practicebox.web.api.problems import Problem
from practicebox.web.api.routes import answers
from practicebox.web.keys import SERVICES, services
from practicebox.web.staff.watch import WATCH

routes = web.RouteTableDef()

HEARTBEAT = 15.0  # seconds
RETRY = 5000  # milliseconds until a program should come back
MOST = 4  # streams of one program at a time
FEED = web.AppKey("api-feed", Feed)
STREAMS = web.AppKey("api-streams", Counter[str])


def prepare(app: web.Application) -> None:
    """Gather what happens while the door is open."""
    app[FEED], app[STREAMS] = Feed(secrets.token_hex(4)), Counter()
    app.cleanup_ctx.append(_listen)
    app.on_shutdown.append(_close)


@answers(routes, "events")
async def events(request: web.Request) -> web.StreamResponse:
    """What happened behind `Last-Event-ID`, then what happens."""
    program, watch = request[PROGRAM], request.app[WATCH]
    transport = request.transport
    if transport is None:
        raise ConnectionResetError
    with _counted(request.app[STREAMS], program.id), watch.hold(program.id, transport):
        await access.admit(request)  # it may have been revoked a moment ago
        response = web.StreamResponse(headers={"Content-Type": f"{EVENTS}; charset=utf-8"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        with suppress(ConnectionError):
            await _stream(request, response)
    return response


async def _stream(request: web.Request, response: web.StreamResponse) -> None:
    feed, vault = request.app[FEED], services(request).store.vault
    place = request.headers.get("Last-Event-ID", "")
    await response.write(f"retry: {RETRY}\n\n".encode())
    with feed.waiting() as more:
        while vault.is_unlocked and not feed.is_closed:
            more.clear()
            news, place = feed.after(place)
            await response.write((news or ": still here\n\n").encode())
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await more.wait()


@contextmanager
def _counted(streams: Counter[str], program_id: str) -> Iterator[None]:
    if streams[program_id] >= MOST:
        raise Problem("streams", f"{MOST} at a time.", headers={"Retry-After": "5"})
    streams[program_id] += 1
    try:
        yield
    finally:
        streams[program_id] -= 1


async def _listen(app: web.Application) -> AsyncIterator[None]:
    stop = app[SERVICES].store.news.hear(app[FEED].add)
    yield
    stop()


async def _close(app: web.Application) -> None:
    app[FEED].close()
