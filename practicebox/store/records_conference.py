"""What goes through the store's door about conferences; as in `records`, no names in `repr`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from practicebox.practice.codes import CodePair
from practicebox.practice.conference import Release, Role, may_enter
from practicebox.practice.link import Link


@dataclass(frozen=True)
class ParticipantDraft:
    """Somebody who is to take part in a conference beside its patient."""

    name: str = field(repr=False)
    role: Role
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part in a conference beside its patient, with a way in of their own."""

    id: str
    appointment_id: str
    name: str = field(repr=False)
    role: Role
    email: str = field(repr=False)
    phone: str = field(repr=False)
    codes: CodePair = field(repr=False)
    link: Link = field(repr=False)
    created: datetime
    release: Release | None = None  # from secrecy, towards this person
    revoked: datetime | None = None  # when the last one was taken back

    @property
    def may_enter(self) -> bool:
        """Whether their door is open."""
        return may_enter(self.role, self.release)
