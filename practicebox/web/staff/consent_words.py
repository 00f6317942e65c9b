"""How a patient stands to a form, and how a consent was given, in words and colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from practicebox.practice.consents import Light
from practicebox.store.appointments.checklists import Papers
from practicebox.web.language import mark

WAYS = {
    "page": mark("on the patient’s page"),
    "paper": mark("signed on paper"),
    "scan": mark("on paper, scanned in"),
    "word": mark("by word of mouth"),
}
LIGHTS = {
    Light.GIVEN: mark("is there"),
    Light.EXPIRED: mark("has run out"),
    Light.REVOKED: mark("has been revoked"),
    Light.OUTDATED: mark("the text is new, please ask anew"),
    Light.MISSING: mark("is missing"),
}
OF_THE_DAY = {
    Light.GIVEN: mark("consent is there"),
    Light.EXPIRED: mark("consent has run out"),
    Light.REVOKED: mark("consent was revoked"),
    Light.OUTDATED: mark("consent to the old text"),
    Light.MISSING: mark("consent is missing"),
}
COLOURS = {Light.GIVEN: "green", Light.MISSING: "yellow", Light.OUTDATED: "yellow"}  # others: red


@dataclass(frozen=True)
class Told:
    """The light of the consent to the video consultation, as the day shows it."""

    light: str
    words: str


def of_the_day(papers: Papers | None, translate: Callable[[str], str]) -> Told | None:
    """What the day shows of an appointment's consent; nothing where nobody can say."""
    if papers is None or papers.consent is None:
        return None
    return Told(COLOURS.get(papers.consent, "red"), translate(OF_THE_DAY[papers.consent]))
