"""What goes through the door of the store: plain, frozen, without behaviour.

Fields that name somebody or open something are left out of `repr`, so that no log line and no
traceback shows them by accident.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from practicebox.practice.codes import CodePair
from practicebox.practice.link import Link
from practicebox.store.times import to_text

Role = Literal["admin", "clinician", "reception"]
Kind = Literal["video", "phone", "conference"]
State = Literal["planned", "cancelled"]
DeviceState = Literal["approved", "locked", "revoked"]
ProgramState = Literal["approved", "revoked"]
UserState = Literal["active", "invited", "departed"]
InvitationRole = Literal["doctor", "patient"]
Payer = Literal["", "gkv", "pkv", "self", "bg"]  # who pays for the treatment; empty: not known
Standing = Literal["", "new", "existing"]  # new to this practice, or not; empty: not known

LONGEST = 24 * 60  # minutes of an appointment
NEW_PATIENT = "new"  # in place of a patient's id, which has 16 characters


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the door plate of the practice says; patients see it while the vault is locked."""

    name: str
    kind: str
    size: str
    specialty: str = ""
    street: str
    number: str
    extra: str = ""
    postcode: str
    town: str
    phone: str
    email: str
    bsnr: str = ""


@dataclass(frozen=True)
class Practice:
    """The tenant of the box."""

    short_name: str  # never changes; also the mDNS host name
    profile: Profile
    time_zone: str  # "Europe/Berlin"
    founded: datetime


@dataclass(frozen=True, kw_only=True)
class Person:
    """A staff member as a human being."""

    salutation: str = field(repr=False)
    title: str = field(default="", repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    lanr: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What the set-up wizard has gathered."""

    short_name: str
    profile: Profile
    time_zone: str
    user_short_name: str = field(repr=False)
    person: Person
    password: str = field(repr=False)
    master_password: str = field(repr=False)
    device_name: str = field(repr=False)


@dataclass(frozen=True)
class Founded:
    """What only the first browser keeps: the secret of its device."""

    device_secret: bytes = field(repr=False)  # 32 bytes, for an HttpOnly cookie
    user_id: str


@dataclass(frozen=True)
class User:
    """A staff member as somebody who logs in."""

    id: str
    short_name: str = field(repr=False)  # empty until the one-time code has been used
    role: Role
    person: Person
    state: UserState = "active"
    code_expires: datetime | None = None  # of an invited user


@dataclass(frozen=True)
class Device:
    """A workstation."""

    id: str
    name: str = field(repr=False)
    state: DeviceState
    created: datetime


@dataclass(frozen=True)
class Program:
    """A program that may use the interface for software: a device without a person."""

    id: str
    name: str = field(repr=False)
    scopes: tuple[str, ...]  # "appointments:read" …
    state: ProgramState
    created: datetime
    used: date | None = None  # the last day (UTC)


@dataclass(frozen=True)
class Patient:
    """Whom an appointment is for, as the directory has them."""

    name: str = field(repr=False)
    born: date | None = field(default=None, repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)  # lines of the window address
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    payer: Payer = field(default="", repr=False)
    standing: Standing = field(default="", repr=False)
    language: str = field(default="", repr=False)  # BCP 47, "tr"; empty: German
    needs: tuple[str, ...] = field(default=(), repr=False)  # "large_type", "interpreter" …


@dataclass(frozen=True)
class AppointmentDraft:
    """An appointment as somebody plans it."""

    patient: Patient
    starts: datetime  # aware; kept to the second
    minutes: int
    organiser: str  # id of a user
    reason: str = field(repr=False)
    kind: Kind = "video"
    treatment: str = field(default="", repr=False)  # its name in `practice.treatments`; or empty
    patient_id: str | None = None  # None: found by name and birth date; `NEW_PATIENT`: a new one

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None:
            raise ValueError("an appointment starts at an aware moment")
        if not 1 <= self.minutes <= LONGEST:
            raise ValueError(f"an appointment lasts 1 to {LONGEST} minutes")


@dataclass(frozen=True)
class Appointment:
    """An appointment with everything about it."""

    id: str
    patient: Patient
    starts: datetime
    minutes: int
    organiser: str
    reason: str = field(repr=False)
    kind: Kind
    state: State
    codes: CodePair = field(repr=False)
    link: Link = field(repr=False)
    created: datetime
    treatment: str = field(default="", repr=False)
    patient_id: str = ""  # empty only until an appointment of an earlier version is related

    @property
    def ends(self) -> datetime:
        """When it is over according to plan."""
        return self.starts + timedelta(minutes=self.minutes)


class Entry(NamedTuple):
    """An appointment as a line in a list. A tuple: made 40 times for a day, it takes half the time
    of a frozen dataclass, which is what opening the page of a day costs."""

    id: str
    starts: datetime
    minutes: int
    state: State
    patient_name: str
    organiser: str
    kind: Kind = "video"

    def __repr__(self) -> str:
        return f"Entry({self.id!r}, {self.starts!r}, {self.minutes!r}, {self.state!r})"  # no name

    @property
    def ends(self) -> datetime:
        """When it is over according to plan."""
        return self.starts + timedelta(minutes=self.minutes)

    @property
    def cursor(self) -> str:
        """The place of this line, for the next page of a list."""
        return f"{to_text(self.starts)}.{self.id}"


@dataclass(frozen=True)
class Invitation:
    """One participant's way in, as far as a locked box knows it."""

    appointment_id: str
    role: InvitationRole
    starts: datetime
    minutes: int
    state: State
    participant_id: str = ""  # whose it is in a conference; empty: the patient's or the doctor's
    is_open: bool = True  # not before the release from secrecy that the participant needs


@dataclass(frozen=True)
class Visit:
    """A patient's browser that has been let in, or that of another participant."""

    id: str
    appointment_id: str
    starts: datetime
    minutes: int
    state: State
    participant_id: str = ""  # in a conference, beside the patient
    is_conference: bool = False


@dataclass(frozen=True)
class Submission:
    """Something that a patient handed in."""

    id: str
    kind: str
    received: datetime
    payload: bytes = field(repr=False)
