"""What a service confirmation states: when a consultation began and ended, and where it broke off.

Read from what the rooms, or the caller by telephone, have noted (`day`). A page that is loaded
again within half a minute is no interruption: it is back before anybody is counted as gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from practicebox.practice.day import EARLY, Event, Happened, Plan
from practicebox.practice.window import window

LATER = timedelta(days=28)  # after its end a link still confirms; then the practice asks on paper


@dataclass(frozen=True)
class Break:
    """A time in which the patient wasn't there; both ends aware."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Held:
    """A consultation that took place."""

    began: datetime
    ended: datetime | None  # None while it goes on, or where the box was switched off in the middle
    breaks: tuple[Break, ...] = ()


def held(plan: Plan, happened: Sequence[Happened]) -> Held | None:
    """What took place of an appointment; None if nobody was asked in or reached."""
    opens = plan.starts - EARLY if plan.by_phone else window(plan.starts, plan.minutes).opens
    began: datetime | None = None
    gone: Happened | None = None  # since then nobody is there
    breaks: list[Break] = []
    for one in happened:
        if one.at < opens:
            continue  # of another time, from which it has been moved
        if one.event in (Event.BEGAN, Event.BACK):
            if gone:
                breaks.append(Break(gone.at, one.at))
            gone, began = None, began or (one.at if one.event is Event.BEGAN else None)
        elif began and one.event in (Event.ENDED, Event.AWAY) and gone is None:
            gone = one
        elif gone and one.event is Event.ENDED:  # they had gone before it was ended
            gone = Happened(Event.ENDED, gone.at)
    if began is None:
        return None
    is_over = gone is not None and gone.event is Event.ENDED
    return Held(began, gone.at if gone and is_over else None, tuple(breaks))


def is_over(plan: Plan, what: Held, now: datetime) -> bool:
    """Whether it is; of a box that was switched off in the middle only the window tells."""
    return what.ended is not None or now >= window(plan.starts, plan.minutes).closes


def may_confirm(plan: Plan, what: Held | None, now: datetime) -> bool:
    """Whether the patient's own link confirms it at `now`."""
    ends = plan.starts + timedelta(minutes=plan.minutes)
    return what is not None and is_over(plan, what, now) and now < ends + LATER
