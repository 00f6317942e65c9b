"""The table of wrapped subject keys: one row for each appointment, user and device."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from practicebox.store.keyring import Keyring, Subject, new_subject

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


def shred(connection: sqlite3.Connection, subject_id: str) -> bool:
    """Throw away a subject's key, and by foreign keys its rows; whether there was one."""
    deleted = connection.execute("DELETE FROM subjects WHERE id = ?", (subject_id,))
    return deleted.rowcount == 1
