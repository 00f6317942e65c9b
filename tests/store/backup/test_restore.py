"""Everything lost: an empty folder, a backup and the master password."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.audit import log as audit_log
from practicebox.store.audit.audit import Action
from practicebox.store.backup import restore
from practicebox.store.backup.conditions import (
    BackupAltered,
    BackupRefused,
    BackupTruncated,
    NotABackup,
    TargetFull,
)
from practicebox.store.backup.make import Progress, Step
from practicebox.store.backup.restore import Restored
from practicebox.store.conditions import FolderInUse, FolderNotEmpty, NoSession, WrongMasterPassword
from tests.store.backup.backup_world import backup_of, busy_practice, silent
from tests.store.world import MASTER, NOON, World, all_rows, reading

LATER = NOON + timedelta(hours=5)


def put_back(file: Path, data: Path, *passwords: str) -> Restored:
    return restore.restore(file, data, passwords or (MASTER,), LATER, os.urandom, silent)


def saved(world: World, file: Path) -> Path:
    """The backup on a stick; the box is gone."""
    stick = world.path.parent / "stick"
    stick.mkdir()
    return Path(shutil.copy(file, stick))


async def test_everything_is_there_again(world: World, tmp_path: Path) -> None:
    planned = await busy_practice(world)
    (world.path / "tls").mkdir()
    (world.path / "tls" / "authority-1.pem").write_bytes(b"authority")
    file = saved(world, await backup_of(world))
    with reading(world.path) as connection:
        before = all_rows(connection)
    await world.stop()
    shutil.rmtree(world.path)

    told: list[Progress] = []
    found = restore.restore(file, world.path, (MASTER,), LATER, os.urandom, told.append)
    assert found == Restored("Sonne", NOON, len(planned))
    assert {each.step for each in told} == {Step.OPEN, Step.CHECK}
    with reading(world.path) as connection:
        after = all_rows(connection)
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"sessions", "audit", "audit_head", "subjects", "clock"}
    assert (world.path / "tls" / "authority-1.pem").read_bytes() == b"authority"
    world.clock.advance(LATER - NOON)
    await world.start()
    with pytest.raises(NoSession):
        await world.store.session(world.session.token)
    await world.log_in()  # the old workstation and password, since nobody has rotated anything
    assert [await world.store.appointments.get(a.id) for a in planned] == planned
    assert [s.payload for s in await world.store.submissions()] == [b"Befund"]
    assert (await world.store.backups.make()).fault == ""


async def test_the_audit_log_says_so_and_raises_no_alarm(world: World) -> None:
    await busy_practice(world)
    file = saved(world, await backup_of(world))
    await busy_practice(world)  # what is lost
    witness = await world.store.audit.mark()
    await world.stop()
    shutil.rmtree(world.path)
    put_back(file, world.path)
    world.clock.advance(LATER - NOON)
    await world.start()
    await world.log_in()
    await world.store.audit.ask_witness(witness)
    assert (await world.store.audit.head()).alarms == ()
    page = await world.store.audit.page(audit_log.Filter(actions=frozenset({Action.RESTORED})), 10)
    assert len(page.entries) == 1


async def test_the_master_password_and_nothing_else_opens_it(world: World) -> None:
    file = saved(world, await backup_of(world))
    target = world.path.parent / "new"
    with pytest.raises(WrongMasterPassword):
        put_back(file, target, "sechs ganz andere Wörter als diese")
    assert list(target.iterdir()) == []
    assert put_back(file, target, "as typed", MASTER).practice == "Sonne", "the second reading"


@pytest.mark.parametrize(
    ("damage", "condition"),
    [
        (lambda data: data[: len(data) // 2], BackupTruncated),
        (lambda data: data[:-50] + bytes([data[-50] ^ 1]) + data[-49:], BackupAltered),
        (lambda data: b"PK" + data[2:], NotABackup),
        (lambda data: data.replace(b'"keyring": "', b'"keyring": "00'), BackupRefused),
    ],
)
async def test_a_damaged_backup_leaves_the_folder_empty(
    world: World, damage: Callable[[bytes], bytes], condition: type[Exception]
) -> None:
    file = saved(world, await backup_of(world))
    file.write_bytes(damage(file.read_bytes()))
    target = world.path.parent / "new"
    with pytest.raises(condition):
        put_back(file, target)
    assert not target.exists() or list(target.iterdir()) == []


async def test_nothing_is_put_over_what_is_there(world: World) -> None:
    file = saved(world, await backup_of(world))
    await world.stop()
    before = {p: p.read_bytes() for p in world.path.rglob("*") if p.is_file()}
    for attempt in (restore.check, put_back):
        with pytest.raises(FolderNotEmpty, match="nothing in it is overwritten"):
            attempt(file, world.path)
    assert {p: p.read_bytes() for p in world.path.rglob("*") if p.is_file()} == before


async def test_a_running_box_is_left_alone(world: World) -> None:
    file = saved(world, await backup_of(world))
    with pytest.raises(FolderInUse):
        restore.check(file, world.path)


async def test_a_full_disk_leaves_the_folder_empty(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saved(world, await backup_of(world))
    target = world.path.parent / "new"
    real = os.statvfs(world.path)
    full = os.statvfs_result((*real[:4], 0, *real[5:10]))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(TargetFull):
        put_back(file, target)
    assert list(target.iterdir()) == []


CUT = """
import os, sys
from pathlib import Path
from practicebox.store.backup import restore
from tests.store.backup.test_restore import put_back

left = int(sys.argv[3])
def sync(folder):
    global left
    left -= 1
    if left < 0:
        os._exit(7)
restore.sync_folder = sync
put_back(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
async def test_after_a_power_cut_it_can_be_done_again(world: World, moves: int) -> None:
    """The process dies between two of the moves: nothing of it is in the way of the next try."""
    await busy_practice(world)
    file = saved(world, await backup_of(world))
    target = world.path.parent / "new"
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CUT, file, target, str(moves))
    )
    assert await child.wait() == (0 if moves == 3 else 7), "box.key, mark and database are moved"
    left = {path.name for path in target.iterdir()}
    if "practicebox.db" not in left:
        assert "restore.tmp" in left
        assert put_back(file, target).appointments == 5
    with reading(target) as connection:
        assert connection.execute("SELECT count(*) FROM appointments").fetchone() == (5,)
