"""A token bucket per source in fixed memory: who asks too often is not answered for a while.

Knows sources as bytes and time as seconds, both passed in; keeps no address. Every source is
hashed to one of a fixed number of buckets with a secret key, so no flood of forged addresses can
make the table grow, and nobody can find out who shares a bucket with whom. Two sources that share
one by chance share its tokens, nothing worse. Who forges an address empties the bucket of its
owner: that is what ends the flood that the owner would get.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from practicebox.stun.attributes import pack_host

# A browser sends up to 8 requests when a call is set up (interfaces, families, components), then
# one per candidate every 10 s. The patients of a mobile carrier share one address: 300 of them
# opening their page within the same seconds spend 2,400 tokens, and keep spending 120 a second.
# As reflection onto a forged source it is worth 13 kB a second, less than one phone call.
BURST = 2400  # tokens
RATE = 200.0  # tokens a second
SLOTS = 1 << 14  # 128 KiB; 100 busy sources share a bucket with odds of 1 in 160 each


class Bucket:
    """The buckets of all sources.

    A bucket is one number: the time at which it will be full again. A token moves it on by
    1 / `rate`; a bucket that would need longer than `burst` tokens is empty.
    """

    def __init__(self, key: bytes, *, rate: float = RATE, burst: int = BURST) -> None:
        self._key = key  # 16 random bytes, new at every start
        self._cost = 1.0 / rate
        self._patience = (burst - 0.99) / rate  # a hundredth of a token is room for rounding
        self._full_at = array("d", bytes(8 * SLOTS))

    def take(self, source: bytes, now: float) -> bool:
        """Whether `source` may have one more answer at `now`, in seconds of a steady clock."""
        return self.take_each((source,), now)[0]

    def take_each(self, sources: Iterable[bytes], now: float) -> list[bool]:
        """The same for several that ask at once."""
        full_at, key, cost = self._full_at, self._key, self._cost
        last = now + self._patience
        taken = []
        for source in sources:
            # CPython hashes bytes with SipHash-1-3, which is also keyed per process.
            slot = hash(key + source) % SLOTS
            time = full_at[slot]
            if time > last:
                taken.append(False)
                continue
            full_at[slot] = (time if time > now else now) + cost
            taken.append(True)
        return taken


def source_of(host: str) -> bytes:
    """What counts as one source: an IPv4 address, or the first 64 bits of an IPv6 address.

    A household or a phone usually has a whole /64, and may take a new address at any time.
    """
    return pack_host(host)[:8]
