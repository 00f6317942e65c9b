"""What the store says of sessions, and of the way to the first one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from practicebox.store.records import Device, Role, User


@dataclass(frozen=True)
class Session:
    """Somebody logged in on a workstation."""

    token: str = field(repr=False)
    user: User
    device_id: str
    id: str = ""  # tells nothing of the token
    is_covered: bool = False  # the screen is locked: the password uncovers it


@dataclass(frozen=True)
class Bearer:
    """What a locked box knows of a session."""

    session_id: str
    user_id: str
    role: Role
    device_id: str
    is_covered: bool


@dataclass(frozen=True)
class Presence:
    """A session as a line in a list."""

    id: str
    user: User
    device: Device
    started: datetime
    seen: datetime
    is_covered: bool


@dataclass(frozen=True)
class Enrolment:
    """A colleague's way in, shown once."""

    user_id: str
    code: str = field(repr=False)
    expires: datetime


# Judges what a passkey has signed, knowing whose it is and its verifier: how often it has signed
# by now; raise `WrongPasskey`.
Check = Callable[[str, bytes], Awaitable[int]]


@dataclass(frozen=True)
class Passkey:
    """A passkey as a line in its owner's list."""

    id: str
    name: str = field(repr=False)
    host: str  # the only address it works at (RP ID)
    credential_id: bytes = field(repr=False)
    created: datetime
    used: datetime | None = None


@dataclass(frozen=True)
class NewPasskey:
    """What a browser has made, checked."""

    name: str = field(repr=False)
    host: str
    credential_id: bytes = field(repr=False)
    verifier: bytes = field(repr=False)  # its public key, as whoever checks signatures reads it
    count: int  # how often it has signed
    secret: bytes = field(repr=False)  # 32 bytes


@dataclass(frozen=True)
class Shown:
    """A passkey that somebody shows in place of a password."""

    credential_id: bytes = field(repr=False)
    secret: bytes = field(repr=False)  # 32 bytes
    check: Check = field(repr=False)
