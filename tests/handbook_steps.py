"""What the steps of the handbook mean: few sentences with labels, for readers and tests alike.

A step is made of sentences. One with a label is an action or something to look at, in one of the
forms below; one without is an explanation. `acting` says how a test does it, so that each page of
the handbook can be executed as it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from practicebox.practice.handbook import Chapter, Line

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
FORMS = {
    "menu": re.compile(r"Öffnen Sie im Menü \*\*[^*]+\*\*"),
    "press": re.compile(r"Drücken Sie \*\*[^*]+\*\*"),
    "fill": re.compile(r"Tragen Sie (?:\*\*[^*]+\*\*(?:, | und )?)+ ein(?:, zum Beispiel [^*]+)?"),
    "choose": re.compile(r"Wählen Sie bei \*\*[^*]+\*\* [^*]+"),
    "tick": re.compile(r"Wählen Sie \*\*[^*]+\*\*"),
    "see": re.compile(r"Nun sehen Sie \*\*[^*]+\*\*(?: und \*\*[^*]+\*\*)*"),
}
APPOINTMENT = "Öffnen Sie den Termin."  # the one action without a label: it has a name


class NotAStep(AssertionError):
    """A sentence with a label that has none of the forms."""


@dataclass(frozen=True)
class Action:
    """What a sentence asks for."""

    what: str  # a name of `FORMS`, or "open" for the appointment
    labels: tuple[str, ...]


def actions(chapter: Chapter, anchor: str = "") -> list[Action]:
    """The actions of a section's numbered steps, in order; raise `NotAStep`."""
    [section] = [one for one in chapter.sections if one.anchor == anchor]
    steps = [line for block in section.blocks if block.kind == "steps" for line in block.lines]
    return [action for line in steps for action in _of_step(line)]


def _of_step(line: Line) -> Iterator[Action]:
    marked = "".join(f"**{p.text}**" if p.kind == "label" else p.text for p in line)
    for sentence in SENTENCE.split(marked):
        if sentence == APPOINTMENT:
            yield Action("open", ())
        elif labels := BOLD.findall(sentence):
            yield Action(_form(sentence), tuple(labels))


def _form(sentence: str) -> str:
    for name, form in FORMS.items():
        if form.fullmatch(sentence.rstrip(".")):
            return name
    raise NotAStep(sentence)
