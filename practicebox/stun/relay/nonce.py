"""Nonces that need no memory: a time and an HMAC over it and over who was given it.

Bound to the 5-tuple, so a request that was listened to can't be repeated from elsewhere.
PASSWORD-ALGORITHMS is not offered (browsers have MD5 and SHA-1 only, and passwords of 256 random
bits stand that), so a nonce needs no cookie against bidding down (RFC 8489 section 9.2).
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from practicebox.stun.relay.path import FiveTuple

TIME = 4  # bytes
PROOF = 8  # bytes; each guess costs the guesser a token of the bucket
LENGTH = 16  # characters; short, because it goes out to anybody who asks


class Nonces:
    """Makes and checks nonces with a key of its own."""

    def __init__(self, key: bytes, clock: Callable[[], float], lifetime: float) -> None:
        self._key, self._clock, self._lifetime = key, clock, lifetime

    def fresh(self, path: FiveTuple) -> bytes:
        """A nonce for the asker at `path`; 16 ASCII characters."""
        return self._stamped(int(self._clock()), path)

    def is_fresh(self, nonce: bytes, path: FiveTuple) -> bool:
        """Whether `nonce` was given to `path` and has not ended."""
        now = int(self._clock())
        issued = _time(nonce)
        if issued is None or not 0 <= now - issued <= self._lifetime:
            return False
        return hmac.compare_digest(nonce, self._stamped(issued, path))

    def _stamped(self, issued: int, path: FiveTuple) -> bytes:
        stamp = issued.to_bytes(TIME, "big")
        proof = hmac.digest(self._key, stamp + repr(path).encode(), "sha256")[:PROOF]
        return urlsafe_b64encode(stamp + proof)


def _time(nonce: bytes) -> int | None:
    if len(nonce) != LENGTH:
        return None
    try:
        return int.from_bytes(urlsafe_b64decode(nonce)[:TIME], "big")
    except ValueError:
        return None
