"""Who may come into a conference: roles, the release that each of them needs, how many fit. Pure.

Whoever is neither the patient nor the clinician hears what the clinician must keep secret
(section 203 StGB). So the patient, or who has custody of them, names each of these persons and
releases the clinician towards them; an interpreter may be bound by contract instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Role = Literal["patient", "guardian", "interpreter", "colleague", "educator"]
Granter = Literal["patient", "guardian", "contract"]
How = Literal["paper", "word"]

MOST = 9  # people in all, the clinician and the patient among them (video group therapy: 1 + 8)
BESIDE = MOST - 2  # participants beside clinician and patient
ROLES: tuple[Role, ...] = ("guardian", "interpreter", "colleague", "educator", "patient")
HOWS: tuple[How, ...] = ("paper", "word")


@dataclass(frozen=True)
class Release:
    """The release from secrecy towards one named person, as somebody of the practice noted it."""

    by: Granter
    how: How
    day: date  # on which it was given
    noted_by: str  # id of a user
    noted: datetime


def needs_release(role: Role) -> bool:
    """Whether the door stays closed without a release; a second patient speaks for themselves."""
    return role != "patient"


def granters(role: Role) -> tuple[Granter, ...]:
    """On whose word somebody of this role may come in."""
    if not needs_release(role):
        return ()
    return ("patient", "guardian", "contract") if role == "interpreter" else ("patient", "guardian")


def may_enter(role: Role, release: Release | None) -> bool:
    """Whether the door is open for somebody of this role."""
    return release is not None or not needs_release(role)
