"""The light of a technical check at an appointment: colour, word and age, for the staff's list.

`templates/patient/check_light.html` draws it. Colour never stands alone: each light has a shape and
a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_timedelta

from practicebox.store.appointments.checks import Check, Light, Verdict
from practicebox.web.language import Language, mark

WORDS: Mapping[Verdict, str] = {
    Verdict.GOOD: mark("good"),
    Verdict.NO_SOUND: mark("test tone not heard"),
    Verdict.SILENT: mark("microphone silent"),
    Verdict.NO_UDP: mark("connection by a detour"),
    Verdict.SLOW: mark("line slow"),
    Verdict.SOUND_ONLY: mark("line enough for sound only"),
    Verdict.BUSY: mark("camera or microphone in use elsewhere"),
    Verdict.NO_CAMERA: mark("no camera"),
    Verdict.NO_MICROPHONE: mark("no microphone"),
    Verdict.REFUSED: mark("camera or microphone not allowed"),
    Verdict.NO_PATH: mark("no connection for video"),
    Verdict.UNSUITABLE: mark("browser unsuitable"),
}


@dataclass(frozen=True)
class Shown:
    """A light as the list shows it."""

    light: Light
    sentence: str  # "Technik-Check vor 2 Tagen: gut"
    at: datetime


def shown(checks: Mapping[str, Check], now: datetime, spoken: Language) -> dict[str, Shown]:
    """The lights of those appointments that have a check, by their ids."""
    return {id_: _shown(check, now, spoken) for id_, check in checks.items()}


def _shown(check: Check, now: datetime, spoken: Language) -> Shown:
    translate: Callable[[str], str] = spoken.gettext
    ago = format_timedelta(check.at - now, add_direction=True, locale=spoken.code)
    sentence = translate("Technical check %(ago)s: %(word)s")
    word = translate(WORDS[check.verdict])
    return Shown(check.verdict.light, sentence % {"ago": ago, "word": word}, check.at)
