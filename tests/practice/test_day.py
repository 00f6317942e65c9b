"""How far an appointment is: every step from plan, events and time; the delay of a day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from practicebox.practice.day import (
    INTERRUPTIONS,
    PATIENCE,
    Event,
    Happened,
    Plan,
    Progress,
    Step,
    delay,
    progress,
)

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PLAN = Plan(TEN, 30)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def story(*told: tuple[Event, float]) -> list[Happened]:
    return [Happened(event, TEN + minutes(after)) for event, after in told]


CAME = (Event.ARRIVED, -5)
WENT = (Event.LEFT, 3)
IN = (Event.BEGAN, 4)
OUT = (Event.ENDED, 25)


@pytest.mark.parametrize(
    ("told", "after", "step", "since"),
    [
        ([], -60, Step.EXPECTED, None),
        ([], 4.9, Step.EXPECTED, None),
        ([], 5, Step.LATE, 0),
        ([], 89.9, Step.LATE, 0),
        ([], 90, Step.MISSING, None),
        ([CAME], -2, Step.WAITING, -5),
        ([CAME], 89.9, Step.WAITING, -5),
        ([CAME], 90, Step.UNSEEN, None),
        ([CAME, (Event.ARRIVED, 2)], 3, Step.WAITING, -5),
        ([CAME, IN, (Event.BEGAN, 9)], 12, Step.TALKING, 4),
        ([CAME, WENT], 4, Step.EXPECTED, None),
        ([CAME, WENT], 10, Step.LATE, 0),
        ([CAME, WENT], 91, Step.UNSEEN, None),
        ([CAME, IN], 10, Step.TALKING, 4),
        ([CAME, IN, OUT], 26, Step.DONE, 25),
        ([CAME, IN], 90, Step.DONE, 4),
        ([CAME, IN, OUT, (Event.ARRIVED, 26)], 27, Step.WAITING, 26),
        ([CAME, IN, OUT, (Event.ARRIVED, 26), (Event.LEFT, 28)], 29, Step.DONE, 25),
    ],
)
def test_each_step(
    told: list[tuple[Event, float]], after: float, step: Step, since: float | None
) -> None:
    moment = None if since is None else TEN + minutes(since)
    assert progress(PLAN, story(*told), TEN + minutes(after)) == Progress(step, moment)


def test_a_phone_appointment_is_neither_late_nor_missing() -> None:
    call = Plan(TEN, 30, by_phone=True)
    for after in (-60, 10, 200):
        assert progress(call, [], TEN + minutes(after)).step is Step.PHONE
    assert progress(call, story(OUT), TEN + minutes(26)).step is Step.DONE
    assert progress(Plan(TEN, 30, cancelled=True, by_phone=True), [], TEN).step is Step.CANCELLED


@pytest.mark.parametrize(
    ("told", "after", "step"),
    [
        ([(Event.UNREACHED, 1)], 2, Step.UNREACHED),
        ([(Event.BEGAN, 0), (Event.UNREACHED, 1)], 2, Step.UNREACHED),
        ([(Event.UNREACHED, 1), (Event.BEGAN, 9)], 12, Step.TALKING),
        ([(Event.BEGAN, 9), (Event.ENDED, 20)], 21, Step.DONE),
        ([(Event.BEGAN, 9), (Event.ENDED, 20), (Event.UNREACHED, 25)], 26, Step.DONE),
        ([(Event.BEGAN, 150)], 160, Step.TALKING),  # later than planned, and still a call
        ([(Event.BEGAN, 0)], 91, Step.DONE),  # nobody noted its end
        ([(Event.ARRIVED, -9), (Event.LEFT, -1)], 2, Step.PHONE),  # before it went by phone
        ([(Event.UNREACHED, -13 * 60)], 2, Step.PHONE),  # moved since
    ],
)
def test_a_phone_appointment_is_what_was_noted_of_it(
    told: list[tuple[Event, int]], after: int, step: Step
) -> None:
    call = Plan(TEN, 30, by_phone=True)
    assert progress(call, story(*told), TEN + minutes(after)).step is step


def test_what_happened_before_it_was_moved_does_not_count() -> None:
    told = story((Event.ARRIVED, -300), (Event.BEGAN, -295), (Event.ENDED, -280))
    assert progress(PLAN, told, TEN - minutes(60)).step is Step.EXPECTED
    assert progress(PLAN, told, TEN + minutes(90)).step is Step.MISSING


def test_called_off_is_called_off_unless_it_took_place() -> None:
    off = Plan(TEN, 30, cancelled=True)
    assert progress(off, [], TEN + minutes(99)).step is Step.CANCELLED
    assert progress(off, story(CAME, IN, OUT), TEN + minutes(99)).step is Step.DONE


@given(some.lists(some.sampled_from(Event)), some.integers(-600, 600))
def test_whatever_happened_there_is_a_step(events: list[Event], after: int) -> None:
    told = [Happened(event, TEN + minutes(n)) for n, event in enumerate(events)]
    found = progress(PLAN, told, TEN + minutes(after))
    telling = [event for event in events if event not in INTERRUPTIONS]
    assert found.step is not Step.TALKING or telling[-1] is Event.BEGAN
    assert found.step is not Step.MISSING or not telling
    assert found.since is None or found.since.tzinfo is not None


@pytest.mark.parametrize(
    ("steps", "late"),
    [
        ([], 0),
        ([Progress(Step.WAITING, TEN)], 20),
        ([Progress(Step.WAITING, TEN - minutes(9))], 20),
        ([Progress(Step.WAITING, TEN + minutes(19))], 1),
        ([Progress(Step.TALKING, TEN)], 0),
        ([Progress(Step.DONE, TEN), Progress(Step.LATE, TEN)], 0),
    ],
)
def test_how_late_it_is(steps: list[Progress], late: int) -> None:
    now = TEN + minutes(20)
    assert delay([(PLAN, step) for step in steps], now) == minutes(late)


def test_a_consultation_that_takes_longer_makes_it_late() -> None:
    now = TEN + minutes(42)
    assert delay([(PLAN, Progress(Step.TALKING, TEN))], now) == minutes(12)
    assert minutes(5) == PATIENCE
