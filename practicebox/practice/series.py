"""The days of a series of appointments: the same weekday and time on the wall clock, weeks apart.

The clocks may go forward or back in between: ten o'clock stays ten o'clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from practicebox.practice.local_time import NoSuchTime, moment

EVERY = (1, 2, 4)  # weeks
FEWEST, MOST = 2, 52  # appointments, the first included
AHEAD = 6  # days after its own in which another time is looked for; then the next may come
STEP = timedelta(minutes=15)


def days(first: date, weeks: int, times: int) -> list[date]:
    """The days of a series, the first included."""
    return [first + timedelta(weeks=weeks * number) for number in range(times)]


def local(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """The moment of a day's appointment in UTC; None where the clocks go forward over it."""
    try:
        return moment(day, clock, zone)
    except NoSuchTime:
        return None


def other_times(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    """Where an appointment that can't be at its time could be instead, the nearest first.

    Later on its day; then day after day, each time at the usual hour first.
    """
    wished = datetime.combine(day, clock)
    yield from _quarters(wished + STEP, zone)
    for number in range(1, AHEAD + 1):
        next_day = day + timedelta(days=number)
        if (usual := local(next_day, clock, zone)) is not None:
            yield usual
        yield from _quarters(datetime.combine(next_day, time()), zone)


def _quarters(first: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every quarter of an hour from a time on the wall clock until the end of its day."""
    at = first
    while at.date() == first.date():
        if (found := local(at.date(), at.time(), zone)) is not None:
            yield found
        at += STEP
