"""Blocked times: sealed, found by their times, gone when released or long over."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from practicebox.store.conditions import Locked
from tests.store.world import NOON, World

HOUR = timedelta(hours=1)


async def test_they_are_found_by_what_they_touch(world: World) -> None:
    blocked = world.store.blocked
    one = await blocked.add(NOON, NOON + HOUR, "", "Handwerker")
    two = await blocked.add(NOON + 2 * HOUR, NOON + 3 * HOUR, "user", "Urlaub")
    assert await blocked.between(NOON - HOUR, NOON + 4 * HOUR) == [one, two]
    assert await blocked.between(NOON + HOUR, NOON + 2 * HOUR) == []
    assert await blocked.between(NOON + HOUR / 2, NOON + HOUR) == [one]


async def test_a_released_time_is_gone_with_its_key(world: World) -> None:
    one = await world.store.blocked.add(NOON, NOON + HOUR, "", "Handwerker")
    assert await world.store.blocked.remove(one.id)
    assert not await world.store.blocked.remove(one.id)
    assert await world.store.blocked.between(NOON, NOON + HOUR) == []
    with closing(sqlite3.connect(world.path / "practicebox.db")) as connection:
        assert connection.execute(
            "SELECT count(*) FROM subjects WHERE id = ?", (one.id,)
        ).fetchone() == (0,)


async def test_what_has_long_been_over_goes_with_the_next(world: World) -> None:
    long_ago = NOON - timedelta(days=100)
    await world.store.blocked.add(long_ago, long_ago + HOUR, "", "Streik")
    new = await world.store.blocked.add(NOON, NOON + HOUR, "", "")
    assert await world.store.blocked.between(long_ago, NOON + HOUR) == [new]


async def test_who_and_why_stand_nowhere_in_clear(world: World) -> None:
    await world.store.blocked.add(NOON, NOON + HOUR, "user-id-of-eva", "Magenspiegelung")
    for file in world.path.rglob("*"):
        if file.is_file():
            assert b"Magenspiegelung" not in file.read_bytes(), file
            assert b"user-id-of-eva" not in file.read_bytes(), file


async def test_a_locked_box_tells_nothing(world: World) -> None:
    world.store.lock()
    with pytest.raises(Locked):
        await world.store.blocked.between(NOON, NOON + HOUR)
    with pytest.raises(Locked):
        await world.store.blocked.add(NOON, NOON + HOUR, "", "")
    with pytest.raises(Locked):
        await world.store.blocked.remove("any")
