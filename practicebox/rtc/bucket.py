"""A token bucket: a burst at once, then a steady rate. Knows no clock and no socket.

The state is one number, the time at which the bucket is full again (the generic cell rate
algorithm, ITU-T I.371 annex A): no tokens to top up, nothing to do while nobody sends.
"""

from __future__ import annotations


class Bucket:
    """Holds `size` tokens when full and refills by `per_second`."""

    __slots__ = ("_cost", "_depth", "_full_at")

    def __init__(self, size: float, per_second: float) -> None:
        self._cost = 1 / per_second  # seconds that one token takes to come back
        self._depth = size / per_second  # seconds from empty to full
        self._full_at = float("-inf")

    def take(self, tokens: int, now: float) -> bool:
        """Take `tokens` at `now` (seconds of a steady clock), or nothing and return False."""
        full_at = max(self._full_at, now) + tokens * self._cost
        if full_at - now > self._depth:
            return False
        self._full_at = full_at
        return True
