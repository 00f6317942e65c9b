"""Backups of a running box: consistent, also while locked, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from practicebox.store.backup import content as backup_content
from practicebox.store.backup import format as backup_format
from practicebox.store.backup import make as backup_make
from practicebox.store.backup import work as backup_work
from practicebox.store.backup.conditions import BackupBusy, BackupStopped
from practicebox.store.backup.ledger import Level
from practicebox.store.backup.make import Progress, Step
from practicebox.store.conditions import NotFounded
from practicebox.store.vault.keyring import open_keyring, renewed, seal_keyring
from tests.store.backup.backup_world import backup_of, busy_practice, place_of, silent
from tests.store.world import Boxes, Clock, World, raw_bytes, reading


async def test_a_backup_is_opened_completely_as_soon_as_it_is_made(world: World) -> None:
    await busy_practice(world)
    entry = await world.store.backups.make()
    assert (entry.level, entry.fault, entry.made) == (Level.WHOLE, "", world.clock())
    overview = await world.store.backups.overview()
    assert [each.name for each in overview.files] == [entry.name]
    assert overview.ledger.newest == entry
    assert not (world.path / "backup.tmp").exists()


async def test_the_file_shows_nothing_of_the_practice(world: World) -> None:
    await busy_practice(world)
    content = (await backup_of(world)).read_bytes()
    for secret in (b"Sonne", b"Befund", b"Kontrolle", b"appointments", b"SQLite"):
        assert secret not in content
    assert (world.path / "box.key").read_bytes() not in content


async def test_every_backup_has_another_key(world: World) -> None:
    one, other = (await backup_of(world)).read_bytes(), (await backup_of(world)).read_bytes()
    assert len(one) == pytest.approx(len(other), abs=50_000)
    assert one[-1000:] != other[-1000:]


async def test_what_is_written_meanwhile_is_either_in_it_or_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digests are taken of the running database, then it changes, then it is copied."""
    await busy_practice(world)
    describe = backup_content.describe
    loop = asyncio.get_running_loop()

    def describe_and_write(connection: sqlite3.Connection, *tell: object) -> object:
        found = describe(connection)
        if not tell:  # the original, not the copy
            submit = world.store.submit("letter", b"in between")
            asyncio.run_coroutine_threadsafe(submit, loop).result(10)
        return found

    monkeypatch.setattr(backup_content, "describe", describe_and_write)
    assert (await world.store.backups.make()).level is Level.WHOLE
    assert len(await world.store.submissions()) == 2


async def test_without_a_practice_there_is_nothing_to_save(boxes: Boxes, tmp_path: Path) -> None:
    store = await boxes.open(tmp_path)
    with pytest.raises(NotFounded):
        await store.backups.make()
    await store.backups.tend()
    await store.backups.tend_proof()


async def test_one_at_a_time_also_of_two_processes(world: World) -> None:
    with backup_make.alone(world.path), pytest.raises(BackupBusy):
        await world.store.backups.make()


async def test_a_stop_ends_it_soon_and_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing = threading.Event()
    tell = world.store.backups._tell

    def wait_once(progress: Progress) -> None:
        if progress.step is Step.SEAL and not sealing.is_set():
            sealing.set()
            assert world.store.backups._stopping.wait(10)
        tell(progress)

    monkeypatch.setattr(world.store.backups, "_tell", wait_once)
    task = asyncio.create_task(world.store.backups.make())
    assert await asyncio.to_thread(sealing.wait, 10)
    await world.store.backups.close()
    with pytest.raises(BackupStopped):
        await task
    assert list((world.path / "backups").iterdir()) == []
    assert not (world.path / "backup.tmp").exists()


async def test_every_step_tells_how_far_it_is(world: World) -> None:
    await busy_practice(world)
    told: list[Progress] = []
    backup_work.make(place_of(world), world.clock(), os.urandom, told.append)
    assert [step for step in Step if any(each.step is step for each in told)] == list(Step)
    assert all(0 <= each.done <= each.total for each in told)


async def test_what_is_deleted_during_a_backup_is_out_of_the_log_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading transaction of the backup keeps the write-ahead log from being emptied."""
    [appointment] = await busy_practice(world, 1)
    with reading(world.path) as connection:
        query = "SELECT wrapped FROM subjects WHERE id = ?"
        (key,) = connection.execute(query, (appointment.id,)).fetchone()
    copy, loop = backup_make._copy, asyncio.get_running_loop()

    def delete_and_copy(connection: sqlite3.Connection, path: Path, tell: backup_make.Tell) -> None:
        deletion = world.store.appointments.delete(appointment.id)
        asyncio.run_coroutine_threadsafe(deletion, loop).result(20)
        assert key in raw_bytes(world.path), "else this shows nothing"
        copy(connection, path, tell)

    monkeypatch.setattr(backup_make, "_copy", delete_and_copy)
    await world.store._box.database.run(lambda c: c.execute("PRAGMA busy_timeout = 0").close())
    await world.store.backups.make()
    assert key not in raw_bytes(world.path)


async def test_the_header_has_the_way_in_of_its_own_database(world: World) -> None:
    path = await backup_of(world)
    with path.open("rb") as file:
        header, _ = backup_format.read_header(file)
    with reading(world.path) as connection:
        slot = connection.execute("SELECT salt, slot FROM master_slot").fetchone()
    assert (header.way.salt, header.way.slot) == slot
    assert backup_work.prove(place_of(world), path.name, Clock()(), silent).level is Level.WHOLE


async def test_the_length_of_the_header_does_not_tell_how_many_have_left(world: World) -> None:
    keyring = world.store.vault.keyring()
    sealed = seal_keyring(keyring, os.urandom)
    for _ in range(15):
        keyring = renewed(keyring, os.urandom)
    later = seal_keyring(keyring, os.urandom)
    assert len(later) == len(sealed)
    assert open_keyring(keyring.vault_key, later) == keyring


async def test_at_the_end_of_operation_all_of_this_box_are_deleted(world: World) -> None:
    file = await backup_of(world)
    other = file.with_name("practicebox-ffffffff-20260301-020000-0000.backup")
    other.write_bytes(b"of another box")
    await world.store.backups.erase()
    assert list(file.parent.iterdir()) == [other]
    shutil.rmtree(file.parent)
    await world.store.backups.erase()  # the stick is gone: the operation ends nevertheless
