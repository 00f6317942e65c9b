"""The end of operation: notice, its revocation, and the irrevocable deletion of the whole box.

The notice is a day in the settings, tagged with the key of the box. On the day after, the deletion
begins with a mark in the data folder that survives a power cut. Then the keys and all rows are
overwritten, and the process starts anew; before it opens anything, it finds the mark, overwrites
and removes every file of the folder, the mark last. What follows is an empty box with its wizard.

Overwriting reaches what the file system shows. A memory card may keep old cells out of reach; what
stood there was sealed, with keys that were sealed themselves.
"""

from __future__ import annotations

import hmac
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from practicebox.practice.notice import last_day, over_at
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NotFounded
from practicebox.store.sql.database import NAME as DATABASE
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.boxkey import NAME as BOX_KEY
from practicebox.store.vault.boxkey import BoxKey, sync_folder

MARK = "erase.now"
_SETTING = "ending"
_BLOCK = 1024 * 1024  # bytes overwritten at once
_FIRST = (DATABASE, f"{DATABASE}-wal", BOX_KEY)  # keys and rows go before everything else


@dataclass(frozen=True)
class Notice:
    """Notice has been given."""

    given: datetime
    last: date  # the last day of operation
    over: datetime  # when everything is deleted


class NoNotice(Exception):
    """There is no notice to revoke."""


class EndOfOperation:
    """Notice and deletion. Works while the vault is locked."""

    def __init__(self, box: Box, folder: Path) -> None:
        self._box = box
        self._folder = folder

    async def notice(self) -> Notice | None:
        """The notice that stands; None without one."""
        return await self._box.database.run(lambda c: _read(c, self._box.key))

    async def proposed(self) -> Notice:
        """What giving notice now would mean; raise `NotFounded`."""
        now = self._box.now()
        return await self._box.database.run(lambda c: _propose(c, now))

    async def give(self, by: By) -> Notice:
        """Give notice; an earlier one stands. Raise `NotFounded`."""
        box, now = self._box, self._box.now()

        def write(connection: sqlite3.Connection) -> Notice:
            standing = _read(connection, box.key)
            if standing:
                return standing
            notice = _propose(connection, now)
            _keep(connection, box.key, notice)
            given = by.did(Action.NOTICE_GIVEN, detail=notice.last.isoformat())
            audit_waiting.record(connection, box, now, given)
            return notice

        return await box.database.transaction(write)

    async def revoke(self, by: By) -> None:
        """Take notice back; raise `NoNotice`."""
        box, now = self._box, self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            gone = connection.execute("DELETE FROM settings WHERE name = ?", (_SETTING,))
            if gone.rowcount != 1:
                raise NoNotice
            audit_waiting.record(connection, box, now, by.did(Action.NOTICE_REVOKED))

        await box.database.transaction(write)

    async def is_over(self) -> bool:
        """Whether everything has to be deleted now."""
        notice = await self.notice()
        return notice is not None and self._box.now() >= notice.over

    async def erase(self) -> None:
        """Mark the folder, and overwrite all keys and rows. The process has to start anew then."""
        leave_mark(self._folder)
        self._box.vault.lock()
        await self._box.database.run(_overwrite_rows)


def leave_mark(folder: Path) -> None:
    """Decide it: from here on the folder will be emptied, whatever happens to the process."""
    handle = os.open(folder / MARK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(folder)


def is_marked(folder: Path) -> bool:
    """Whether everything in a folder is going to be deleted."""
    return (folder / MARK).exists()


def finish(folder: Path) -> bool:
    """Empty a folder that has the mark; whether it had. Raise `OSError`."""
    mark = folder / MARK
    if not is_marked(folder):
        return False
    first = [folder / name for name in _FIRST if (folder / name).is_file()]
    others = sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True)
    for path in (*first, *others):
        if path != mark and os.path.lexists(path):
            _remove(path)
    sync_folder(folder)
    mark.unlink()
    sync_folder(folder)
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
        return
    if path.is_file() and not path.is_symlink():
        _overwrite(path)
    path.unlink()


def _overwrite(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        left = os.fstat(handle).st_size
        while left > 0:
            left -= os.write(handle, os.urandom(min(left, _BLOCK)))
        os.fsync(handle)
    finally:
        os.close(handle)


def _overwrite_rows(connection: sqlite3.Connection) -> None:
    """Delete every row of every table; `secure_delete` writes zeros over them."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA defer_foreign_keys = ON")
    for (table,) in tables:
        connection.execute(f'DELETE FROM "{table}"')
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _propose(connection: sqlite3.Connection, now: datetime) -> Notice:
    row = connection.execute("SELECT time_zone FROM practice").fetchone()
    if row is None:
        raise NotFounded
    zone = ZoneInfo(row[0])
    last = last_day(now.astimezone(zone).date())
    return Notice(now, last, over_at(last, zone))


def _keep(connection: sqlite3.Connection, key: BoxKey, notice: Notice) -> None:
    content = [to_text(notice.given), notice.last.isoformat(), to_text(notice.over)]
    value = json.dumps([*content, _tag(key, content)])
    connection.execute(
        "INSERT INTO settings (name, value, changed) VALUES (?, ?, ?)",
        (_SETTING, value, to_text(notice.given)),
    )


def _read(connection: sqlite3.Connection, key: BoxKey) -> Notice | None:
    """The notice; a row that isn't ours is none, for nothing may be deleted by a damaged one."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_SETTING,)).fetchone()
    if row is None:
        return None
    try:
        given, last, over, tag = json.loads(row[0])
        if not hmac.compare_digest(_tag(key, [given, last, over]), tag):
            return None
        return Notice(from_text(given), date.fromisoformat(last), from_text(over))
    except (ValueError, TypeError):
        return None


def _tag(key: BoxKey, content: list[str]) -> str:
    return key.tag("ending", "|".join(content).encode()).hex()
