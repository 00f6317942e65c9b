"""Public holidays: against a list made by somebody else, and by what hangs on every wall."""

import json
from datetime import date
from pathlib import Path

import pytest

from practicebox.practice.holidays import STATES, easter, holiday, of_year

# ISO days by state and year, from the package `holidays` 0.109 (MIT licence)
LISTED = json.loads((Path(__file__).parents[1] / "data" / "holidays.json").read_text("utf-8"))


@pytest.mark.parametrize("state", LISTED)
def test_the_days_are_those_of_another_list(state: str) -> None:
    for year, days in LISTED[state].items():
        assert sorted(day.isoformat() for day in of_year(int(year), state)) == days


@pytest.mark.parametrize("day", ["2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22"])
def test_easter_is_on_the_right_sunday(day: str) -> None:
    assert easter(date.fromisoformat(day).year).isoformat() == day


def test_bavaria_has_three_answers_to_the_fifteenth_of_august() -> None:
    day = date(2027, 8, 15)
    assert [holiday(day, state) for state in ("BY", "BY-M", "BY-A")] == [
        None,
        "assumption",
        "assumption",
    ]
    assert holiday(date(2027, 8, 8), "BY-A") == "peace_festival"


def test_every_state_has_the_nine_days_of_all() -> None:
    assert len(STATES) == 18  # sixteen, and Bavaria three times
    assert all(len(of_year(2027, state)) >= 9 for state in STATES)
    assert holiday(date(2027, 1, 1), "") is None
