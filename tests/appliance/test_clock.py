from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from practicebox.appliance.clock import (
    ClockWrong,
    build_date,
    check,
    is_synchronised,
    wait_for_clock,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_clock_that_went_on_is_trusted() -> None:
    check(NOON, last_write=NOON - timedelta(seconds=1), built=NOON - timedelta(days=90))


def test_an_empty_box_has_only_the_build_to_go_by() -> None:
    check(NOON, last_write=None, built=NOON)
    check(NOON, last_write=None, built=None)


def test_a_clock_before_the_last_write_is_refused_with_what_to_do() -> None:
    with pytest.raises(ClockWrong) as caught:
        check(NOON - timedelta(days=300), last_write=NOON, built=None)
    assert str(caught.value) == (
        "The clock of this computer says 2026-01-27 12:00 UTC, but data was written on "
        "2026-11-23 12:00 UTC: set the clock (timedatectl shows it), then start again."
    )
    assert caught.value.behind == timedelta(days=300)


def test_a_clock_before_the_build_of_the_software_is_refused() -> None:
    with pytest.raises(ClockWrong, match="this software was built on 2026-11-23"):
        check(datetime(1970, 1, 1, tzinfo=UTC), last_write=None, built=NOON)


@pytest.mark.parametrize(
    ("behind", "is_refused"), [(timedelta(minutes=2), False), (timedelta(minutes=2.1), True)]
)
def test_a_small_step_back_is_no_reason_to_stop(behind: timedelta, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(ClockWrong):
            check(NOON - behind, last_write=NOON, built=None)
        return
    check(NOON - behind, last_write=NOON, built=None)


def test_time_zones_are_taken_into_account() -> None:
    berlin_winter = timezone(timedelta(hours=1))
    last_write = datetime(2026, 11, 23, 13, 0, tzinfo=berlin_winter)
    check(NOON, last_write=last_write, built=None)


async def test_a_clock_that_is_set_in_time_is_waited_for() -> None:
    clock = [NOON - timedelta(hours=1)]
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            clock[0] = NOON

    await wait_for_clock(
        lambda: check(clock[0], last_write=NOON, built=None), timedelta(minutes=1), sleep
    )
    assert waited == [1.0, 1.0, 1.0]


async def test_patience_with_a_clock_ends() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    def look() -> None:
        check(NOON - timedelta(hours=1), last_write=NOON, built=None)

    with pytest.raises(ClockWrong):
        await wait_for_clock(look, timedelta(seconds=5), sleep)
    assert len(waited) == 5


async def test_no_patience_means_one_look() -> None:
    async def sleep(seconds: float) -> None:
        raise AssertionError("never sleeps")

    await wait_for_clock(lambda: None, timedelta(0), sleep)


def test_the_build_date_is_the_date_of_the_file(tmp_path: Path) -> None:
    module = tmp_path / "__init__.py"
    module.touch()
    assert abs(build_date(module) - datetime.now(UTC)) < timedelta(hours=1)


def test_the_mark_of_the_time_service_tells_whether_the_clock_was_set(tmp_path: Path) -> None:
    mark = tmp_path / "timesync" / "synchronized"
    assert is_synchronised(mark) is None
    mark.parent.mkdir()
    assert is_synchronised(mark) is False
    mark.touch()
    assert is_synchronised(mark) is True
