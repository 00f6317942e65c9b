"""The box with a probe in its event loop: each line on stdin is answered with the longest stall
since the line before, in milliseconds."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from practicebox import app, config
from practicebox.appliance import logs

TICK = 0.001  # seconds


class Probe:
    """A timer, and how late it was at worst."""

    def __init__(self) -> None:
        self._worst = 0.0

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self._worst = max(self._worst, loop.time() - due)

    def read(self) -> float:
        worst, self._worst = self._worst, 0.0
        return worst * 1000


async def serve(path: Path) -> None:
    """Run until SIGTERM, like `practicebox serve`."""
    logs.configure()
    probe, stop, loop = Probe(), app.stop_signal(), asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        await app.start(stack, config.read(path))
        gc.collect()
        stack.callback(asyncio.create_task(probe.run()).cancel)
        loop.add_reader(sys.stdin.fileno(), _answer, probe)
        stack.callback(loop.remove_reader, sys.stdin.fileno())
        await stop.wait()
        await app.stop_within(stack.aclose)


def _answer(probe: Probe) -> None:
    if os.read(sys.stdin.fileno(), 1):
        print(f"{probe.read():.3f}", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[sys.argv.index("--config") + 1])))
