from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from practicebox.practice.local_time import NoSuchTime, moment, next_slot

BERLIN = ZoneInfo("Europe/Berlin")


def test_summer_and_winter_differ_by_an_hour() -> None:
    assert moment(date(2027, 1, 19), time(15, 30), BERLIN) == datetime(
        2027, 1, 19, 14, 30, tzinfo=UTC
    )
    assert moment(date(2027, 7, 19), time(15, 30), BERLIN) == datetime(
        2027, 7, 19, 13, 30, tzinfo=UTC
    )


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(NoSuchTime):
        moment(date(2027, 3, 28), time(2, 30), BERLIN)


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    assert moment(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_the_next_slot_is_a_full_quarter_of_an_hour() -> None:
    slot = next_slot(datetime(2027, 1, 19, 14, 31, 9, tzinfo=UTC), BERLIN)
    assert (slot.hour, slot.minute, slot.second) == (15, 45, 0)
