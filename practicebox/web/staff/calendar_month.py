"""A month as a picture: for each day how many appointments there are, and how full it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from practicebox.practice.opening import without
from practicebox.store.records import Entry
from practicebox.web.staff.calendar_view import USUAL, week_of
from practicebox.web.staff.hours import Hours

FULL = 100  # the width of a bar


@dataclass(frozen=True)
class Cell:
    """A day in the month."""

    day: date
    count: int
    full: int  # of 100: how much of the opening hours is planned
    holiday: str
    is_closed: bool


def weeks(day: date) -> list[list[date]]:
    """The whole weeks that a month touches, Monday first."""
    found, monday = [], week_of(day.replace(day=1))[0]
    while monday <= day or monday.month == day.month:
        found.append(week_of(monday))
        monday += timedelta(days=7)
    return found


def cell(
    day: date, entries: Iterable[Entry], whose: str, people: int, hours: Hours, holiday: str
) -> Cell:
    """The day of one clinician, or of `people` together where `whose` is empty."""
    planned = [one for one in entries if one.state != "cancelled" and whose in ("", one.organiser)]
    spans = hours.opening.on(day) if hours.opening.is_known else (USUAL,)
    is_free = without(spans, (span for span, _ in hours.blocks(day, whose)))
    minutes = sum(span.ends - span.begins for span in is_free) * people
    busy = sum(one.minutes for one in planned)
    full = min(FULL, round(FULL * busy / minutes)) if minutes else FULL * bool(busy)
    return Cell(day, len(planned), full, holiday, not minutes)
