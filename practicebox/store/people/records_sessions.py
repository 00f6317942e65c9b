"""What the store says of sessions, and of the way to the first one."""

from __future__ import annotations

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
