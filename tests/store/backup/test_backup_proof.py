"""Proofs: what is wrong with a backup is found, and named."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from practicebox.store.backup import make as backup_make
from practicebox.store.backup import restore
from practicebox.store.backup import rows as backup_rows
from practicebox.store.backup.conditions import (
    BackupAltered,
    BackupTruncated,
    ContentDiffers,
    CopyDamaged,
    ForeignBackup,
    SourceDamaged,
    TargetMissing,
)
from practicebox.store.backup.ledger import Level
from practicebox.store.sql.migrations import migrate
from tests.store.backup.backup_world import backup_of, busy_practice, make_quietly, place_of
from tests.store.world import Boxes, World, open_world, reading


async def test_while_locked_it_is_made_as_well_and_proved_as_far_as_that_goes(world: World) -> None:
    await busy_practice(world)
    world.store.lock()
    assert (await world.store.backups.make()).level is Level.COPY
    await world.log_in()
    assert (await world.store.backups.prove()).level is Level.WHOLE
    world.store.lock()
    assert (await world.store.backups.prove()).level is Level.WHOLE, "the bytes are the same"


async def test_after_a_restart_a_locked_box_can_only_compare_the_bytes(world: World) -> None:
    world.store.lock()
    await world.store.backups.make()
    ledger = place_of(world).ledger
    ledger.write(replace(ledger.read(), entries=(replace(ledger.read().entries[0], level=None),)))
    await world.restart()
    assert (await world.store.backups.prove()).level is Level.BYTES


async def test_a_copy_that_is_not_the_original_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy_practice(world)
    copy = backup_make._copy

    def copy_and_lose(connection: sqlite3.Connection, path: Path, tell: backup_make.Tell) -> None:
        copy(connection, path, tell)
        with closing(sqlite3.connect(path, isolation_level=None)) as changed:
            changed.execute("DELETE FROM submissions")

    monkeypatch.setattr(backup_make, "_copy", copy_and_lose)
    with pytest.raises(ContentDiffers):
        await world.store.backups.make()
    overview = await world.store.backups.overview()
    assert [each.fault for each in overview.ledger.entries] == ["differs"]


async def test_a_sealed_row_that_does_not_open_fails_the_proof(world: World) -> None:
    await busy_practice(world)
    with reading(world.path) as connection:
        connection.execute("UPDATE appointments SET sealed = zeroblob(80) WHERE rowid = 2")
    with pytest.raises(CopyDamaged):
        await world.store.backups.make()


async def test_a_damaged_database_is_named_and_no_backup_is_touched(world: World) -> None:
    await busy_practice(world, 60)
    good = await backup_of(world)
    before = good.read_bytes()
    await world.stop()
    with (world.path / "practicebox.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(os.urandom(24 * 4096))
    with pytest.raises((SourceDamaged, CopyDamaged)):
        make_quietly(place_of(world), world)
    assert good.read_bytes() == before
    trouble = place_of(world).ledger.read().trouble
    assert trouble and trouble.word in {"source-damaged", "damaged"}
    found = restore.last_good(world.path, None)
    assert found and (found.path, found.is_proven) == (good, True)


@pytest.mark.parametrize(
    ("damage", "condition"),
    [
        (lambda data: data[:-100], BackupTruncated),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), BackupAltered),
        (lambda data: data + b"x", BackupAltered),
    ],
)
async def test_damage_after_a_good_proof_is_found_by_the_next(
    world: World, damage: object, condition: type[Exception]
) -> None:
    await busy_practice(world)
    path = await backup_of(world)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]  # a function, see above
    for lock in (False, True):
        if lock:
            world.store.lock()
        with pytest.raises(condition):
            await world.store.backups.prove()
    newest = (await world.store.backups.overview()).ledger.newest
    assert newest and newest.fault and newest.level is None


async def test_the_backup_of_another_practice_is_foreign(
    world: World, boxes: Boxes, tmp_path: Path
) -> None:
    other = await open_world(boxes, tmp_path / "other")
    theirs = await backup_of(other)
    place = place_of(world)
    place.target.prepare(world.path)
    stolen = place.target.path / place.target.name(world.clock(), os.urandom)
    shutil.copy(theirs, stolen)
    with pytest.raises(ForeignBackup):
        await world.store.backups.prove()


async def test_all_tables_with_sealed_rows_are_opened_or_watched() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        tables = [t for (t,) in connection.execute("SELECT name FROM sqlite_master")]
        sealed = {
            table
            for table in tables
            for column in connection.execute(f'PRAGMA table_info("{table}")')
            if column[1] in {"sealed", "wrapped"}
        }
    assert sealed == set(backup_rows.OPENERS) | backup_rows.WATCHED - {"audit_seal"}


async def test_a_proof_without_any_backup_says_so(world: World) -> None:
    with pytest.raises(TargetMissing):
        await world.store.backups.prove()


async def test_what_is_remembered_is_no_secret_and_may_be_lost(world: World) -> None:
    await backup_of(world)
    ledger = world.path / "backups.json"
    assert set(json.loads(ledger.read_text())) == {"entries", "trouble", "apart"}
    ledger.write_text("{")
    assert (await world.store.backups.prove()).level is Level.WHOLE
