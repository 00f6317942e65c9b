"""One thread for a folder that may hang: a share whose server is gone can hold a call for minutes.

Nothing else uses this thread, so nothing else waits. While a call hangs no other one is begun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble

PATIENCE = 15.0  # seconds; a look at a slow share takes one or two

T = TypeVar("T")


class StillRunning(Exception):
    """The call has not come back in time; what it did, or will do, is not known."""


class FolderThread:
    """Runs one call after the other."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="gdt")
        self._patience = patience
        self._hangs: asyncio.Future[Any] | None = None
        self._turn = asyncio.Lock()

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """What the function returns; raise `FolderTrouble` while an earlier call hangs.

        Raise `StillRunning` if this one does.
        """
        async with self._turn:
            if self._hangs and not self._hangs.done():
                raise FolderTrouble(Trouble.GONE)
            future = asyncio.wrap_future(self._pool.submit(function, *arguments))
            done, _ = await asyncio.wait({future}, timeout=self._patience)
            if not done:
                self._hangs = future
                future.add_done_callback(_look_at)
                raise StillRunning
            return future.result()

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look_at(future: asyncio.Future[Any]) -> None:
    """Take note of how a late call ended, or asyncio would complain that nobody did."""
    if not future.cancelled():
        future.exception()
