"""The days of a series, and the clocks that change in between."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from practicebox.practice import series

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2027, 3, 16)


@pytest.mark.parametrize("weeks", series.EVERY)
def test_the_weekday_stays(weeks: int) -> None:
    days = series.days(TUESDAY, weeks, 10)
    assert len(days) == 10 and days[0] == TUESDAY
    assert {day.weekday() for day in days} == {1}
    assert days[1] - days[0] == timedelta(weeks=weeks)


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change() -> None:
    moments = [series.local(day, time(10), BERLIN) for day in series.days(TUESDAY, 1, 3)]
    assert moments == [
        datetime(2027, 3, 16, 9, tzinfo=UTC),
        datetime(2027, 3, 23, 9, tzinfo=UTC),
        datetime(2027, 3, 30, 8, tzinfo=UTC),
    ]


def test_a_time_that_does_not_exist_and_one_that_exists_twice() -> None:
    assert series.local(date(2027, 3, 28), time(2, 30), BERLIN) is None
    assert series.local(date(2027, 10, 31), time(2, 30), BERLIN) == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


def test_other_times_are_later_that_day_then_the_usual_hour_of_the_next() -> None:
    other = [at.astimezone(BERLIN) for at in series.other_times(TUESDAY, time(23, 30), BERLIN)]
    assert [f"{at:%d %H:%M}" for at in islice(other, 3)] == ["16 23:45", "17 23:30", "17 00:00"]
    assert max(other).date() == TUESDAY + timedelta(days=series.AHEAD)


def test_other_times_leave_the_hour_out_that_does_not_exist() -> None:
    other = [
        f"{at.astimezone(BERLIN):%d %H:%M}"
        for at in series.other_times(date(2027, 3, 27), time(2, 30), BERLIN)
    ]
    assert "28 01:45" in other and "28 03:00" in other
    assert not [at for at in other if at.startswith("28 02")]
