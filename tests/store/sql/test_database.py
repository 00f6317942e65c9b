"""The connection: its settings, its transactions, its thread."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from practicebox.store.conditions import DatabaseDamaged, PragmaRefused
from practicebox.store.sql.database import PRAGMAS, Database, empty_log, set_pragmas
from practicebox.store.sql.transactions import last_write
from tests.store.world import NOON, Clock

KEEP = "INSERT INTO subjects (id, generation, wrapped) VALUES (?, 1, x'00')"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "practicebox.db", Clock())
    yield database
    await database.close()


def count(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("SELECT count(*) FROM subjects").fetchone()
    assert isinstance(number, int)
    return number


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("temp_store", 2),
    ],
)
async def test_the_settings_really_took(database: Database, name: str, answer: str | int) -> None:
    (found,) = await database.run(lambda c: c.execute(f"PRAGMA {name}").fetchone())
    assert found == answer


def test_a_refused_setting_stops_the_start() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(PragmaRefused, match="journal_mode"):  # memory has no write-ahead log
            set_pragmas(connection)


def test_the_settings_of_the_design_are_among_those_checked() -> None:
    wanted = {("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1)}
    assert wanted <= {(name, answer) for name, _, answer in PRAGMAS}


async def test_only_the_owner_can_read_the_files(database: Database, tmp_path: Path) -> None:
    await database.transaction(lambda c: c.execute(KEEP, ("a",)))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in os.scandir(tmp_path)}
    assert modes == {f"practicebox.db{end}": 0o600 for end in ("", "-wal", "-shm")}


async def test_a_function_runs_in_the_database_thread(database: Database) -> None:
    thread = await database.run(lambda connection: threading.current_thread())
    assert thread is not threading.main_thread()


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute(KEEP, ("a",))
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await database.transaction(fail)
    assert await database.run(count) == 0
    assert await database.run(last_write) is None
    await database.transaction(lambda c: c.execute(KEEP, ("a",)))  # and the next one works
    assert await database.run(count) == 1


async def test_a_transaction_is_finished_even_if_its_caller_is_gone(database: Database) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        begun.set()
        assert may_go_on.wait(10)
        connection.execute(KEEP, ("a",))

    task = asyncio.create_task(database.transaction(slow))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await database.run(count) == 1


async def test_the_time_of_the_last_write_is_kept(database: Database) -> None:
    assert await database.run(last_write) is None
    await database.transaction(lambda c: c.execute(KEEP, ("a",)))
    assert await database.run(last_write) == NOON


async def test_the_emptied_log_has_no_bytes(database: Database, tmp_path: Path) -> None:
    await database.transaction(lambda c: c.execute(KEEP, ("a",)))
    assert (tmp_path / "practicebox.db-wal").stat().st_size > 0
    await database.run(empty_log)
    assert (tmp_path / "practicebox.db-wal").stat().st_size == 0


async def test_a_log_that_somebody_reads_is_left_for_later(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await database.transaction(lambda c: c.execute(KEEP, ("a",)))
    await database.run(lambda c: c.execute("PRAGMA busy_timeout = 0").close())
    reader = sqlite3.connect(tmp_path / "practicebox.db", isolation_level=None)
    with closing(reader):
        reader.execute("BEGIN")
        assert count(reader) == 1
        await database.transaction(lambda c: c.execute("DELETE FROM subjects"), erases=True)
        assert "checkpoint_postponed" in caplog.text
    assert await database.run(count) == 0


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "practicebox.db"
    path.write_bytes(b"Praxis" * 1000)
    with pytest.raises(DatabaseDamaged):
        await Database.open(path, Clock())
