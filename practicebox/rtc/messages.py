"""Control messages of the signaling socket: one JSON object in one text frame.

Knows the tables of docs/protocol.md section 1; no room, no socket, not what two browsers say.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

MAX_CONTROL_BYTES = 1024  # a `hello` has 48; none of ours comes near
INSTANCE = re.compile(r"[0-9a-f]{16}")


class Role(enum.StrEnum):
    """Who somebody is in a room; the door and the cookie decide it, never a message."""

    CLINICIAN = "clinician"  # the impolite peer: its offer wins a collision
    PATIENT = "patient"  # the polite peer


class Place(enum.StrEnum):
    """Where a device of the patient is: in the room, or waiting behind another device."""

    HERE = "here"
    SECOND = "second"


class Reason(enum.StrEnum):
    """Why a peer left: it said `bye`, or its socket is gone without a word."""

    BYE = "bye"
    LOST = "lost"


class How(enum.StrEnum):
    """How a consultation ended: it is over, or the practice goes on by telephone."""

    OVER = "over"
    PHONE = "phone"


class Close(enum.IntEnum):
    """Why the box closes a socket (docs/protocol.md, "Close codes")."""

    BYE = 1000
    STOPPING = 1001
    BROKEN = 1002  # this and the next: the WebSocket protocol itself (RFC 6455 section 7.4.1)
    NOT_TEXT = 1007
    TOO_LARGE = 1009
    FULL = 1013
    VIOLATION = 4400
    SILENT = 4408
    TAKEN_OVER = 4409
    OVER = 4410
    TOO_SLOW = 4413
    FLOOD = 4429


class ProtocolError(Exception):
    """A browser broke the protocol; its socket is closed with `code`."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame of a socket; `instance` (16 hex digits) is new for each page load."""

    instance: str


@dataclass(frozen=True, slots=True)
class Admit:
    """The clinician asks the patient in, now or as soon as they arrive."""


@dataclass(frozen=True, slots=True)
class End:
    """The clinician ends the consultation for both."""


@dataclass(frozen=True, slots=True)
class Swap:
    """The clinician gives the patient's place to the device that waits."""


@dataclass(frozen=True, slots=True)
class Back:
    """The clinician puts the patient back into the waiting room; told to both."""


@dataclass(frozen=True, slots=True)
class Bye:
    """A page leaves for good."""


@dataclass(frozen=True, slots=True)
class CallMe:
    """The patient asks for a call by telephone, or needs it no more; told to the clinician."""

    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to `hello`; `admitted` is about this page, not about the room."""

    role: Role
    place: Place
    admitted: bool
    ice: Sequence[Mapping[str, object]]  # W3C WebRTC `RTCIceServer`
    announced: str | None  # public address of the practice


@dataclass(frozen=True, slots=True)
class PeerHere:
    """The other peer is here; a known instance keeps its connection."""

    instance: str


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """The other peer's socket is gone."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Admitted:
    """The consultation begins."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The clinician ended the consultation, or goes on by telephone."""

    how: How = How.OVER


@dataclass(frozen=True, slots=True)
class Placed:
    """This device moved up or was moved back."""

    place: Place


@dataclass(frozen=True, slots=True)
class SecondDevice:
    """Whether another device of the patient waits."""

    waiting: bool


@dataclass(frozen=True, slots=True)
class Delayed:
    """The consultations run late by about so many minutes; 0: no longer. Told to who waits."""

    minutes: int


BothWays = Back | CallMe
FromBrowser = BothWays | Hello | Admit | End | Swap | Bye
ToBrowser = (
    BothWays | Welcome | PeerHere | PeerLeft | Admitted | Ended | Placed | SecondDevice | Delayed
)

_BARE: Mapping[str, Admit | End | Back | Swap | Bye] = {
    "admit": Admit(),
    "end": End(),
    "back": Back(),
    "swap": Swap(),
    "bye": Bye(),
}
_KINDS: Mapping[type[ToBrowser], str] = {
    Welcome: "welcome",
    PeerHere: "peer",
    PeerLeft: "peer-left",
    Admitted: "admitted",
    Ended: "ended",
    Back: "back",
    Placed: "place",
    SecondDevice: "second",
    CallMe: "call-me",
    Delayed: "delayed",
}
_SPEAKERS: Mapping[type[FromBrowser], Role] = {  # who alone may say it
    Admit: Role.CLINICIAN,
    End: Role.CLINICIAN,
    Back: Role.CLINICIAN,
    Swap: Role.CLINICIAN,
    CallMe: Role.PATIENT,
}


def parse(text: str, role: Role) -> FromBrowser:
    """Read what a browser of `role` sent; raise `ProtocolError` for what the protocol lacks."""
    message = _read(_decode(text))
    if _SPEAKERS.get(type(message), role) is not role:
        raise ProtocolError(Close.VIOLATION)
    return message


def dump(message: ToBrowser) -> str:
    """The text frame for `message`."""
    return json.dumps({"kind": _KINDS[type(message)], **asdict(message)}, separators=(",", ":"))


def _decode(text: str) -> Mapping[str, object]:
    try:
        if len(text.encode()) > MAX_CONTROL_BYTES:
            raise ProtocolError(Close.VIOLATION)
        fields = json.loads(text)
    except (ValueError, RecursionError):  # 1,000 times "[" exhausts the decoder's stack
        raise ProtocolError(Close.VIOLATION) from None
    if not isinstance(fields, dict):
        raise ProtocolError(Close.VIOLATION)
    return fields


def _read(fields: Mapping[str, object]) -> FromBrowser:
    kind = fields.get("kind")
    if kind == "hello":
        return Hello(_instance(fields))
    if kind == "call-me":
        return CallMe(_wanted(fields))
    message = _BARE.get(kind) if isinstance(kind, str) else None
    if message is None:
        raise ProtocolError(Close.VIOLATION)
    return message


def _wanted(fields: Mapping[str, object]) -> bool:
    wanted = fields.get("wanted", True)
    if not isinstance(wanted, bool):
        raise ProtocolError(Close.VIOLATION)
    return wanted


def _instance(fields: Mapping[str, object]) -> str:
    instance = fields.get("instance")
    if not isinstance(instance, str) or INSTANCE.fullmatch(instance) is None:
        raise ProtocolError(Close.VIOLATION)
    return instance
