"""Our STUN server as a process of its own; prints its port, then a line of lag for every line read.

The production configuration, with one difference: the buckets never run empty, because a benchmark
is one source.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time

from practicebox.stun.bucket import Bucket
from practicebox.stun.server import serve

STEP = 0.002  # seconds between two looks at the clock
PLENTY = 1e9  # tokens a second


class Lag:
    """How late the event loop is for an appointment every `STEP`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._seen = [0.0]
        self._look(loop.time())

    def _look(self, due: float) -> None:
        now = self._loop.time()
        self._seen.append(now - due)
        self._loop.call_at(now + STEP, self._look, now + STEP)

    def report(self) -> None:
        """Print what was seen since the last report, in microseconds."""
        sys.stdin.readline()
        seen = sorted(self._seen)
        self._seen = [0.0]
        lag = {f"p{share}": seen[len(seen) * share // 100] * 1e6 for share in (50, 99)}
        print(json.dumps(lag), flush=True)


async def main() -> None:
    """Serve until the process is ended."""
    bucket = Bucket(secrets.token_bytes(16), rate=PLENTY, burst=int(PLENTY))
    server = await serve("127.0.0.1", "::1", 0, bucket=bucket, clock=time.monotonic)
    print(server.port, flush=True)
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, Lag(loop).report)
    await asyncio.Event().wait()


asyncio.run(main())
