from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from practicebox.practice.window import Phase, window

STARTS = datetime(2027, 1, 19, 15, 30, tzinfo=UTC)


def test_joinable_from_15_minutes_before_to_an_hour_after_the_end() -> None:
    appointment = window(STARTS, 45)
    second = timedelta(seconds=1)
    assert appointment.phase(STARTS - timedelta(minutes=15) - second) is Phase.EARLY
    assert appointment.phase(STARTS - timedelta(minutes=15)) is Phase.OPEN
    assert appointment.phase(STARTS + timedelta(minutes=105) - second) is Phase.OPEN
    assert appointment.phase(STARTS + timedelta(minutes=105)) is Phase.OVER


def test_the_window_keeps_its_length_across_the_end_of_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts = datetime(2026, 10, 25, 1, 30, tzinfo=berlin).astimezone(UTC)
    appointment = window(starts, 60)
    assert appointment.closes - appointment.opens == timedelta(minutes=15 + 60 + 60)
