"""A token bucket for bytes: how fast one allocation may go in one direction."""

from __future__ import annotations

BITS = 8
PACKET = 40  # bytes that a packet counts for beside its payload, as tiny ones cost as much to send


class Meter:
    """One number, as in `bucket.py`: the time at which the bucket will be full again."""

    __slots__ = ("_cost", "_full_at", "_patience")

    def __init__(self, bit_rate: int, burst: float) -> None:
        self._cost = BITS / bit_rate  # seconds a byte
        self._patience = burst
        self._full_at = 0.0

    def take(self, size: int, now: float, packets: int = 1) -> bool:
        """Whether `packets` of `size` bytes together may pass at `now`."""
        full_at = self._full_at
        if full_at - now > self._patience:
            return False
        cost = (size + PACKET * packets) * self._cost
        self._full_at = (full_at if full_at > now else now) + cost
        return True
