"""What each kind of appointment needs: forms beforehand, and what is left to do afterwards.

New patients hand in all forms of the practice, existing ones only what is about video. Each form is
needed once: what was handed in for an earlier appointment counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

# The forms, in the order of the page.
REGISTRATION = "registration"
HISTORY = "history"
PRIVACY = "privacy"
VIDEO_PRIVACY = "video_privacy"
VIDEO_CONSENT = "video_consent"

# What Anlage 31c BMV-Ä asks for after the call: a structured follow-up, papers on the same day.
FOLLOW_UP = "follow_up"
SENT = "sent"
RECORDED = "recorded"

_OF_NEW_PATIENTS = (REGISTRATION, HISTORY, PRIVACY)
_OF_VIDEO = (VIDEO_PRIVACY, VIDEO_CONSENT)  # Art. 13 DSGVO; Anlage 31b BMV-Ä
AFTERWARDS = (FOLLOW_UP, SENT, RECORDED)
ITEMS = frozenset((*_OF_NEW_PATIENTS, *_OF_VIDEO, *AFTERWARDS))


@dataclass(frozen=True)
class Tick:
    """Something that was ticked off."""

    at: datetime
    by: str  # id of a user


Ticks = Mapping[str, Tick]  # item -> when and by whom


def forms(kind: str, standing: str) -> tuple[str, ...]:
    """The forms that an appointment needs; who isn't known to be new counts as existing."""
    of_new = _OF_NEW_PATIENTS if standing == "new" else ()
    return (*of_new, *(() if kind == "phone" else _OF_VIDEO))


def handed_in(own: Ticks, earlier: Iterable[Ticks]) -> dict[str, Tick]:
    """What is there: for this appointment, else since the first of the earlier ones."""
    first: dict[str, Tick] = {}
    for ticks in earlier:
        for item, tick in ticks.items():
            if item not in AFTERWARDS and (item not in first or tick.at < first[item].at):
                first[item] = tick
    return first | dict(own)


def missing(kind: str, standing: str, there: Iterable[str]) -> tuple[str, ...]:
    """The forms that are still missing."""
    known = frozenset(there)
    return tuple(form for form in forms(kind, standing) if form not in known)
