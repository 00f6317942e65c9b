"""The connection to SQLite, in aiosqlite's thread, with settings that really took.

A caller passes a function and gets its result: one hop to the thread for a whole request (24 us
against 80 to 150 us for four awaits, DESIGN section 11). Knows no table.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import aiosqlite

from practicebox.store.conditions import (
    CannotOpen,
    DatabaseDamaged,
    DiskFailed,
    DiskTrouble,
    FolderNotUsable,
    PragmaRefused,
)
from practicebox.store.sql.transactions import transaction
from practicebox.store.sql.upgrade import upgrade
from practicebox.store.vault.boxkey import sync_folder

log = logging.getLogger(__name__)

NAME = "practicebox.db"
T = TypeVar("T")

# name, what we ask for, what SQLite must answer afterwards
PRAGMAS: tuple[tuple[str, str, str | int], ...] = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),  # NORMAL loses acknowledged commits in a power cut (DESIGN 5)
    ("secure_delete", "ON", 1),  # deleted bytes are overwritten with zeros
    ("foreign_keys", "ON", 1),
    ("temp_store", "MEMORY", 2),  # no temporary files
    ("trusted_schema", "OFF", 0),  # a manipulated schema can't call functions
)


class Database:
    """One connection and the thread it lives in."""

    def __init__(
        self, connection: aiosqlite.Connection, now: Callable[[], datetime], folder: Path
    ) -> None:
        self._connection = connection
        self._now = now
        self._folder = folder
        self.trouble: DiskTrouble | None = None  # since the last write that succeeded

    @classmethod
    async def open(cls, path: Path, now: Callable[[], datetime]) -> Database:
        """Open or create the file and bring it up to date.

        Raise a `CannotOpen`, or `OSError` for a file that can't be written.
        """
        _touch(path)
        try:
            database = cls(await aiosqlite.connect(path, isolation_level=None), now, path.parent)
            await database._prepare(path)
        except sqlite3.DatabaseError as error:
            raise _condition(path, error) from error
        return database

    async def _prepare(self, path: Path) -> None:
        try:
            await self._execute(set_pragmas)
            await self._execute(lambda connection: upgrade(connection, path))
        except BaseException:
            await self.close()
            raise

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """What `function(connection)` returns in the thread. It runs even if the caller is gone.

        Raise `DiskFailed` where the disk doesn't do its part; the next try may succeed.
        """

        def noticed(connection: sqlite3.Connection) -> T:
            before = connection.total_changes
            result = function(connection)
            if connection.total_changes > before:
                self.trouble = None
            return result

        try:
            return await self._execute(noticed)
        except sqlite3.DatabaseError as error:
            trouble = disk_trouble(error, self._folder)
            if trouble is None:
                raise
            self.trouble = trouble
            log.error("disk_failed", extra={"reason": trouble.value})
            raise DiskFailed(trouble) from error

    async def _execute(self, function: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        # The two private names are aiosqlite's own way to run something in its thread; its public
        # methods take single statements only, at one hop each.
        result: T = await connection._execute(  # type: ignore[no-untyped-call]  # untyped there
            function, connection._conn
        )
        return result

    async def transaction(
        self, function: Callable[[sqlite3.Connection], T], *, erases: bool = False
    ) -> T:
        """What `function(connection)` returns in a transaction of its own: all of it or nothing.

        `erases` also removes what the function deleted from the write-ahead log.
        """
        moment = self._now()

        def write(connection: sqlite3.Connection) -> T:
            with transaction(connection, moment):
                result = function(connection)
            if erases:
                empty_log(connection)
            return result

        return await self.run(write)

    async def close(self) -> None:
        """Finish what is queued and close."""
        await self._connection.close()


def set_pragmas(connection: sqlite3.Connection) -> None:
    """Make all settings and read them back; raise `PragmaRefused`."""
    for name, wanted, expected in PRAGMAS:
        connection.execute(f"PRAGMA {name} = {wanted}")
        (answer,) = connection.execute(f"PRAGMA {name}").fetchone()
        if answer != expected:
            raise PragmaRefused(
                f"SQLite doesn't take {name} = {wanted} here; use a local disk and a newer SQLite."
            )


def empty_log(connection: sqlite3.Connection) -> None:
    """Move the write-ahead log into the database and cut it to nothing, after deletions.

    The log still holds the deleted rows as they were; `secure_delete` doesn't reach it.
    """
    try:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:  # of the disk: what was deleted is deleted nevertheless
        busy = 1
    if busy:  # or a foreign process reads the database
        log.warning("checkpoint_postponed")


def disk_trouble(error: sqlite3.DatabaseError, folder: Path) -> DiskTrouble | None:
    """What the disk has to do with `error`; None for nothing (sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # only errors of SQLite itself have one
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DiskTrouble.DAMAGED
    if code == sqlite3.SQLITE_FULL:
        return DiskTrouble.FULL
    if code not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return None
    try:
        about = os.statvfs(folder)
    except OSError:
        return DiskTrouble.BROKEN
    if about.f_flag & os.ST_RDONLY or code == sqlite3.SQLITE_READONLY:
        return DiskTrouble.READ_ONLY
    # Shared memory and a new log say "I/O error" or "unable to open" on a disk without room.
    return DiskTrouble.BROKEN if about.f_bavail else DiskTrouble.FULL


def _condition(path: Path, error: sqlite3.DatabaseError) -> CannotOpen:
    if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return DatabaseDamaged(f"{path} is damaged; put it back from a backup.")
    return FolderNotUsable(f"{path} can't be used ({error}); check owner, permissions and space.")


def _touch(path: Path) -> None:
    """Make sure of a file that can be written; a new one is the owner's alone.

    WAL and shared memory take over its permissions. Raise `OSError`.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    sync_folder(path.parent)
