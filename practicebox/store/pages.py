"""Derived pages about many subjects, each sealed with a key of its own.

A page of the calendar or of the directory names many people. Were all pages sealed with one key,
an old copy of a page would open for ever, whoever on it has been deleted since. So a page is a
subject: its key is wrapped in `subjects`, and a deletion that rewrites the page gives it a new key
(`fresh`). Then whatever is left of the old page opens for nobody, as with a patient's own rows.

A page whose key is of an earlier generation gets a new one with its next change, so that who has
left reads nothing that was written afterwards. Runs in the database thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from practicebox.store.vault import keyring as keys
from practicebox.store.vault.keyring import Keyring, Subject, open_record, open_subject, seal_record
from practicebox.store.vault.subjects import find_subject, put_subject, shred

Random = Callable[[int], bytes]


def subject_id(table: str, row: str | int) -> str:
    """The id of a page's key."""
    return f"{table}:{row}"


def open_page(
    keyring: Keyring,
    table: str,
    row: str | int,
    sealed: tuple[int, bytes],
    wrapped: tuple[int | None, bytes | None],
) -> bytes:
    """The blob of a page; raise `SealBroken`.

    `sealed` and `wrapped` are generation and bytes of the page and of its key. Pages of versions
    before the directory have no key; they were sealed with the generation's.
    """
    wrapped_in, key = wrapped
    if wrapped_in is None or key is None:
        return keys.open_page(keyring, table, str(row), *sealed)
    subject = open_subject(keyring, subject_id(table, row), wrapped_in, key)
    return open_record(subject, table, str(row), *sealed)


def seal_page(
    connection: sqlite3.Connection,
    keyring: Keyring,
    table: str,
    row: str | int,
    blob: bytes,
    random: Random,
    *,
    fresh: bool = False,
) -> tuple[int, bytes]:
    """Generation and sealed bytes of a page; `fresh` throws the key it had away."""
    subject = None if fresh else _current(connection, keyring, subject_id(table, row))
    if subject is None:
        subject = put_subject(connection, keyring, subject_id(table, row), random)
    return subject.generation, seal_record(subject, table, str(row), blob, random)


def drop_key(connection: sqlite3.Connection, table: str, row: str | int) -> None:
    """Throw away the key of a page that is gone."""
    shred(connection, subject_id(table, row))


def _current(connection: sqlite3.Connection, keyring: Keyring, id_: str) -> Subject | None:
    """The key a page has, unless it is of an earlier generation."""
    subject = find_subject(connection, keyring, id_)
    return subject if subject and subject.generation == keyring.current.number else None
