"""How much of the box technical checks may take: a few at a time, so many per visit and source.

Behind one source there may be a whole mobile carrier, so it gets far more than one visit does, and
whoever is refused loses one step of the check, never the way into the waiting room.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from aiohttp import web

from practicebox.rtc.echo import Echoes
from practicebox.stun.bucket import Bucket, source_of
from practicebox.web import cookies
from practicebox.web.cookies import Cookie

MEASUREMENTS = 2  # of the line at a time: more would measure each other
# A check takes about ten of these: paths, one block down, some blocks up, the echo.
SOURCE_BURST, SOURCE_RATE = 600, 1.0  # 60 checks at once, then one every ten seconds
VISIT_BURST, VISIT_RATE = 120, 0.1  # 12 checks at once, then one every two minutes


@dataclass
class Limits:
    """What one patient door has left for technical checks."""

    echoes: Echoes
    clock: Callable[[], float] = monotonic
    measurements: int = MEASUREMENTS
    sources: Bucket = field(default_factory=lambda: _bucket(SOURCE_BURST, SOURCE_RATE))
    visits: Bucket = field(default_factory=lambda: _bucket(VISIT_BURST, VISIT_RATE))
    noise: bytes = field(default_factory=lambda: os.urandom(64 * 1024), repr=False)
    measuring: int = 0

    def spend(self, request: web.Request) -> None:
        """Count a part of a check; raise 429 if there have been too many."""
        now, visit = self.clock(), cookies.read(request, Cookie.VISIT)
        if visit and not self.visits.take(visit.encode("utf-8", "surrogatepass"), now):
            raise web.HTTPTooManyRequests
        if not self.sources.take(source_of(request.remote or "0.0.0.0"), now):
            raise web.HTTPTooManyRequests

    @contextmanager
    def measurement(self) -> Iterator[None]:
        """One of the places for measuring; raise 503 if all are taken."""
        if self.measuring >= self.measurements:
            raise web.HTTPServiceUnavailable
        self.measuring += 1
        try:
            yield
        finally:
            self.measuring -= 1


def _bucket(burst: int, rate: float) -> Bucket:
    return Bucket(os.urandom(16), burst=burst, rate=rate)


LIMITS = web.AppKey("check_limits", Limits)
