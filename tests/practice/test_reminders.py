"""Which reminders are due when."""

from datetime import UTC, datetime, timedelta

import pytest

from practicebox.practice.reminders import USUAL, Kind, Plan, dues, next_try, useful_until

STARTS = datetime(2027, 1, 19, 15, 0, tzinfo=UTC)
DAY, TEN = STARTS - timedelta(hours=24), STARTS - timedelta(minutes=10)
HOUR = timedelta(hours=1)


def plan(known: timedelta = timedelta(days=7)) -> Plan:
    return Plan(STARTS, 45, STARTS - known)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (DAY - HOUR, [DAY, TEN]),
        (DAY, [DAY, TEN]),
        (DAY + 20 * HOUR, [DAY, TEN]),  # late, and still of use
        (TEN, [TEN]),
        (STARTS - timedelta(minutes=1), [TEN]),
        (STARTS, []),
    ],
)
def test_of_what_is_late_only_the_last_goes_out(now: datetime, expected: list[datetime]) -> None:
    assert dues(plan(), USUAL, now) == expected


def test_nobody_is_reminded_of_what_was_planned_an_hour_ago() -> None:
    assert dues(plan(HOUR), USUAL, STARTS - HOUR) == [TEN]


def test_a_message_is_of_use_until_its_time_has_come() -> None:
    assert useful_until(Kind.REMINDER, plan()) == STARTS
    assert useful_until(Kind.INVITATION, plan()) == STARTS + timedelta(minutes=45)


def test_tries_become_rarer_and_end_with_the_appointment() -> None:
    pauses = [next_try(tries, DAY, STARTS) for tries in range(1, 9)]
    minutes = [(each - DAY) // timedelta(minutes=1) for each in pauses if each]
    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]
    assert next_try(6, STARTS - timedelta(minutes=30), STARTS) is None
    assert next_try(1000, DAY, STARTS) == DAY + timedelta(minutes=30)
