"""Tickets: short-lived credentials for the relay, one per participant and appointment.

A ticket needs no memory: its user name says how long it holds and carries two tags, its password
is an HMAC of the user name. Tags are HMACs too, so that neither appointments nor devices can be
read from packets. With the same key the same tickets hold after a restart.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

TAG_BYTES = 9  # 12 characters; nobody can ask whether they guessed one right
PARTS = 3  # expiry, room, participant
LONGEST = 64  # characters of a user name; ours have 36


@dataclass(frozen=True)
class Ticket:
    """The right to use the relay as one participant of one room."""

    username: str
    password: str = field(repr=False)
    room: str  # tag
    participant: str  # tag


class Tickets:
    """Issues tickets and knows its own again."""

    def __init__(self, key: bytes, now: Callable[[], datetime]) -> None:
        self._key, self._now = key, now

    def issue(self, room: str, participant: str, until: datetime) -> Ticket:
        """A ticket that holds until `until` (aware); the same arguments give the same ticket."""
        person = self._tag("participant", f"{room} {participant}")
        return self._ticket(int(until.timestamp()), self.room_tag(room), person)

    def find(self, username: str) -> Ticket | None:
        """The ticket of a user name, or None for one that is malformed or no longer holds.

        Whether its holder knows the password is for the relay to check.
        """
        parts = username.split(":")
        is_ours = len(username) <= LONGEST and len(parts) == PARTS and _is_number(parts[0])
        if not is_ours or int(parts[0]) <= self._now().timestamp():
            return None
        return self._ticket(int(parts[0]), parts[1], parts[2])

    def room_tag(self, room: str) -> str:
        """What stands for a room in its tickets."""
        return self._tag("room", room)

    def _ticket(self, expiry: int, room: str, participant: str) -> Ticket:
        username = f"{expiry}:{room}:{participant}"
        password = self._hmac("password", username)
        return Ticket(username, base64.urlsafe_b64encode(password).decode(), room, participant)

    def _tag(self, context: str, value: str) -> str:
        return base64.urlsafe_b64encode(self._hmac(context, value)[:TAG_BYTES]).decode()

    def _hmac(self, context: str, value: str) -> bytes:
        return hmac.digest(self._key, f"{context} {value}".encode(), "sha256")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
