"""What patients agree to in writing, and whether it counts on a day. Pure.

A consent is to one version of one form. It counts until it is revoked or has run out, and for as
long as the practice doesn't ask for a later version of the text anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Literal

from practicebox.practice import kinds

How = Literal["page", "paper", "scan", "word"]  # on the patient's page; signed; scanned; spoken

CONSENT = "consent"  # to the video consultation
PRIVACY = "privacy"  # information about data protection: taken note of
RELEASE = "release"  # from professional secrecy, towards named persons
FORMS = (CONSENT, PRIVACY, RELEASE)
AT_THE_DOOR = (CONSENT, PRIVACY)  # asked for before the waiting room

# The lines of an appointment's checklist that are consents, and nothing else than these.
OF_CHECKLIST: Mapping[str, str] = {kinds.VIDEO_CONSENT: CONSENT, kinds.VIDEO_PRIVACY: PRIVACY}


class Light(Enum):
    """How a patient stands to a form."""

    GIVEN = "given"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OUTDATED = "outdated"  # to a text that the practice has replaced, and asks for anew
    MISSING = "missing"


@dataclass(frozen=True)
class Consent:
    """One consent of a patient, from its beginning to its end."""

    id: str
    form: str
    version: int
    at: datetime
    how: How
    by: str  # id of the user who noted it; "patient" on their own page
    until: date | None = None  # the last day on which it counts
    persons: tuple[str, ...] = field(default=(), repr=False)  # who is released from secrecy
    appointment: str = ""  # through which it came
    revoked: datetime | None = None
    revoked_by: str = ""
    signature: str = field(default="", repr=False)  # `practice.signature`
    scan: str = ""  # media type of what was scanned in


def light(one: Consent, floor: int, day: date) -> Light:
    """What a consent is worth on a day on which versions from `floor` on count."""
    if one.revoked and one.revoked.date() <= day:
        return Light.REVOKED
    if one.until and one.until < day:
        return Light.EXPIRED
    return Light.GIVEN if one.version >= floor else Light.OUTDATED


def judge(
    consents: Iterable[Consent], form: str, floor: int, day: date
) -> tuple[Light, Consent | None]:
    """How a patient stands to a form on a day, and the consent that says so."""
    own = sorted((one for one in consents if one.form == form), key=lambda one: one.at)
    counts = [one for one in own if light(one, floor, day) is Light.GIVEN]
    if counts:
        return Light.GIVEN, counts[-1]
    return (light(own[-1], floor, day), own[-1]) if own else (Light.MISSING, None)
