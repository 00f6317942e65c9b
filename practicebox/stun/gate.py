"""Who gets an answer: the pure answer of `responder.py` behind the buckets of `bucket.py`.

The one object that all sockets of the door share. It counts what happens and remembers nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from practicebox.stun.attributes import Address
from practicebox.stun.bucket import Bucket, source_of
from practicebox.stun.responder import answer


@dataclass
class Gate:
    """Buckets, a steady clock in seconds, and counters without addresses."""

    bucket: Bucket
    clock: Callable[[], float]
    answered: int = 0
    silent: int = 0  # not a Binding request
    limited: int = 0  # the source's bucket was empty

    def reply(self, datagram: bytes | memoryview, source: Address) -> bytes | None:
        """The answer to one datagram, or None; whatever was sent costs its source a token."""
        return self.judge(datagram, source) if self.admits(source) else None

    def admits(self, source: Address) -> bool:
        """Whether `source` had a token, which it has spent now."""
        if self.bucket.take(source_of(source[0]), self.clock()):
            return True
        self.limited += 1
        return False

    def judge(self, datagram: bytes | memoryview, source: Address) -> bytes | None:
        """The answer to a datagram whose token has been taken, or None."""
        reply = answer(datagram, source)
        if reply is None:
            self.silent += 1
            return None
        self.answered += 1
        return reply
