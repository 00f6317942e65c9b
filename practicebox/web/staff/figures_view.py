"""The practice's numbers as pictures: stacked columns, one for each week or month.

Knows geometry and what each picture is made of; the words of a picture's sentence stand in the
template. Heights are in hundredths of the highest column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from practicebox.practice import figures
from practicebox.practice.figures import Counts, Span, Way
from practicebox.web.language import mark

HIGH, WIDE, GAP = 100, 20, 4  # of a column, in units of the drawing
Tone = Literal["a", "b", "c", "d"]  # from quiet to what somebody should look at (figures.css)
Read = Callable[[Counts], int]


class Segment(NamedTuple):
    """A part of a column."""

    tone: Tone
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Series:
    """One number over time; without a tone it stands in the table only."""

    title: str
    tone: Tone | None
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Chart:
    """A picture and its table."""

    series: tuple[Series, ...]

    @property
    def drawn(self) -> tuple[Series, ...]:
        return tuple(one for one in self.series if one.tone)

    @property
    def totals(self) -> list[int]:
        return [sum(value or 0 for value in column) for column in self._columns()]

    @property
    def is_empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)

    @property
    def segments(self) -> list[Segment]:
        """All parts of all columns, from the ground up; what is there is seen, however low."""
        most, found = max([*self.totals, 1]), []
        for number, column in enumerate(self._columns()):
            so_far = 0
            for one, value in zip(self.drawn, column, strict=True):
                if not value or one.tone is None:
                    continue
                before, so_far = so_far, so_far + value
                top = HIGH - round(HIGH * so_far / most)
                height = max(1, HIGH - round(HIGH * before / most) - top)
                found.append(Segment(one.tone, number * WIDE + GAP // 2, top, WIDE - GAP, height))
        return found

    def _columns(self) -> list[tuple[int | None, ...]]:
        return list(zip(*(one.values for one in self.drawn), strict=True))


_Part = tuple[str, Tone | None, Callable[[Counts], int | None]]


def _number(what: str) -> Read:
    return lambda numbers: numbers.get(what, 0)


def _class(index: int) -> Read:
    return lambda numbers: figures.classes(numbers)[index]


def _confirmed(numbers: Counts) -> int:
    return figures.took_place(numbers) - numbers.get(figures.UNCONFIRMED, 0)


PARTS: dict[str, tuple[_Part, ...]] = {
    "held": (
        (mark("By video"), "a", _number(figures.VIDEO)),
        (mark("By telephone"), "b", _number(figures.PHONE)),
    ),
    "missed": (
        (mark("Did not come"), "c", _number(figures.MISSING)),
        (mark("Came and was not asked in"), "d", _number(figures.UNSEEN)),
        (mark("Not reached by telephone"), "b", _number(figures.UNREACHED)),
        (mark("Called off (not in the picture)"), None, _number(figures.CANCELLED)),
    ),
    "waits": (
        (mark("under 5 minutes"), "a", _class(0)),
        (mark("5 to 9 minutes"), "b", _class(1)),
        (mark("10 to 19 minutes"), "d", _class(2)),
        (mark("20 minutes and longer"), "c", _class(3)),
        (mark("Half of them waited at most (minutes)"), None, figures.median),
    ),
    "unconfirmed": (
        (mark("Confirmed"), "a", _confirmed),
        (mark("Confirmation missing"), "c", _number(figures.UNCONFIRMED)),
    ),
    "ways": (
        (mark("Directly from device to device"), "a", _number(Way.DIRECT)),
        (mark("Through the relay of the practice"), "b", _number(Way.RELAY)),
    ),
    "failures": (
        (mark("No way found to each other"), "c", _number(Way.BLOCKED)),
        (mark("No direct way found, and the relay is off"), "d", _number(Way.NO_RELAY)),
        (mark("Connection broke off"), "a", _number(Way.LOST)),
        (mark("The box was out of reach"), "b", _number(Way.OFFLINE)),
    ),
}


def charts(columns: Sequence[Counts], translate: Callable[[str], str]) -> dict[str, Chart]:
    """All pictures of the page."""
    return {
        name: Chart(
            tuple(
                Series(translate(title), tone, tuple(read(one) for one in columns))
                for title, tone, read in parts
            )
        )
        for name, parts in PARTS.items()
    }


def labels(spans: Sequence[Span], *, by_month: bool) -> list[str]:
    """What stands below the columns: numbers of weeks (ISO 8601) or months."""
    if by_month:
        return [str(span.first.month) for span in spans]
    return [str(span.first.isocalendar().week) for span in spans]
