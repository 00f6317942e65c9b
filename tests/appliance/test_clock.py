"""The box's own time: follows the computer's clock, but not where that leaps."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from practicebox.appliance.clock import BoxClock, Trouble, build_date, is_synchronised

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BUILT = NOON - timedelta(days=90)
YEAR_1995 = datetime(1995, 1, 1, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Computer:
    """A clock that can be set, and seconds that can't."""

    mark: Path
    wall: datetime = NOON
    seconds: float = field(default=1000.0)

    def pass_(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()

    def time_server_answers(self) -> None:
        self.mark.touch()
        os.utime(self.mark, (self.wall.timestamp(), self.wall.timestamp()))

    def box(self, last_write: datetime | None = None, built: datetime | None = BUILT) -> BoxClock:
        clock = BoxClock(lambda: self.wall, lambda: self.seconds, self.mark)
        clock.begin(last_write, built)
        return clock


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "synchronized")


def trouble(clock: BoxClock) -> Trouble | None:
    return clock.doubt.trouble if clock.doubt else None


def test_a_clock_that_goes_on_is_followed(computer: Computer) -> None:
    clock = computer.box(last_write=NOON - MINUTE)
    for _ in range(24):
        computer.pass_(HOUR)
        assert clock() == computer.wall
    assert not clock.is_in_doubt


def test_an_empty_box_has_only_the_build_to_go_by(computer: Computer) -> None:
    assert not computer.box(last_write=None).is_in_doubt
    assert not computer.box(last_write=None, built=None).is_in_doubt


@pytest.mark.parametrize("last_write", [None, NOON])
def test_at_1995_the_box_goes_on_from_what_it_knows(
    computer: Computer, last_write: datetime | None
) -> None:
    computer.wall = YEAR_1995
    clock = computer.box(last_write)
    computer.pass_(10 * MINUTE)
    assert trouble(clock) is Trouble.BEHIND
    assert clock() == (last_write or BUILT) + 10 * MINUTE
    assert clock.doubt and clock.doubt.computer == computer.wall
    assert not clock.doubt.is_possible
    assert not clock.believe(computer.wall), "nobody can say that it is 1995"
    assert clock.is_in_doubt


def test_a_clock_that_is_set_after_a_start_at_1995_is_followed(computer: Computer) -> None:
    computer.wall = YEAR_1995
    clock = computer.box(last_write=NOON)
    computer.pass_(MINUTE)
    assert clock.is_in_doubt
    computer.wall = NOON + 2 * DAY
    assert clock() == NOON + 2 * DAY
    assert not clock.is_in_doubt


def test_from_1995_to_a_time_that_nobody_would_believe_either(computer: Computer) -> None:
    computer.wall = YEAR_1995
    clock = computer.box(last_write=NOON)
    computer.wall = NOON + 400 * DAY
    assert clock() == NOON
    assert clock.is_in_doubt


def test_a_start_long_after_the_last_write_has_to_be_confirmed(computer: Computer) -> None:
    clock = computer.box(last_write=NOON - 21 * DAY)
    assert trouble(clock) is Trouble.AHEAD
    assert clock() == NOON - 21 * DAY
    computer.time_server_answers()
    assert clock() == NOON
    assert not clock.is_in_doubt


def test_after_a_week_off_nobody_is_asked(computer: Computer) -> None:
    assert not computer.box(last_write=NOON - 7 * DAY).is_in_doubt


def test_a_time_server_before_the_start_is_enough(computer: Computer) -> None:
    computer.time_server_answers()
    assert not computer.box(last_write=NOON - 21 * DAY).is_in_doubt


