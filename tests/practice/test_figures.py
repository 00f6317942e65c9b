"""Appointments become numbers, days become weeks and months."""

from datetime import UTC, date, datetime, timedelta

import pytest

from practicebox.practice import figures
from practicebox.practice.day import Event, Happened, Plan
from practicebox.practice.figures import Case, Span, Way, count, median, months, sums, weeks

STARTS = datetime(2027, 1, 18, 9, 30, tzinfo=UTC)
PLAN = Plan(STARTS, 30)
BY_PHONE = Plan(STARTS, 30, by_phone=True)
CALLED_OFF = Plan(STARTS, 30, cancelled=True)
LATER = STARTS + timedelta(hours=5)
ARRIVED, LEFT, BEGAN, ENDED = Event.ARRIVED, Event.LEFT, Event.BEGAN, Event.ENDED
HELD = ((ARRIVED, -10), (BEGAN, 2), (ENDED, 24))


def noted(*events: tuple[Event, int]) -> list[Happened]:
    return [Happened(event, STARTS + timedelta(minutes=minutes)) for event, minutes in events]


@pytest.mark.parametrize(
    ("case", "numbers"),
    [
        (Case(PLAN, noted(*HELD)), {"held.video": 1, "unconfirmed": 1, "wait.12": 1}),
        (Case(PLAN, noted(*HELD), confirmed=True), {"held.video": 1, "wait.12": 1}),
        (Case(BY_PHONE, noted((BEGAN, 0), (ENDED, 9))), {"held.phone": 1, "unconfirmed": 1}),
        (Case(PLAN), {"missing": 1}),
        (Case(PLAN, noted((ARRIVED, 0), (LEFT, 30))), {"unseen": 1}),
        (Case(CALLED_OFF), {"cancelled": 1}),
        (Case(BY_PHONE, noted((Event.UNREACHED, 5))), {"unreached": 1}),
        (Case(BY_PHONE), {}),  # nobody noted a call: nobody stayed away
        (Case(CALLED_OFF, noted(*HELD)), {"held.video": 1, "wait.12": 1}),
    ],
)
def test_an_appointment_that_is_over_counts(case: Case, numbers: dict[str, int]) -> None:
    assert count([case], LATER) == numbers


@pytest.mark.parametrize("minutes", [-60, 0, 20, 45])
def test_what_is_not_over_counts_nowhere(minutes: int) -> None:
    now = STARTS + timedelta(minutes=minutes)
    happened = [one for one in noted((ARRIVED, -10), (BEGAN, 2)) if one.at <= now]
    assert count([Case(PLAN), Case(PLAN, happened), Case(BY_PHONE)], now) == {}


@pytest.mark.parametrize(
    ("events", "minutes"),
    [
        (HELD, 12),
        (((ARRIVED, -10), (LEFT, -5), (ARRIVED, 1), (BEGAN, 4)), 3),  # came a second time
        (((ARRIVED, -10), (ARRIVED, -2), (BEGAN, 4)), 14),  # the box was started again meanwhile
        (((ARRIVED, 0), (BEGAN, 4), (ENDED, 9), (ARRIVED, 20), (BEGAN, 40)), 4),  # only the first
        (((ARRIVED, -500), (ARRIVED, -3), (BEGAN, 1)), 4),  # of another time, moved since
        (((BEGAN, 4),), None),
        (((ARRIVED, 0), (LEFT, 20)), None),
    ],
)
def test_waiting_is_from_the_arrival_to_being_asked_in(
    events: tuple[tuple[Event, int], ...], minutes: int | None
) -> None:
    expected = None if minutes is None else timedelta(minutes=minutes)
    assert figures.wait_of(PLAN, noted(*events)) == expected


def test_classes_and_the_middle_of_waiting_times() -> None:
    numbers = {"wait.0": 1, "wait.4": 2, "wait.5": 1, "wait.19": 3, "wait.20": 1, "wait.120": 1}
    assert figures.classes(numbers) == (3, 1, 3, 2)
    assert median(numbers) == 19
    assert median({"wait.3": 1, "wait.9": 1}) == 3
    assert median({"held.video": 4}) is None


def test_a_call_counts_once_whatever_its_page_told() -> None:
    both = frozenset({Way.DIRECT, Way.RELAY})
    bad = frozenset({Way.BLOCKED, Way.LOST})
    found = count(
        [Case(PLAN, noted(*HELD), True, ways) for ways in (both, bad, frozenset({Way.DIRECT}))],
        LATER,
    )
    assert found == {
        **{"held.video": 3, "wait.12": 3, "calls": 3, "relay": 1, "direct": 1},
        **{"troubled": 1, "blocked": 1, "lost": 1},
    }


def test_weeks_and_months_end_with_the_present_one() -> None:
    today = date(2027, 1, 3)  # a Sunday
    assert weeks(today, 2) == (
        Span(date(2026, 12, 21), date(2026, 12, 27)),
        Span(date(2026, 12, 28), date(2027, 1, 3)),
    )
    assert months(date(2028, 3, 31), 3) == (
        Span(date(2028, 1, 1), date(2028, 1, 31)),
        Span(date(2028, 2, 1), date(2028, 2, 29)),
        Span(date(2028, 3, 1), date(2028, 3, 31)),
    )
    for found in (weeks(today), months(today)):
        assert len(found) == 12 and found[-1].first <= today <= found[-1].last


def test_days_are_summed_in_their_span_and_nowhere_else() -> None:
    days = {
        date(2026, 12, 20): {"missing": 5},
        date(2026, 12, 27): {"missing": 1},
        date(2026, 12, 28): {"missing": 2},
        date(2027, 1, 3): {"missing": 3, "cancelled": 1},
    }
    assert sums(days, weeks(date(2027, 1, 3), 2)) == [
        {"missing": 1},
        {"missing": 5, "cancelled": 1},
    ]
