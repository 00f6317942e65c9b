"""One HTTP connection of a door: bounded heads, no unpacking, and quiet about what it can't read.

What aiohttp can't read as HTTP never becomes a request that handlers or middlewares see. Its own
answer would quote the sender's bytes and its log line would have a traceback for each of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from aiohttp import web

from practicebox.web.headers import ALWAYS

KEEP_ALIVE = 15.0  # seconds for a request's head and for the next request; aiohttp has an hour
LINGER = 1.0  # seconds for the rest of a body that is refused, so that the answer is still read
LONGEST_LINE = 4096  # bytes; our longest address has 200
LONGEST_FIELD = 8190  # bytes; on the loopback browsers send the cookies of every port
MOST_FIELDS = 64  # a browser sends about 25
LONGEST_HEAD = 32 * 1024  # bytes; beyond that it's nobody's browser

log = logging.getLogger(__name__)


class Connection(web.RequestHandler):
    """aiohttp's connection with our bounds."""

    __slots__ = ("_unread",)

    def __init__(self, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=KEEP_ALIVE,
            lingering_time=LINGER,
            access_log=None,  # type: ignore[arg-type] # how aiohttp is told to write none
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_FIELD,
            max_headers=MOST_FIELDS,
            auto_decompress=False,  # 300 KB can be packed that take 300 MB
        )
        self._unread = 0

    def data_received(self, data: bytes) -> None:
        """Give up whoever sends more than a head without completing it."""
        super().data_received(data)
        waiter = self._waiter
        if self._request_count and (waiter is None or waiter.done()):  # a request is there
            self._unread = 0
            return
        self._unread += len(data)
        if self._unread > LONGEST_HEAD:
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer with a number and our headers; raise `ConnectionError` if it's too late."""
        if request.writer.output_size > 0:
            raise ConnectionError
        if status >= 500:
            log.error("answer_failed", exc_info=exc)
        else:
            log.info("unreadable", extra={"status": status})
        headers = {**ALWAYS, "Cache-Control": "no-store", "Server": ""}
        answer = web.Response(status=status, text=str(status), headers=headers)
        answer.force_close()
        return answer


def connections(server: web.Server) -> Callable[[], Connection]:
    """What makes a connection of `server`, for `loop.create_server`."""
    loop = asyncio.get_running_loop()
    return lambda: Connection(server, loop)
