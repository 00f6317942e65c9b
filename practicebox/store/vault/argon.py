"""Where Argon2id runs: in one thread of its own, one run at a time.

Inline it would stall the loop for 74 ms (DESIGN section 5), and two runs side by side would take
twice the memory. One worker keeps the promise of one even when a request is cancelled while its
run goes on, which a semaphore around `asyncio.to_thread` would not.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from practicebox.store.vault.kdf import Cost, stretch


class Argon:
    """The queue before Argon2id."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2id")

    async def stretch(self, password: str, salt: bytes, cost: Cost) -> bytes:
        """The 32-byte key of a password; raise `SealBroken` for a cost out of bounds."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, stretch, password, salt, cost)

    def close(self) -> None:
        """Drop what still waits; a run under way ends by itself within a second."""
        self._thread.shutdown(wait=False, cancel_futures=True)
