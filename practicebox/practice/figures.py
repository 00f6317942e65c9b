"""What a practice can count: consultations, who stayed away, waiting times, ways and failures.

Appointments of a day become numbers by name, which know nobody; numbers of days become those of
weeks or months.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from practicebox.practice.confirmation import held
from practicebox.practice.day import Event, Happened, Plan, Step, progress
from practicebox.practice.window import window

COLUMNS = 12  # weeks or months in one picture
LONGEST_WAIT = 120  # minutes; whoever waited longer is counted there
WAIT = "wait."  # with the minutes: so many waited that long
CLASSES = (5, 10, 20)  # minutes that bound the classes of waiting times

VIDEO, PHONE = "held.video", "held.phone"
MISSING, UNSEEN, UNREACHED, CANCELLED = "missing", "unseen", "unreached", "cancelled"
UNCONFIRMED = "unconfirmed"
CALLS, TROUBLED = "calls", "troubled"  # calls whose page told of a way or a failure; of these, with


class Way(enum.StrEnum):
    """What the clinician's page tells of a call: the way it took, or what went wrong."""

    DIRECT = "direct"
    RELAY = "relay"
    BLOCKED = "blocked"  # the two never found a way to each other
    NO_RELAY = "no-relay"  # nor did they, and there is no relay
    LOST = "lost"  # the connection stood and did not come back for a while
    OFFLINE = "offline"  # the page did not reach the box


FAILURES = (Way.BLOCKED, Way.NO_RELAY, Way.LOST, Way.OFFLINE)
_OUTCOMES = {
    Step.MISSING: MISSING,
    Step.UNSEEN: UNSEEN,
    Step.UNREACHED: UNREACHED,
    Step.CANCELLED: CANCELLED,
}
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Case:
    """An appointment as far as it is counted."""

    plan: Plan
    happened: Sequence[Happened] = ()
    confirmed: bool = False
    ways: frozenset[Way] = field(default=frozenset())


@dataclass(frozen=True)
class Span:
    """A week or a month; both ends belong to it."""

    first: date
    last: date


def count(cases: Iterable[Case], now: datetime) -> Counter[str]:
    """The numbers of some appointments; what isn't over yet counts nowhere."""
    numbers: Counter[str] = Counter()
    for case in cases:
        numbers.update(_of_one(case, now))
    return numbers


def wait_of(plan: Plan, happened: Iterable[Happened]) -> timedelta | None:
    """From the arrival to being asked in for the first time; None where that didn't happen."""
    opens, arrived = window(plan.starts, plan.minutes).opens, None
    for one in happened:
        if one.at < opens:
            continue  # of another time, from which it has been moved
        if one.event is Event.ARRIVED:
            arrived = arrived or one.at
        elif one.event is Event.LEFT:
            arrived = None
        elif one.event is Event.BEGAN:
            return one.at - arrived if arrived else None
    return None


def weeks(today: date, columns: int = COLUMNS) -> tuple[Span, ...]:
    """The last weeks from Monday to Sunday, the present one at the end."""
    monday = today - timedelta(days=today.weekday())
    firsts = [monday - timedelta(weeks=n) for n in reversed(range(columns))]
    return tuple(Span(first, first + timedelta(days=6)) for first in firsts)


def months(today: date, columns: int = COLUMNS) -> tuple[Span, ...]:
    """The last months, the present one at the end."""
    first, spans = today.replace(day=1), []
    for _ in range(columns):
        after = (first + timedelta(days=31)).replace(day=1)
        spans.append(Span(first, after - timedelta(days=1)))
        first = (first - timedelta(days=1)).replace(day=1)
    return tuple(reversed(spans))


def sums(days: Mapping[date, Counts], spans: Iterable[Span]) -> list[Counter[str]]:
    """The numbers of each span."""
    found = []
    for span in spans:
        whole: Counter[str] = Counter()
        for day, numbers in days.items():
            if span.first <= day <= span.last:
                whole.update(numbers)
        found.append(whole)
    return found


def took_place(numbers: Counts) -> int:
    """Consultations that took place, by video or telephone."""
    return numbers.get(VIDEO, 0) + numbers.get(PHONE, 0)


def expected(numbers: Counts) -> int:
    """Appointments that nobody called off, as far as they are over."""
    return took_place(numbers) + sum(numbers.get(what, 0) for what in (MISSING, UNSEEN, UNREACHED))


def classes(numbers: Counts) -> tuple[int, ...]:
    """How many waited less than 5, 10, 20 minutes, and longer."""
    found = [0] * (len(CLASSES) + 1)
    for minutes, many in _waits(numbers):
        found[sum(minutes >= bound for bound in CLASSES)] += many
    return tuple(found)


def median(numbers: Counts) -> int | None:
    """The whole minutes that half of them waited at most; None where nobody waited."""
    waits = _waits(numbers)
    half, so_far = sum(many for _, many in waits) / 2, 0
    for minutes, many in waits:
        so_far += many
        if so_far >= half:
            return minutes
    return None


def _of_one(case: Case, now: datetime) -> Iterable[str]:
    plan = case.plan
    step = progress(plan, case.happened, now).step
    if step is Step.DONE:
        yield PHONE if plan.by_phone else VIDEO
        if not plan.cancelled and not case.confirmed and held(plan, case.happened):
            yield UNCONFIRMED
        waited = None if plan.by_phone else wait_of(plan, case.happened)
        if waited is not None:
            yield f"{WAIT}{min(max(0, waited // timedelta(minutes=1)), LONGEST_WAIT)}"
    elif outcome := _OUTCOMES.get(step):
        if step is not Step.UNREACHED or now >= window(plan.starts, plan.minutes).closes:
            yield outcome
    yield from _ways(case.ways)


def _ways(ways: frozenset[Way]) -> Iterable[str]:
    if not ways:
        return
    yield CALLS
    failed = ways.intersection(FAILURES)
    if failed:
        yield TROUBLED
    yield from (way.value for way in FAILURES if way in failed)
    if Way.RELAY in ways:
        yield Way.RELAY.value
    elif Way.DIRECT in ways:
        yield Way.DIRECT.value


def _waits(numbers: Counts) -> list[tuple[int, int]]:
    """Minutes, and how many waited that long, the shortest first."""
    found = [(int(what.removeprefix(WAIT)), n) for what, n in numbers.items() if WAIT in what]
    return sorted(found)