@pytest.mark.parametrize("leap", [400 * DAY, -400 * DAY, HOUR, -HOUR, 6 * MINUTE, -6 * MINUTE])
def test_a_leap_in_flight_is_not_followed(computer: Computer, leap: timedelta) -> None:
    clock = computer.box(last_write=NOON)
    computer.time_server_answers()
    computer.pass_(2 * HOUR)
    before = clock()
    computer.wall += leap
    assert clock() == before
    computer.pass_(3 * HOUR)
    assert clock() == before + 3 * HOUR
    assert trouble(clock) is Trouble.LEAPED


@pytest.mark.parametrize("leap", [400 * DAY, -HOUR])
def test_a_leap_that_a_time_server_confirms_is_followed(
    computer: Computer, leap: timedelta
) -> None:
    clock = computer.box(last_write=NOON)
    computer.pass_(HOUR)
    clock()
    computer.wall += leap
    assert clock.is_in_doubt
    computer.time_server_answers()
    assert clock() == computer.wall
    assert not clock.is_in_doubt


@pytest.mark.parametrize("leap", [400 * DAY, -HOUR])
def test_a_leap_that_is_taken_back_is_forgotten(computer: Computer, leap: timedelta) -> None:
    clock = computer.box(last_write=NOON)
    computer.wall += leap
    assert clock.is_in_doubt
    computer.pass_(MINUTE)
    computer.wall -= leap
    assert clock() == NOON + MINUTE
    assert not clock.is_in_doubt


def test_a_person_can_say_that_the_clock_is_right(computer: Computer) -> None:
    clock = computer.box(last_write=NOON - 21 * DAY)
    assert clock.doubt and clock.doubt.is_possible
    assert not clock.believe(NOON - 2 * HOUR), "that isn't what the clock says now"
    assert not clock.believe(NOON.replace(tzinfo=None))
    assert clock.is_in_doubt
    assert clock.believe(NOON)
    assert clock() == NOON and not clock.is_in_doubt


def test_a_wrong_time_that_was_believed_can_be_corrected(computer: Computer) -> None:
    clock = computer.box(last_write=NOON)
    computer.wall += 400 * DAY
    assert clock.is_in_doubt
    assert clock.believe(computer.wall)
    computer.wall -= 400 * DAY
    assert clock.is_in_doubt
    assert clock.believe(computer.wall)
    assert clock() == NOON


def test_small_steps_of_a_time_server_are_followed(computer: Computer) -> None:
    clock = computer.box(last_write=NOON + 4 * MINUTE)
    assert clock() == NOON
    computer.wall -= 5 * MINUTE
    assert clock() == NOON - 5 * MINUTE
    assert not clock.is_in_doubt


def test_sleep_of_the_computer_is_no_leap(computer: Computer) -> None:
    clock = computer.box(last_write=NOON)
    computer.pass_(30 * DAY)  # both clocks go on (CLOCK_BOOTTIME)
    assert clock() == NOON + 30 * DAY


def test_the_end_of_summer_time_is_no_leap(computer: Computer) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    computer.wall = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30, the first of two
    clock = computer.box(last_write=computer.wall)
    first = clock()
    computer.pass_(HOUR)
    assert clock() - first == HOUR
    local = clock().astimezone(berlin)
    assert (local.hour, local.minute, local.fold) == (2, 30, 1)
    assert not clock.is_in_doubt


def test_the_real_clocks_agree() -> None:
    clock = BoxClock()
    clock.begin(datetime.now(UTC), None)
    assert abs(clock() - datetime.now(UTC)) < MINUTE
    assert not clock.is_in_doubt


def test_the_build_date_is_the_date_of_the_file(tmp_path: Path) -> None:
    module = tmp_path / "__init__.py"
    module.touch()
    assert abs(build_date(module) - datetime.now(UTC)) < HOUR


def test_the_mark_of_the_time_service_tells_whether_the_clock_was_set(tmp_path: Path) -> None:
    mark = tmp_path / "timesync" / "synchronized"
    assert is_synchronised(mark) is None
    mark.parent.mkdir()
    assert is_synchronised(mark) is False
    mark.touch()
    assert is_synchronised(mark) is True
