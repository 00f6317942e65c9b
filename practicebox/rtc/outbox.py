"""How much of what was written to a browser it hasn't taken yet, in frames and bytes.

The frames themselves lie in the transport's buffer, in order: an idle socket costs no queue and no
task. This is the bookkeeping beside it; it knows no socket.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence


class Outbox:
    """Counts the frames behind the bytes that a transport couldn't hand on yet."""

    __slots__ = ("_ends", "_max_bytes", "_max_frames", "_written")

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._written = 0  # bytes, since the buffer was last seen empty
        self._ends: list[int] = []  # `_written` at the end of each frame that may still lie there

    def wrote(self, frames: Sequence[bytes], unsent: int) -> bool:
        """Count frames just written; return whether the browser keeps up.

        `unsent` is the size of the transport's buffer after the write. TLS makes that a little
        larger than what was written, so that frames there count a moment longer.
        """
        if not unsent:
            self._written = 0
            self._ends.clear()
            return True
        for frame in frames:
            self._written += len(frame)
            self._ends.append(self._written)
        del self._ends[: bisect_right(self._ends, self._written - unsent)]
        return len(self._ends) <= self._max_frames and unsent <= self._max_bytes
