"""The schema: from every earlier version, all or nothing, never backwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from practicebox.store.conditions import NewerDatabase
from practicebox.store.sql.database import Database
from practicebox.store.sql.migrations import MIGRATIONS, migrate
from tests.store.world import Clock


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def version(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    assert isinstance(number, int)
    return number


def schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    return connection.execute(query).fetchall()


@pytest.mark.parametrize("earlier", range(len(MIGRATIONS) + 1))
def test_every_earlier_version_ends_with_the_same_schema(
    connection: sqlite3.Connection, earlier: int
) -> None:
    migrate(connection, MIGRATIONS[:earlier])
    assert version(connection) == earlier
    migrate(connection)
    assert version(connection) == len(MIGRATIONS)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        assert schema(connection) == schema(fresh)


def test_rows_of_an_earlier_version_stay(connection: sqlite3.Connection) -> None:
    migrate(connection, MIGRATIONS[:1])
    connection.execute("INSERT INTO subjects (id, generation, wrapped) VALUES ('a', 1, x'00')")
    migrate(connection)
    assert connection.execute("SELECT id FROM subjects").fetchall() == [("a",)]


def test_a_step_that_fails_leaves_the_version_before_it(connection: sqlite3.Connection) -> None:
    migrate(connection)
    before = schema(connection)
    failing = ("CREATE TABLE half (id TEXT)", "CREATE TABLE half (id TEXT)")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (*MIGRATIONS, failing))
    assert version(connection) == len(MIGRATIONS)
    assert schema(connection) == before
    assert not connection.in_transaction


def test_steps_before_the_failing_one_are_kept(connection: sqlite3.Connection) -> None:
    good, bad = ("CREATE TABLE more (id TEXT)",), ("nonsense",)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (*MIGRATIONS, good, bad))
    assert version(connection) == len(MIGRATIONS) + 1


def test_a_database_from_the_future_is_refused(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(NewerDatabase, match="newer version"):
        migrate(connection)


async def test_a_store_refuses_a_database_from_the_future(tmp_path: Path) -> None:
    path = tmp_path / "practicebox.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1000")
    with pytest.raises(NewerDatabase):
        await Database.open(path, Clock())


def test_the_released_steps_are_as_they_were() -> None:
    """A released step never changes: append another one instead, and its name here."""
    tables = [
        [word.split()[2] for word in statements if word.split()[1] == "TABLE"]
        for statements in MIGRATIONS
    ]
    assert tables == [
        ["clock", "practice", "master_slot", "subjects", "users", "devices", "sessions"],
        ["appointments", "day_pages", "invitations", "visits"],
        ["submissions"],
        ["checks"],
        ["settings"],
        ["audit", "audit_head", "audit_waiting", "audit_seal"],
        ["enrolments", "departures", "device_locks", "sessions"],
        ["patients", "name_pages", "appointments"],
        ["passkeys"],
        ["attendance"],
        ["gdt_records", "gdt_taken", "gdt_links", "gdt_sent"],
        ["attendance_of_kinds", "attendance", "attendance_of_kinds", "checklists"],
        ["confirmations"],
        ["blocked"],
        ["messages", "agreements", "sealed_settings"],
        [
            *("appointments", "participants", "invitations_of_all"),
            *("invitations", "invitations_of_all", "visits"),
        ],
        ["form_versions", "consents", "consent_scans", "consents_waiting", "passes"],
        ["notes"],
        ["programs", "answers"],
        ["ways", "figures"],
    ]
