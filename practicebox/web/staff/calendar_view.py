"""Columns of the calendar: appointments at their times, what is free, what is closed.

Places are counted in rows of five minutes from the top of the drawing; the style sheet has a class
for each row and length (`css/calendar_rows.css`), since the content security policy lets no page
carry styles of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from practicebox.practice.opening import DAY, Span, clock, without
from practicebox.store.records import Entry
from practicebox.web.staff.hours import Hours
from practicebox.web.staff.moving import seen

ROW = 5  # minutes
USUAL = Span(8 * 60, 18 * 60)  # what is drawn at least
SHORTEST = 15  # minutes that are drawn of an appointment; less has no room for a name
LEAST_GAP = 10  # minutes; what is shorter is a breath between two appointments
LANES = 6  # side by side; more lie on top of each other


class Item(NamedTuple):
    """Something in a column."""

    what: str  # "appointment", "gap", "blocked" or "closed"
    places: str  # classes: row, length and lane
    begins: str  # "10:30"
    ends: str
    text: str = ""
    entry: Entry | None = None
    seen: str = ""

    def __repr__(self) -> str:
        return f"Item({self.what!r}, {self.begins!r})"  # no name


class Placed(NamedTuple):
    """An appointment and its time on the wall clock of its day."""

    entry: Entry
    local: datetime
    span: Span


@dataclass(frozen=True)
class Column:
    """One clinician's day."""

    day: date
    whose: str
    title: str = field(repr=False)
    items: tuple[Item, ...]
    holiday: str = ""
    now: str = ""  # the class of the row of now; empty on other days


@dataclass(frozen=True)
class Subject:
    """Whose column it is, on which day, and what is known of it."""

    day: date
    whose: str  # empty for everybody
    title: str = field(repr=False)
    holiday: str
    entries: tuple[Placed, ...]


@dataclass(frozen=True)
class Drawing:
    """How columns are made that stand side by side."""

    frame: Span
    hours: Hours
    now: datetime  # local
    words: Mapping[str, str]

    def column(self, subject: Subject) -> Column:
        """The items of a day in the order of their beginnings."""
        blocks = _joined(self.hours.blocks(subject.day, subject.whose))
        standing = [one.span for one in subject.entries if one.entry.state != "cancelled"]
        is_open = self.hours.opening.on(subject.day)
        taken = [*standing, *(span for span, _ in blocks)]
        lanes = _lanes(subject.entries)
        items = [
            *self._closed(is_open),
            *(self._item("blocked", span, text=text) for span, text in blocks),
            *(self._gap(span) for span in self._free(subject.day, is_open, taken)),
            *(self._appointment(one, lanes[one.entry.id]) for one in subject.entries),
        ]
        minute = self.now.hour * 60 + self.now.minute
        is_now = subject.day == self.now.date() and self.frame.begins <= minute < self.frame.ends
        return Column(
            day=subject.day,
            whose=subject.whose,
            title=subject.title,
            items=tuple(sorted((one for one in items if one), key=lambda one: one.begins)),
            holiday=subject.holiday,
            now=f"at-{self._row(minute)}" if is_now else "",
        )

    def _free(self, day: date, spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
        today = self.now.date()
        over = DAY if day < today else 0
        if day == today:
            over = -(-(self.now.hour * 60 + self.now.minute) // 15) * 15
        within = [_cut(span, self.frame) for span in spans]
        busy = [*taken, Span(0, over)]
        return without((s for s in within if s.begins < s.ends), busy, LEAST_GAP)

    def _closed(self, spans: Iterable[Span]) -> list[Item | None]:
        return [self._item("closed", span) for span in without([self.frame], spans)]

    def _gap(self, span: Span) -> Item | None:
        words = self.words["free"] % {"from": clock(span.begins), "until": clock(span.ends)}
        return self._item("gap", span, text=words)

    def _appointment(self, placed: Placed, lane: str) -> Item:
        entry, local, span = placed
        drawn = max(span.ends, span.begins + SHORTEST)
        row = self._row(span.begins)
        rows = -(-(min(drawn, self.frame.ends) - self.frame.begins) // ROW) - row
        return Item(
            "appointment",
            f"at-{row} for-{max(1, rows)} {lane}",
            clock(span.begins),
            clock(span.ends),
            entry.patient_name,
            entry,
            seen(local, entry.organiser),
        )

    def _item(self, what: str, span: Span, text: str = "") -> Item | None:
        drawn = _cut(span, self.frame)
        if drawn.begins >= drawn.ends:
            return None
        row = self._row(drawn.begins)
        rows = max(1, -(-(drawn.ends - self.frame.begins) // ROW) - row)
        places = f"at-{row} for-{rows} lane-0-1"
        return Item(what, places, clock(span.begins), clock(span.ends), text)

    def _row(self, minute: int) -> int:
        return (minute - self.frame.begins) // ROW


def place(entry: Entry, zone: ZoneInfo) -> Placed:
    """Where an appointment stands on its day; what goes on after midnight isn't drawn."""
    local = entry.starts.astimezone(zone)
    begins = local.hour * 60 + local.minute
    return Placed(entry, local, Span(begins, min(begins + entry.minutes, DAY)))


def frame(hours: Hours, days: Iterable[date], placed: Iterable[Placed]) -> Span:
    """The full hours that hold the opening hours and every appointment of some days."""
    spans = [span for day in days for span in hours.opening.on(day) if hours.opening.is_known]
    spans = [*(spans or [USUAL]), *(one.span for one in placed)]
    begins, ends = min(s.begins for s in spans), max(s.ends for s in spans)
    return Span(begins // 60 * 60, -(-ends // 60) * 60)


def week_of(day: date) -> list[date]:
    """The seven days around a day, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def shown_days(days: Sequence[date], hours: Hours, has_entries: Iterable[date]) -> list[date]:
    """A week without the weekend, unless something happens then."""
    busy = set(has_entries)
    known = hours.opening.is_known
    return [
        day
        for day in days
        if day.weekday() < 5 or day in busy or (known and hours.opening.hours[day.weekday()])
    ]


def _joined(blocks: Iterable[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Two reasons for the same time stand beside each other, not one on top of the other."""
    reasons: dict[Span, list[str]] = {}
    for span, reason in blocks:
        reasons.setdefault(span, []).append(reason)
    return [(span, ", ".join(filter(None, found))) for span, found in reasons.items()]


def _cut(span: Span, whole: Span) -> Span:
    return Span(max(span.begins, whole.begins), min(span.ends, whole.ends))


def _lanes(placed: Iterable[Placed]) -> dict[str, str]:
    """The lane of each appointment: those that overlap stand side by side."""
    lanes: dict[str, str] = {}
    group: list[tuple[str, int]] = []
    ends: list[int] = []
    for entry, _, span in sorted(placed, key=_in_lanes):
        until = max(span.ends, span.begins + SHORTEST)
        if ends and span.begins >= max(ends):
            lanes |= _named(group, len(ends))
            group, ends = [], []
        free = next((n for n, end in enumerate(ends) if end <= span.begins), len(ends))
        ends[free : free + 1] = [until]
        group.append((entry.id, free))
    return lanes | _named(group, len(ends))


def _in_lanes(placed: Placed) -> tuple[Span, str, str]:
    """By time; at the same time each clinician in their usual lane."""
    return placed.span, placed.entry.organiser, placed.entry.id


def _named(group: Sequence[tuple[str, int]], count: int) -> dict[str, str]:
    width = next((n for n in (1, 2, 3, 4, 6) if n >= count), LANES)
    return {id_: f"lane-{min(lane, width - 1)}-{width}" for id_, lane in group}
