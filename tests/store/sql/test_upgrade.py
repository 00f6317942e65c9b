"""Taking the database to a new schema: the new one or the old one, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.conditions import NewerDatabase, UpgradeFailed
from practicebox.store.sql import upgrade as upgrade_module
from practicebox.store.sql.database import set_pragmas
from practicebox.store.sql.migrations import MIGRATIONS, migrate
from practicebox.store.sql.upgrade import KEPT, UNFINISHED, forget_old_copies, upgrade
from practicebox.store.store import Store
from tests.store.world import CHEAP, NOON, Clock

OLD = MIGRATIONS[:5]
BAD = ("CREATE TABLE half (id TEXT)", "INSERT INTO half VALUES ('a')", "nonsense")
MORE = ("CREATE TABLE more (id TEXT)", "DELETE FROM subjects")
ROWS = 500


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of an earlier version, with rows."""
    path = tmp_path / "practicebox.db"
    with opened(path) as connection:
        migrate(connection, OLD)
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO subjects (id, generation, wrapped) VALUES (?, 1, x'00')",
            [(f"s{number}",) for number in range(ROWS)],
        )
        connection.execute("COMMIT")
    return path


def opened(path: Path) -> closing[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    set_pragmas(connection)
    return closing(connection)


def state(path: Path) -> tuple[int, int, str]:
    """Version, rows, what SQLite says of the file."""
    with opened(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (rows,) = connection.execute("SELECT count(*) FROM subjects").fetchone()
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return version, rows, mode


def test_an_upgrade_keeps_a_copy_of_the_old_database(path: Path) -> None:
    with opened(path) as connection:
        upgrade(connection, path)
    assert state(path) == (len(MIGRATIONS), ROWS, "wal")
    copy = path.with_name(KEPT)
    assert state(copy)[:2] == (len(OLD), ROWS)
    assert copy.stat().st_mode & 0o077 == 0
    assert not path.with_name(UNFINISHED).exists()


def test_without_steps_to_take_nothing_is_copied(path: Path) -> None:
    with opened(path) as connection:
        upgrade(connection, path, OLD)
    fresh = path.with_name("fresh.db")
    with opened(fresh) as connection:
        upgrade(connection, fresh)
    assert {p.name for p in path.parent.iterdir()} == {"practicebox.db", "fresh.db"}


def test_a_step_that_fails_half_way_takes_the_steps_before_it_back(path: Path) -> None:
    with opened(path) as connection:
        with pytest.raises(UpgradeFailed, match="it is as it was before"):
            upgrade(connection, path, (*OLD, MORE, BAD))
        assert connection.execute("PRAGMA user_version").fetchone() == (len(OLD),)
    assert state(path) == (len(OLD), ROWS, "wal")
    with opened(path) as connection:
        upgrade(connection, path, OLD)  # the earlier version of the program opens it
    assert not path.with_name(UNFINISHED).exists()


def test_a_database_from_the_future_is_left_alone(path: Path) -> None:
    with opened(path) as connection:
        connection.execute("PRAGMA user_version = 1000")
        with pytest.raises(NewerDatabase):
            upgrade(connection, path)
    assert state(path) == (1000, ROWS, "wal")


def test_without_room_for_the_copy_nothing_is_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs(path)
    full = os.statvfs_result((*real[:4], 0, *real[5:10]))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with opened(path) as connection, pytest.raises(UpgradeFailed, match="no room"):
        upgrade(connection, path)
    assert state(path) == (len(OLD), ROWS, "wal")


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from practicebox.store.sql import upgrade as module
from practicebox.store.sql.database import set_pragmas
from practicebox.store.sql.migrations import MIGRATIONS

path, moment = Path(sys.argv[1]), sys.argv[2]
connection = sqlite3.connect(path, isolation_level=None)
set_pragmas(connection)
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
die = "SELECT die()"
more = ("CREATE TABLE more (id TEXT)", "DELETE FROM subjects")
steps = {
    "in-the-first-step": ((*more, die),),
    "between-two-steps": (more, (die,)),
    "in-the-second-step": (more, ("CREATE TABLE again (id TEXT)", die)),
    "while-it-is-put-back": (more, ("nonsense",)),
    "after-the-last-step": (more,),
}[moment]
def dying(*arguments, real=module._put_back):
    connection.set_progress_handler(None, 0)
    real_backup = sqlite3.connect(arguments[1], isolation_level=None)
    real_backup.backup(connection, pages=1, progress=lambda s, left, all: left < all / 2 and
                       os.kill(os.getpid(), signal.SIGKILL))
if moment == "while-it-is-put-back":
    module._put_back = dying
if moment == "after-the-last-step":
    module.sync_folder = lambda folder, calls=[]: (calls.append(1), len(calls) > 1 and
                                                   os.kill(os.getpid(), signal.SIGKILL))
module.upgrade(connection, path, (*MIGRATIONS[:5], *steps))
"""
MOMENTS = [
    "in-the-first-step",
    "between-two-steps",
    "in-the-second-step",
    "while-it-is-put-back",
    "after-the-last-step",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_box_that_is_killed_meanwhile_has_lost_nothing(path: Path, moment: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, path, moment], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with opened(path) as connection:
        upgrade(connection, path)
    rows = 0 if moment == "after-the-last-step" else ROWS  # `more` deletes them
    assert state(path) == (len(MIGRATIONS), rows, "wal")
    assert not path.with_name(UNFINISHED).exists()


def test_the_old_copy_goes_after_two_weeks(path: Path) -> None:
    with opened(path) as connection:
        upgrade(connection, path)
    copy = path.with_name(KEPT)
    os.utime(copy, (NOON.timestamp(), NOON.timestamp()))
    forget_old_copies(path.parent, NOON + timedelta(days=13))
    assert copy.exists()
    forget_old_copies(path.parent, NOON + timedelta(days=15))
    assert not copy.exists()
    forget_old_copies(path.parent, NOON + timedelta(days=15))


def test_a_failure_that_nobody_thought_of_is_rolled_back_as_well(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: sqlite3.Connection, steps: Callable[[], None]) -> None:
        migrate(connection, (*OLD, MORE))
        raise MemoryError

    monkeypatch.setattr(upgrade_module, "migrate", fail)
    with opened(path) as connection, pytest.raises(UpgradeFailed):
        upgrade(connection, path)
    assert state(path) == (len(OLD), ROWS, "wal")


async def test_a_box_is_upgraded_when_it_starts(path: Path) -> None:
    (path.parent / "box.key").touch(0o600)
    (path.parent / "box.key").write_bytes(bytes(32))
    store = await Store.open(path.parent, now=Clock(), costs=CHEAP)
    await store.close()
    assert state(path)[:2] == (len(MIGRATIONS), ROWS)
    assert path.with_name(KEPT).exists()
