"""Whom the relay asks: who a user name is, and which hosts a room may reach.

The relay knows packets and addresses; rooms, tickets and doors are somebody else's. Tags are opaque
strings that can be compared and tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Grant:
    """What a user name is allowed: to be one participant of one room."""

    password: str = field(repr=False)
    room: str  # allocations of one room may talk to each other
    participant: str  # counts as one, also when a new ticket gave it a new user name


class Authority(Protocol):
    """Asked again at every request, so that an expired ticket or a closed door counts at once."""

    def grant(self, username: str) -> Grant | None:
        """What `username` is allowed, or None if it is unknown or expired."""

    def may_reach(self, room: str, host: str) -> bool:
        """Whether a participant of `room` is connected from `host` to the staff door."""
