"""Why a request is refused."""

from __future__ import annotations

from practicebox.stun.relay.numbers import Failure


class Refused(Exception):
    """The request is answered with the error code `failure` (RFC 8656 section 19)."""

    def __init__(self, failure: Failure, unknown: tuple[int, ...] = ()) -> None:
        super().__init__(failure.name)
        self.failure = failure
        self.unknown = unknown  # attribute types, for 420
