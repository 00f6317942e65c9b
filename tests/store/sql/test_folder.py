"""The data folder: who may have it, and what must lie in it."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from practicebox.store.conditions import (
    BoxKeyExposed,
    BoxKeyMissing,
    CannotOpen,
    DatabaseDamaged,
    FolderInUse,
    FolderNotUsable,
    ForeignBoxKey,
)
from tests.store.world import Boxes, World, open_world


async def test_the_first_start_makes_the_folder_for_its_owner(boxes: Boxes, tmp_path: Path) -> None:
    path = tmp_path / "data"
    store = await boxes.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert await store.practice() is None
    assert await store.last_write() is None
    await boxes.close(store)


async def test_a_second_process_is_refused(world: World) -> None:
    with pytest.raises(FolderInUse):
        await world.start()


async def test_a_closed_store_lets_go_of_the_folder(world: World) -> None:
    await world.restart()
    practice = await world.store.practice()
    assert practice is not None
    assert practice.short_name == "Sonne"


async def test_a_refused_start_lets_go_of_the_folder(world: World) -> None:
    await world.stop()
    (world.path / "box.key").chmod(0o644)
    with pytest.raises(BoxKeyExposed):
        await world.start()
    (world.path / "box.key").chmod(0o600)
    await world.start()


async def test_a_lost_box_key_is_not_replaced_by_a_new_one(world: World) -> None:
    await world.stop()
    key = (world.path / "box.key").rename(world.path / "kept")
    with pytest.raises(BoxKeyMissing):
        await world.start()
    assert not (world.path / "box.key").exists()
    key.rename(world.path / "box.key")
    await world.start()


async def test_the_box_key_of_another_box_is_refused(world: World, tmp_path: Path) -> None:
    await world.stop()
    other = await open_world(world.boxes, tmp_path / "other")
    await other.stop()
    own = (world.path / "box.key").read_bytes()
    shutil.copy2(tmp_path / "other" / "box.key", world.path / "box.key")
    with pytest.raises(ForeignBoxKey):
        await world.start()
    (world.path / "box.key").write_bytes(own)
    await world.start()


async def test_a_damaged_database_is_refused(world: World) -> None:
    await world.stop()
    file = world.path / "practicebox.db"
    own = file.read_bytes()
    file.write_bytes(bytes(len(own)))
    with pytest.raises(DatabaseDamaged):
        await world.start()
    file.write_bytes(own)
    await world.start()


async def test_a_database_that_cannot_be_opened_is_not_called_damaged(
    boxes: Boxes, tmp_path: Path
) -> None:
    store = await boxes.open(tmp_path / "data")
    await boxes.close(store)
    (tmp_path / "data" / "practicebox.db").unlink()
    (tmp_path / "data" / "practicebox.db").mkdir()
    with pytest.raises(FolderNotUsable):
        await boxes.open(tmp_path / "data")


async def test_a_file_in_place_of_the_folder_is_refused(boxes: Boxes, tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(FolderNotUsable):
        await boxes.open(tmp_path / "data")


async def test_a_folder_that_cannot_be_made_is_refused(boxes: Boxes, tmp_path: Path) -> None:
    with pytest.raises(FolderNotUsable):
        await boxes.open(tmp_path / "missing" / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_without_permission_to_write_is_refused(
    boxes: Boxes, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    with pytest.raises(FolderNotUsable):
        await boxes.open(tmp_path / "data")


async def test_every_refusal_says_what_to_do(world: World) -> None:
    with pytest.raises(CannotOpen) as caught:
        await world.start()
    assert str(world.path) in str(caught.value)
