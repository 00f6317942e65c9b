"""Budgets of failures: how often something may go wrong. Fixed memory; time is passed in.

Whoever gets it right spends nothing. Many sources share a table of fixed size by a keyed hash, so
that no flood of them can make it grow and nobody can choose with whom to share a budget. Two that
share one by chance share its failures, and no door turns anybody away for an empty budget alone.
"""

from __future__ import annotations

from array import array
from collections import deque

HOUR = 3600.0  # seconds
SLOTS = 1 << 16  # 512 KiB; beside 5,000 bad sources an honest one shares with odds of 1 in 13
ROUNDING = 1e-6  # of a failure; sums of floats are not exact


class Budgets:
    """A budget for each source: `size` failures at once, then `per_hour`.

    A budget is one number: when it will be whole again. A failure moves it on by the time that a
    failure takes to be forgiven.
    """

    def __init__(self, key: bytes, *, size: int, per_hour: float, slots: int = SLOTS) -> None:
        self._key = key  # 16 random bytes
        self._cost = HOUR / per_hour  # seconds
        self._depth = size * self._cost
        self._whole_at = array("d", bytes(8 * slots))

    def wait(self, source: bytes, now: float) -> float:
        """Seconds until `source` may fail again; 0 if it may now."""
        debt = self._whole_at[self._slot(source)] - now
        wait = debt + self._cost - self._depth
        return wait if wait > ROUNDING * self._cost else 0.0

    def spend(self, source: bytes, now: float) -> None:
        """Note a failure."""
        slot = self._slot(source)
        whole_at = max(self._whole_at[slot], now) + self._cost
        self._whole_at[slot] = min(whole_at, now + self._depth)

    def give_back(self, source: bytes) -> None:
        """What was taken for a failure beforehand was none."""
        self._whole_at[self._slot(source)] -= self._cost

    def _slot(self, source: bytes) -> int:
        # CPython hashes bytes with SipHash-1-3, which is also keyed per process.
        return hash(self._key + source) % len(self._whole_at)


class LastHour:
    """How much happened in the last 60 minutes, exactly, up to `most`."""

    def __init__(self, most: int) -> None:
        self._times: deque[float] = deque(maxlen=most)

    def note(self, now: float) -> None:
        self._times.append(now)

    def count(self, now: float) -> int:
        while self._times and self._times[0] <= now - HOUR:
            self._times.popleft()
        return len(self._times)

    def until_below(self, count: int, now: float) -> float:
        """Seconds until fewer than `count` are left."""
        surplus = self.count(now) - count
        return self._times[surplus] + HOUR - now if surplus >= 0 else 0.0
