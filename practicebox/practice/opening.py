"""When the practice is open: hours by weekday, public holidays, blocked times, and what is free.

Times of a day are minutes since its midnight on the practice's wall clock: that is what a door
plate says and a calendar draws, whatever the clocks do that night. Nothing here forbids anything:
appointments outside the hours are possible (FEATURES A16); the reception is asked.
"""

from __future__ import annotations

import enum
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from practicebox.practice.holidays import holiday

DAY = 24 * 60  # minutes
MOST_SPANS = 3  # in one day


class Span(NamedTuple):
    """From one minute of the day to another, which is no longer in it."""

    begins: int
    ends: int


@dataclass(frozen=True)
class Blocked:
    """A time in which nobody, or one clinician, has consultations."""

    id: str
    starts: datetime  # aware
    ends: datetime
    whose: str  # id of a user; empty for the whole practice
    reason: str = field(default="", repr=False)

    def concerns(self, whose: str) -> bool:
        """Whether it counts for this clinician."""
        return self.whose in ("", whose)


class Obstacle(enum.StrEnum):
    """Why a time is unusual."""

    HOLIDAY = "holiday"
    CLOSED = "closed"
    BLOCKED = "blocked"


class Found(NamedTuple):
    """An obstacle, with the name of the holiday or the reason of the block."""

    obstacle: Obstacle
    what: str = ""

    def __repr__(self) -> str:
        return f"Found({self.obstacle!r})"  # a reason may name somebody


@dataclass(frozen=True)
class Opening:
    """The hours of a week, Monday first, and the state whose holidays count."""

    hours: tuple[tuple[Span, ...], ...] = ((),) * 7
    state: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anybody has entered hours; else every hour is as good as another."""
        return any(self.hours)

    def on(self, day: date) -> tuple[Span, ...]:
        """The hours of a day; the whole day while nobody has entered any."""
        if holiday(day, self.state):
            return ()
        return self.hours[day.weekday()] if self.is_known else (Span(0, DAY),)

    def obstacles(self, starts: datetime, ends: datetime) -> list[Found]:
        """What is unusual about a time, given on the practice's wall clock."""
        if name := holiday(starts.date(), self.state):
            return [Found(Obstacle.HOLIDAY, name)]
        wanted = within(starts.date(), starts, ends)
        is_open = starts.date() == (ends - timedelta(minutes=1)).date() and any(
            span.begins <= wanted.begins and wanted.ends <= span.ends
            for span in self.on(starts.date())
        )
        return [] if is_open or not self.is_known else [Found(Obstacle.CLOSED)]


def blocks(blocked: Iterable[Blocked], starts: datetime, ends: datetime, whose: str) -> list[Found]:
    """The blocked times that a time of somebody (aware) falls into."""
    return [
        Found(Obstacle.BLOCKED, one.reason)
        for one in blocked
        if one.concerns(whose) and one.starts < ends and starts < one.ends
    ]


def within(day: date, starts: datetime, ends: datetime) -> Span:
    """The part of a time that falls on a day, all on the practice's wall clock."""
    return Span(_minute(day, starts), _minute(day, ends))


def without(spans: Iterable[Span], taken: Iterable[Span], least: int = 1) -> list[Span]:
    """What is left of `spans`, in pieces of at least `least` minutes, in order."""
    left = sorted(spans)
    for one in taken:
        left = [piece for span in left for piece in _cut(span, one)]
    return [span for span in left if span.ends - span.begins >= least]


def clock(minute: int) -> str:
    """A minute of the day as people write it; midnight at its end is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def time_of(minute: int) -> time:
    """A minute of the day as a time."""
    return time(minute // 60, minute % 60)


def read_spans(text: str) -> tuple[Span, ...]:
    """`8-12, 14:30-18` as people type it; raise `ValueError` for anything else."""
    parts = text.replace("–", "-").replace(";", ",").replace("und", ",").split(",")
    spans = sorted(_read_span(part) for part in parts if part.strip())
    touching = any(later.begins < span.ends for span, later in itertools.pairwise(spans))
    if touching or len(spans) > MOST_SPANS:
        raise ValueError("hours of one day overlap, or are too many")
    return tuple(spans)


def write_spans(spans: Sequence[Span]) -> str:
    """The text that `read_spans` reads."""
    return ", ".join(f"{clock(span.begins)}-{clock(span.ends)}" for span in spans)


def dump(opening: Opening) -> str:
    """As the settings keep it."""
    return json.dumps({"hours": opening.hours, "state": opening.state})


def load(text: str | None) -> Opening:
    """What `dump` wrote; nothing was ever kept: no hours, no state."""
    if not text:
        return Opening()
    kept = json.loads(text)
    days = tuple(tuple(Span(*span) for span in day) for day in kept["hours"])
    return Opening(days, kept["state"])


def _minute(day: date, moment: datetime) -> int:
    if moment.date() != day:
        return 0 if moment.date() < day else DAY
    return moment.hour * 60 + moment.minute


def _cut(span: Span, taken: Span) -> list[Span]:
    if taken.ends <= span.begins or span.ends <= taken.begins:
        return [span]
    pieces = Span(span.begins, taken.begins), Span(taken.ends, span.ends)
    return [piece for piece in pieces if piece.begins < piece.ends]


def _read_span(text: str) -> Span:
    begins, dash, ends = text.replace("Uhr", "").partition("-")
    span = Span(_read_clock(begins), _read_clock(ends))
    if not dash or span.begins >= span.ends:
        raise ValueError("hours end before they begin")
    return span


def _read_clock(text: str) -> int:
    hours, _, minutes = text.strip().replace(".", ":").partition(":")
    minute = int(hours) * 60 + int(minutes or 0)
    if not (0 <= int(minutes or 0) < 60 and 0 <= minute <= DAY):
        raise ValueError("no time of a day")
    return minute
