"""The notice period over quarters, leap years and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies

from practicebox.practice.notice import last_day, over_at

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("given_on", "last"),
    [
        ("2020-12-31", "2021-03-31"),  # the source's own example ends on 31.03.2021
        ("2020-12-01", "2021-03-31"),
        ("2021-01-01", "2021-06-30"),
        ("2020-11-30", "2021-03-31"),
        ("2020-09-30", "2020-12-31"),
        ("2020-10-01", "2021-03-31"),
        ("2023-11-30", "2024-03-31"),  # three months later: 29 February
        ("2022-11-30", "2023-03-31"),  # three months later: 28 February
        ("2024-02-29", "2024-06-30"),
        ("2026-03-31", "2026-06-30"),  # 31 June doesn't exist
        ("2026-04-01", "2026-09-30"),
        ("2026-06-30", "2026-09-30"),
        ("2026-07-01", "2026-12-31"),
        ("9999-08-31", "9999-12-31"),
    ],
)
def test_notice_ends_three_months_later_with_the_quarter(given_on: str, last: str) -> None:
    assert last_day(date.fromisoformat(given_on)) == date.fromisoformat(last)


@given(strategies.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_there_are_always_three_to_six_months(day: date) -> None:
    last = last_day(day)
    assert timedelta(days=89) <= last - day <= timedelta(days=184)
    assert (last + timedelta(days=1)).day == 1
    assert (last + timedelta(days=1)).month in {1, 4, 7, 10}


@given(strategies.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_a_later_notice_never_ends_earlier(day: date) -> None:
    assert last_day(day) <= last_day(day + timedelta(days=1))


@pytest.mark.parametrize(
    ("last", "zone", "over"),
    [
        ("2021-03-31", "Europe/Berlin", "2021-03-31T22:00:00"),  # summer time since the 28th
        ("2021-12-31", "Europe/Berlin", "2021-12-31T23:00:00"),
        ("2026-06-30", "UTC", "2026-07-01T00:00:00"),
        ("2026-06-30", "Pacific/Kiritimati", "2026-06-30T10:00:00"),
        ("2026-06-30", "America/New_York", "2026-07-01T04:00:00"),
    ],
)
def test_it_is_over_at_midnight_on_the_wall_of_the_practice(
    last: str, zone: str, over: str
) -> None:
    expected = datetime.fromisoformat(over).replace(tzinfo=UTC)
    assert over_at(date.fromisoformat(last), ZoneInfo(zone)) == expected


def test_a_midnight_that_doesnt_exist_is_no_trouble() -> None:
    """In Lebanon the clock is put forward at midnight."""
    over = over_at(date(2024, 3, 30), ZoneInfo("Asia/Beirut"))
    assert over.astimezone(ZoneInfo("Asia/Beirut")).date() in {date(2024, 3, 30), date(2024, 3, 31)}
    assert abs(over - datetime(2024, 3, 30, 22, tzinfo=UTC)) <= timedelta(hours=1)
