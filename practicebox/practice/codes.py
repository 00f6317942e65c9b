"""Access codes: nine hex digits in three groups, one for the doctor, one for the patient.

Knows how codes look and how people mistype them. Knows nothing of appointments or of
how codes are stored; randomness is passed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

GROUP = 3  # hex digits a group; 9 digits are 36 bits, of which the last 12 are shared
LONGEST_INPUT = 400  # characters; a pasted link has about 80
_CODE = re.compile(r"[0-9a-f]{9}")
_LOOKALIKES = str.maketrans({"o": "0", "l": "1", "i": "1"})  # no hex digit looks like them
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_.,:;/]+")


class NotACode(ValueError):
    """The text can't be an access code in any spelling."""


@dataclass(frozen=True)
class CodePair:
    """The two codes of one appointment; they share the last group (FEATURES A2)."""

    doctor: str  # "c3f-e04-d96"
    patient: str  # "1d7-d64-d96"


def new_pair(random: Callable[[int], bytes]) -> CodePair:
    """A fresh pair; `random(n)` returns n random bytes."""
    while True:
        digits = random(8).hex()
        doctor, patient, shared = digits[:6], digits[6:12], digits[12:15]
        if doctor != patient:
            return CodePair(grouped(doctor + shared), grouped(patient + shared))


def grouped(digits: str) -> str:
    """Nine digits as people know them: `1d7-d64-d96`."""
    return "-".join(digits[i : i + GROUP] for i in range(0, len(digits), GROUP))


def read(text: str) -> str:
    """The canonical code in `text`, however it was typed; raise `NotACode` otherwise."""
    if len(text) > LONGEST_INPUT:
        raise NotACode
    digits = _SEPARATORS.sub("", text.casefold()).translate(_LOOKALIKES)
    if not _CODE.fullmatch(digits):
        raise NotACode
    return grouped(digits)
