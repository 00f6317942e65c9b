"""How far an appointment of the day is: what the reception wants to know at a glance.

Seen from the plan, from what has happened so far, and from who is in the room right now.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from practicebox.practice.window import window

PATIENCE = timedelta(minutes=5)  # after the time of an appointment, before its patient is late


class Event(enum.StrEnum):
    """What happens around a consultation."""

    ARRIVED = "arrived"  # the patient, in the waiting room
    LEFT = "left"  # the patient, without having been asked in
    BEGAN = "began"  # the patient was asked in
    AWAY = "away"  # the patient, in the middle of the consultation
    BACK = "back"  # likewise, again
    ENDED = "ended"  # somebody ended the consultation
    UNREACHED = "unreached"  # called by telephone, nobody answered


class Step(enum.StrEnum):
    """How far an appointment is."""

    CANCELLED = "cancelled"
    EXPECTED = "expected"
    LATE = "late"  # its time has come, its patient hasn't
    WAITING = "waiting"
    TALKING = "talking"
    DONE = "done"
    MISSING = "missing"  # nobody came until its window closed
    UNSEEN = "unseen"  # somebody came, nobody asked them in
    PHONE = "phone"  # by telephone, and nobody has called yet
    UNREACHED = "unreached"  # called, nobody answered


EARLY = timedelta(hours=12)  # a call before that was for another time, and it has been moved since
LONG_CALL = timedelta(hours=1)  # beyond its minutes a call whose end nobody noted is over

INTERRUPTIONS = (Event.AWAY, Event.BACK)  # no step of their own
_OF_CALLS = (Event.BEGAN, Event.ENDED, Event.UNREACHED)
_GOING_ON = {Event.BEGAN: Step.TALKING, Event.ARRIVED: Step.WAITING}


@dataclass(frozen=True)
class Happened:
    """An event and its moment (aware)."""

    event: Event
    at: datetime


@dataclass(frozen=True)
class Progress:
    """A step, and since when; None where it is the plan alone that says so."""

    step: Step
    since: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """When an appointment was to be."""

    starts: datetime
    minutes: int
    cancelled: bool = False
    by_phone: bool = False


def progress(plan: Plan, happened: Sequence[Happened], now: datetime) -> Progress:
    """How far it is at `now`; what `happened` is in order, the oldest first.

    Nothing goes on beyond the window: of a box that was switched off in the middle the end is
    missing.
    """
    if plan.by_phone:
        return _by_phone(plan, happened, now)
    span = window(plan.starts, plan.minutes)
    happened = [one for one in happened if one.at >= span.opens]  # or it has been moved since
    happened = [one for one in happened if one.event not in INTERRUPTIONS]
    last = happened[-1] if happened else None
    is_over = now >= span.closes
    if last and not is_over and last.event in _GOING_ON:
        return Progress(_GOING_ON[last.event], _since(happened))
    if held := [one for one in happened if one.event in (Event.BEGAN, Event.ENDED)]:
        return Progress(Step.DONE, held[-1].at)
    if plan.cancelled:
        return Progress(Step.CANCELLED)
    if is_over:
        return Progress(Step.UNSEEN if happened else Step.MISSING)
    if now >= plan.starts + PATIENCE:
        return Progress(Step.LATE, plan.starts)
    return Progress(Step.EXPECTED)


def _by_phone(plan: Plan, happened: Sequence[Happened], now: datetime) -> Progress:
    """Of a call the box knows what somebody noted: begun, ended, not reached."""
    calls = [one for one in happened if one.at >= plan.starts - EARLY and one.event in _OF_CALLS]
    last = calls[-1] if calls else None
    ended = [one for one in calls if one.event is Event.ENDED]
    if last and last.event is Event.BEGAN:
        over = last.at + timedelta(minutes=plan.minutes) + LONG_CALL
        return Progress(Step.TALKING if now < over else Step.DONE, _since(calls))
    if ended:
        return Progress(Step.DONE, ended[-1].at)
    if plan.cancelled:
        return Progress(Step.CANCELLED)
    return Progress(Step.UNREACHED, last.at) if last else Progress(Step.PHONE)


def _since(happened: Sequence[Happened]) -> datetime:
    """When what goes on began; a box that was started again meanwhile has noted it twice."""
    begun = happened[-1]
    for earlier in reversed(happened):
        if earlier.event is not begun.event:
            break
        begun = earlier
    return begun.at


def delay(steps: Sequence[tuple[Plan, Progress]], now: datetime) -> timedelta:
    """By how much the consultations run late: the longest time that somebody waits beyond their
    appointment, or that a consultation takes beyond its end."""
    over = [timedelta()]  # who comes late doesn't make it later
    for plan, at in steps:
        if at.step is Step.WAITING:
            over.append(now - max(plan.starts, at.since or plan.starts))
        elif at.step is Step.TALKING:
            over.append(now - plan.starts - timedelta(minutes=plan.minutes))
    return max(over)
