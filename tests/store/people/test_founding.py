"""Setting up the practice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from practicebox.store.conditions import AlreadyFounded, Locked, NotFounded
from tests.store.world import NOON, PASSWORD, PROFILE, Boxes, World, founding, reading


async def test_a_founded_practice_is_complete(world: World) -> None:
    practice = await world.store.practice()
    assert practice is not None
    assert (practice.short_name, practice.profile, practice.time_zone, practice.founded) == (
        "Sonne",
        PROFILE,
        "Europe/Berlin",
        NOON,
    )
    (user,) = await world.store.users()
    assert (user.id, user.short_name, user.role) == (world.founded.user_id, "Aenne", "admin")
    assert user.person == founding().person
    (device,) = await world.store.devices()
    assert (device.name, device.state, device.created) == ("Laptop Änne", "approved", NOON)


async def test_founding_leaves_the_vault_locked(boxes: Boxes, tmp_path: Path) -> None:
    store = await boxes.open(tmp_path / "data")
    await store.found(founding())
    assert not store.vault.is_unlocked
    with pytest.raises(Locked):
        await store.users()


async def test_blanks_around_names_are_forgiven(boxes: Boxes, tmp_path: Path) -> None:
    store = await boxes.open(tmp_path / "data")
    draft = replace(founding(), short_name=" Sonne ", user_short_name=" Aenne\t")
    founded = await store.found(draft)
    session = await store.login("Sonne", "Aenne", PASSWORD, founded.device_secret)
    practice = await store.practice()
    assert practice is not None
    assert (practice.short_name, session.user.short_name) == ("Sonne", "Aenne")


async def test_a_second_practice_is_refused(world: World) -> None:
    with pytest.raises(AlreadyFounded):
        await world.store.found(founding())
    assert len(await world.store.users()) == 1


async def test_of_two_wizards_at_once_one_wins(boxes: Boxes, tmp_path: Path) -> None:
    store = await boxes.open(tmp_path / "data")
    results = await asyncio.gather(
        store.found(founding()), store.found(founding()), return_exceptions=True
    )
    assert [type(result) for result in results].count(AlreadyFounded) == 1
    with reading(tmp_path / "data") as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (1,)


async def test_an_unknown_time_zone_founds_nothing(boxes: Boxes, tmp_path: Path) -> None:
    store = await boxes.open(tmp_path / "data")
    with pytest.raises(ZoneInfoNotFoundError):
        await store.found(replace(founding(), time_zone="Europe/Atlantis"))
    assert await store.practice() is None


async def test_the_door_plate_can_be_changed_and_read_while_locked(world: World) -> None:
    await world.store.change_profile(replace(PROFILE, town="Füssen"))
    world.store.lock()
    practice = await world.store.practice()
    assert practice is not None
    assert practice.profile.town == "Füssen"


async def test_an_unfounded_box_has_no_door_plate(boxes: Boxes, tmp_path: Path) -> None:
    store = await boxes.open(tmp_path / "data")
    with pytest.raises(NotFounded):
        await store.change_profile(PROFILE)
    with pytest.raises(NotFounded):
        await store.submit("document", b"")
    with pytest.raises(NotFounded):
        await store.recover("Anker Birne")
