"""Workstations that ask to be approved, and the four digits by which two people know that they look
at the same request.

The danger is a request that was swapped: somebody on the LAN who knows a colleague's password asks
in the same minute, under the same name, and the Hauptnutzer approves the wrong one. So each request
has a secret that the box drew when it was made (32 bytes, known to no one else), and each time
somebody opens it on an approved workstation the box draws another one for that session. The digits
are an HMAC of the two. They come into being only when both are fixed, so nobody can choose his half
to fit the other; a swapped request has its own secret and therefore, but for one case in 10,000,
other digits. Trying again doesn't help: a user has one request at a time, and a new one replaces
the old and needs to be opened and compared anew.

What the digits can't do: tell a page of the box from that of somebody who sits in the line between
the new browser and the box. Against that stands the certificate.

Lives in memory for a quarter of an hour, and only there, on purpose. A request says that somebody
has just typed a right password and is sitting there now; after a restart neither is sure. The vault
is locked then, so nobody could decide before the next login anyway. And on the disk there would lie
what nothing else puts there: who wanted in, and the secret of a device that may never be approved.
So a restart forgets all requests. The page that waits learns it with its next question, says so in
a sentence and leads to the login, where asking again costs one password. Until somebody approves,
the secret of the device-to-be is in the cookie of the browser that asks, and nowhere else.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

LIFETIME = timedelta(minutes=15)
MOST = 16  # requests at once; a practice opens no more new computers in a quarter of an hour
SECRET_BYTES = 32


class State(Enum):
    """How far a request is."""

    UNNAMED = "unnamed"  # the password was right, the device has no name yet
    WAITING = "waiting"  # for somebody to open it
    OPENED = "opened"  # both screens show digits
    APPROVED = "approved"
    REFUSED = "refused"


class NoRequest(LookupError):
    """The request is unknown, too old, or somebody else opened it meanwhile."""


@dataclass
class Request:
    """One browser that asks."""

    id: str
    user_id: str
    device_secret: bytes = field(repr=False)  # what the device is known by once it is approved
    asked: datetime
    name: str = ""
    state: State = State.UNNAMED
    _own: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES), repr=False)
    _approvers: bytes = field(default=b"", repr=False)
    opened_by: str = ""  # id of a session

    def open(self, session_id: str) -> None:
        """Somebody looks at it; the digits are others for each session that does."""
        if self.opened_by != session_id:
            self.opened_by, self._approvers = session_id, secrets.token_bytes(SECRET_BYTES)
        self.state = State.OPENED

    @property
    def digits(self) -> str:
        """Four digits, empty until somebody has opened the request."""
        if self.state is not State.OPENED:
            return ""
        mark = hmac.digest(self._own, self._approvers + self.id.encode(), "sha256")
        return f"{int.from_bytes(mark[:8]) % 10_000:04d}"


@dataclass
class Requests:
    """All that wait for a decision, or for their browser to learn of it."""

    now: Callable[[], datetime]
    _requests: dict[str, Request] = field(default_factory=dict)

    def ask(self, user_id: str) -> Request:
        """A new request of a user, in place of an earlier one; the oldest makes room."""
        self._forget()
        for old in [one for one in self._requests.values() if one.user_id == user_id]:
            del self._requests[old.id]
        while len(self._requests) >= MOST:
            del self._requests[next(iter(self._requests))]
        id_, secret = secrets.token_urlsafe(12), secrets.token_bytes(SECRET_BYTES)
        request = Request(id_, user_id, secret, self.now())
        self._requests[id_] = request
        return request

    def of_device(self, device_secret: bytes | None) -> Request:
        """The request of the browser with this secret; raise `NoRequest`."""
        self._forget()
        for request in self._requests.values():
            if device_secret and hmac.compare_digest(request.device_secret, device_secret):
                return request
        raise NoRequest

    def waiting(self, user_id: str | None) -> list[Request]:
        """What can be decided, with `user_id` only by that user; the oldest first."""
        self._forget()
        return [
            one
            for one in self._requests.values()
            if one.state in (State.WAITING, State.OPENED) and user_id in (None, one.user_id)
        ]

    def decide(self, id_: str, user_id: str | None) -> Request:
        """One of `waiting`; raise `NoRequest`."""
        for request in self.waiting(user_id):
            if request.id == id_:
                return request
        raise NoRequest

    def _forget(self) -> None:
        limit = self.now() - LIFETIME
        for request in [one for one in self._requests.values() if one.asked <= limit]:
            del self._requests[request.id]
