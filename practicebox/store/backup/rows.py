"""Opening every sealed row of a copy: the last and hardest question of a proof.

Each table with a column `sealed` has its way of being opened here; a test holds the list against
the schema, so that no new table is left out. Nothing of what is opened is kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from practicebox.store.backup.conditions import CopyDamaged
from practicebox.store.conditions import SealBroken
from practicebox.store.pages import open_page
from practicebox.store.vault import keyring as keys
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import Keyring, open_record, open_subject, open_submission

Rows = Iterator[None]  # one step for each row that has been opened


def open_all(
    connection: sqlite3.Connection, keyring: Keyring, tell: Callable[[int, int], None]
) -> int:
    """Open every sealed row; their number. Raise `CopyDamaged` at the first that stays closed."""
    total = sum(_count(connection, table) for table in OPENERS)
    done = 0
    try:
        for opener in OPENERS.values():
            for _ in opener(connection, keyring):
                done += 1
                if done % 256 == 0:
                    tell(done, total)
    except SealBroken:
        raise CopyDamaged from None
    return done


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _subjects(connection: sqlite3.Connection, keyring: Keyring) -> Rows:
    for row in connection.execute("SELECT id, generation, wrapped FROM subjects"):
        open_subject(keyring, *row)
        yield


def _records(table: str, about: str = "id") -> Callable[[sqlite3.Connection, Keyring], Rows]:
    """Rows that are about the subject whose id stands in the column `about`."""

    def rows(connection: sqlite3.Connection, keyring: Keyring) -> Rows:
        for id_, subject_id, wrapped_in, wrapped, generation, sealed in connection.execute(
            f"SELECT {table}.id, subjects.id, subjects.generation, wrapped,"
            f" {table}.generation, sealed"
            f" FROM {table} JOIN subjects ON subjects.id = {table}.{about}"
        ):
            subject = open_subject(keyring, subject_id, wrapped_in, wrapped)
            open_record(subject, table, id_, generation, sealed)
            yield

    return rows


def _pages(table: str, column: str) -> Callable[[sqlite3.Connection, Keyring], Rows]:
    """Derived pages, each with a key of its own."""

    def rows(connection: sqlite3.Connection, keyring: Keyring) -> Rows:
        for row, generation, sealed, wrapped_in, wrapped in connection.execute(
            f"SELECT {column}, {table}.generation, sealed, subjects.generation, wrapped"
            f" FROM {table} LEFT JOIN subjects ON subjects.id = '{table}:' || {column}"
        ):
            open_page(keyring, table, row, (generation, sealed), (wrapped_in, wrapped))
            yield

    return rows


def _submissions(table: str) -> Callable[[sqlite3.Connection, Keyring], Rows]:
    """Rows that were sealed to the practice, locked or not."""

    def rows(connection: sqlite3.Connection, keyring: Keyring) -> Rows:
        for id_, generation, sealed in connection.execute(
            f"SELECT id, generation, sealed FROM {table}"
        ):
            place = associated(table, id_, generation)
            open_submission(keyring.generation(generation), place, sealed)
            yield

    return rows


def _settings(connection: sqlite3.Connection, keyring: Keyring) -> Rows:
    for name, generation, sealed in connection.execute(
        "SELECT name, generation, sealed FROM sealed_settings"
    ):
        keys.open_page(keyring, "sealed_settings", name, generation, sealed)
        yield


OPENERS: dict[str, Callable[[sqlite3.Connection, Keyring], Rows]] = {
    "subjects": _subjects,
    "users": _records("users"),
    "devices": _records("devices"),
    "passkeys": _records("passkeys", "user"),
    "programs": _records("programs"),
    "answers": _records("answers", "about"),
    "appointments": _records("appointments"),
    "checklists": _records("checklists"),
    "notes": _records("notes"),
    "patients": _records("patients"),
    "blocked": _records("blocked"),
    "day_pages": _pages("day_pages", "day"),
    "name_pages": _pages("name_pages", "page"),
    "submissions": _submissions("submissions"),
    "gdt_records": _submissions("gdt_records"),
    "gdt_links": _records("gdt_links"),
    "confirmations": _submissions("confirmations"),
    "participants": _records("participants", "appointment"),
    "messages": _records("messages", "appointment"),
    "agreements": _records("agreements"),
    "consents": _records("consents", "patient"),
    "consent_scans": _records("consent_scans", "patient"),
    "consents_waiting": _submissions("consents_waiting"),
    "sealed_settings": _settings,
}

# The audit log is read again at every unlocking (`audit_guard`), which names what somebody has done
# to it. Such a flaw is no flaw of the backup, which has the rows as they are.
WATCHED = frozenset({"audit", "audit_head", "audit_waiting", "audit_seal"})
