"""Numbers without names: never twice, right after a restart, kept when appointments go."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from practicebox.practice.day import Event
from practicebox.practice.figures import Way
from practicebox.store.conditions import Locked
from practicebox.store.records import Appointment
from practicebox.store.sql.database import NAME
from tests.store.world import NOON, World

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TODAY = NOON.date()
HELD = {"held.video": 1, "unconfirmed": 1, "wait.3": 1}


async def held(world: World, starts: datetime = NOON) -> Appointment:
    one = await world.store.appointments.add(world.draft(starts=starts))
    attendance = world.store.attendance
    await attendance.note(one.id, Event.ARRIVED, starts)
    await attendance.note(one.id, Event.BEGAN, starts + 3 * MINUTE)
    await attendance.note(one.id, Event.ENDED, starts + 20 * MINUTE)
    return one


def written(world: World) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(world.path / NAME)) as disk:
        return disk.execute("SELECT day, what, count FROM figures ORDER BY day, what").fetchall()


async def test_counting_again_changes_nothing_and_writes_nothing(world: World) -> None:
    await held(world)
    world.clock.advance(5 * HOUR)
    await world.store.figures.count()
    first = written(world)
    assert dict((what, many) for _, what, many in first) == HELD
    for _ in range(3):
        await world.store.figures.count()
    assert written(world) == first
    assert await world.store.figures.between(TODAY, TODAY) == {TODAY: HELD}


async def test_what_is_put_right_later_is_counted_right(world: World) -> None:
    one, figures = await held(world), world.store.figures
    world.clock.advance(5 * HOUR)
    await figures.count()
    for way in (Way.RELAY, Way.RELAY, Way.LOST):
        await figures.note_way(one.id, way)
    added = {"calls": 1, "relay": 1, "troubled": 1, "lost": 1}
    assert await figures.between(TODAY, TODAY) == {TODAY: HELD | added}  # without waiting for a job
    await world.store.appointments.delete(one.id)
    await figures.count()
    assert written(world) == []


async def test_the_numbers_stay_when_the_appointments_go(world: World) -> None:
    one = await held(world)
    await world.store.figures.note_way(one.id, Way.DIRECT)
    for _ in range(100):  # a run a day, as the box does
        world.clock.advance(DAY)
        await world.store.figures.count()
        await world.store.retention.run()
    assert await world.store.appointments.past(world.clock(), 10) == []
    expected = HELD | {"calls": 1, "direct": 1}
    assert await world.store.figures.between(TODAY, TODAY) == {TODAY: expected}
    assert one.id not in str(written(world))
    with closing(sqlite3.connect(world.path / NAME)) as disk:
        assert disk.execute("SELECT count(*) FROM ways").fetchone() == (0,)


async def test_a_clock_that_is_put_back_takes_no_number_away(world: World) -> None:
    await held(world)
    world.clock.advance(100 * DAY)
    await world.store.figures.count()
    assert written(world) == []  # too late: nobody had counted before
    world.clock.advance(-90 * DAY)
    await held(world, world.clock() - 5 * HOUR)
    await world.store.figures.count()
    assert written(world) == []  # before the first day that is still counted
    world.clock.advance(90 * DAY)


async def test_numbers_go_after_three_years(world: World) -> None:
    await held(world)
    world.clock.advance(DAY)
    await world.store.figures.count()
    assert written(world)
    world.clock.advance(3 * 366 * DAY)
    await world.store.figures.count()
    assert written(world) == []


async def test_a_locked_box_notes_ways_and_counts_later(world: World) -> None:
    one = await held(world)
    world.clock.advance(5 * HOUR)
    world.store.lock()
    await world.store.figures.note_way(one.id, Way.DIRECT)
    await world.store.figures.note_way("A" * 16, Way.DIRECT)  # of one that is gone: nothing
    with pytest.raises(Locked):
        await world.store.figures.count()
    await world.log_in()
    await world.store.figures.count()
    assert ("2026-03-02", "direct", 1) in written(world)
