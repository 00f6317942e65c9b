"""What took place, read from what was noted."""

from datetime import UTC, datetime, timedelta

import pytest

from practicebox.practice.confirmation import LATER, Break, Held, held, may_confirm
from practicebox.practice.day import Event, Happened, Plan

STARTS = datetime(2027, 1, 18, 9, 30, tzinfo=UTC)
PLAN = Plan(STARTS, 30)


def at(minutes: int) -> datetime:
    return STARTS + timedelta(minutes=minutes)


def what(*events: tuple[Event, int], plan: Plan = PLAN) -> Held | None:
    return held(plan, [Happened(event, at(minutes)) for event, minutes in events])


@pytest.mark.parametrize(
    "events",
    [
        (),
        ((Event.ARRIVED, 0), (Event.LEFT, 5)),
        ((Event.BEGAN, -400), (Event.ENDED, -390)),  # before it was moved
        ((Event.UNREACHED, 1),),
        ((Event.ENDED, 3),),
    ],
)
def test_nothing_took_place(events: tuple[tuple[Event, int], ...]) -> None:
    assert what(*events) is None


def test_begin_and_end() -> None:
    found = what((Event.ARRIVED, -5), (Event.BEGAN, 2), (Event.ENDED, 24))
    assert found == Held(at(2), at(24))


def test_it_goes_on() -> None:
    assert what((Event.BEGAN, 2)) == Held(at(2), None)
    assert what((Event.BEGAN, 2), (Event.AWAY, 5)) == Held(at(2), None)


def test_interruptions() -> None:
    found = what(
        (Event.BEGAN, 2),
        (Event.AWAY, 5),
        (Event.BACK, 7),
        (Event.ENDED, 10),
        (Event.BEGAN, 14),
        (Event.ENDED, 20),
    )
    assert found == Held(at(2), at(20), (Break(at(5), at(7)), Break(at(10), at(14))))


def test_who_is_gone_does_not_make_it_longer() -> None:
    """The patient's line broke, and the clinician waited until they ended it."""
    assert what((Event.BEGAN, 2), (Event.AWAY, 12), (Event.ENDED, 20)) == Held(at(2), at(12))


def test_a_call_by_telephone_may_be_long_before_its_time() -> None:
    plan = Plan(STARTS, 30, by_phone=True)
    assert what((Event.BEGAN, -120), (Event.ENDED, -110), plan=plan) == Held(at(-120), at(-110))


def test_until_when_a_link_confirms() -> None:
    over = Held(at(2), at(20))
    ends = at(30)
    assert may_confirm(PLAN, over, at(21))
    assert may_confirm(PLAN, over, ends + LATER - timedelta(seconds=1))
    assert not may_confirm(PLAN, over, ends + LATER)
    assert not may_confirm(PLAN, Held(at(2), None), at(10)), "it goes on"
    assert not may_confirm(PLAN, None, at(40))


def test_after_its_window_it_is_over_although_nobody_noted_the_end() -> None:
    unknown = Held(at(2), None)
    assert not may_confirm(PLAN, unknown, at(89))
    assert may_confirm(PLAN, unknown, at(90))
