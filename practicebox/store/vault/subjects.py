"""The table of wrapped subject keys: one row for each patient, appointment, page, user, device."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from practicebox.store.vault.keyring import Keyring, Subject, new_subject, open_subject

Random = Callable[[int], bytes]


def add_subject(
    connection: sqlite3.Connection, keyring: Keyring, subject_id: str, random: Random
) -> Subject:
    """A new subject, its wrapped key in the table."""
    subject, wrapped = new_subject(keyring, subject_id, random)
    connection.execute(
        "INSERT INTO subjects (id, generation, wrapped) VALUES (?, ?, ?)",
        (subject_id, subject.generation, wrapped),
    )
    return subject


def put_subject(
    connection: sqlite3.Connection, keyring: Keyring, subject_id: str, random: Random
) -> Subject:
    """A subject with a new key, in place of any it had; its rows must be sealed anew."""
    subject, wrapped = new_subject(keyring, subject_id, random)
    connection.execute(
        "INSERT INTO subjects (id, generation, wrapped) VALUES (?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET generation = excluded.generation, wrapped = excluded.wrapped",
        (subject_id, subject.generation, wrapped),
    )
    return subject


def find_subject(
    connection: sqlite3.Connection, keyring: Keyring, subject_id: str
) -> Subject | None:
    """A subject; None where there is none. Raise `SealBroken`."""
    row = connection.execute(
        "SELECT generation, wrapped FROM subjects WHERE id = ?", (subject_id,)
    ).fetchone()
    return open_subject(keyring, subject_id, *row) if row else None


def shred(connection: sqlite3.Connection, subject_id: str) -> bool:
    """Throw away a subject's key, and by foreign keys its rows; whether there was one."""
    deleted = connection.execute("DELETE FROM subjects WHERE id = ?", (subject_id,))
    return deleted.rowcount == 1
