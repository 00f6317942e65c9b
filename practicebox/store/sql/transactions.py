"""All or nothing, and the time of the last write.

The box checks its clock against that time at start: a clock before the last write is wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from practicebox.store.times import from_text, to_text

# To the minute is exact enough to find a wrong clock, and spares most commits a page.
_STAMP = (
    "INSERT INTO clock (one, last_write) VALUES (1, ?)"
    " ON CONFLICT (one) DO UPDATE SET last_write = excluded.last_write"
    " WHERE substr(last_write, 1, 16) <> substr(excluded.last_write, 1, 16)"
)


@contextmanager
def atomic(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE to COMMIT, or ROLLBACK on any exception."""
    if connection.in_transaction:  # a disk that failed let no ROLLBACK through
        connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself when the disk is full
            connection.execute("ROLLBACK")
        raise


@contextmanager
def transaction(connection: sqlite3.Connection, moment: datetime) -> Iterator[None]:
    """A transaction that writes something of the practice, at `moment`."""
    with atomic(connection):
        yield
        connection.execute(_STAMP, (to_text(moment),))


def last_write(connection: sqlite3.Connection) -> datetime | None:
    """When anything was last written, or at most a minute before; None in an empty box."""
    row = connection.execute("SELECT last_write FROM clock").fetchone()
    return from_text(row[0]) if row else None
