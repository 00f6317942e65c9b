"""Taking the database to a new schema: with a copy first, and back to it where a step fails.

Each step is a transaction of its own, so a failure in the third leaves the first two taken, and
neither the old program nor the new one could open that. The copy is put back by SQLite, in one
transaction: a box that is killed at any moment finds the old database or the new one at its next
start. Knows no step of its own (`migrations`).
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from practicebox.store.backup.conditions import TargetFull
from practicebox.store.backup.target import check_space
from practicebox.store.conditions import NewerDatabase, UpgradeFailed
from practicebox.store.sql.migrations import MIGRATIONS, migrate
from practicebox.store.vault.boxkey import sync_folder

UNFINISHED = "practicebox.db.upgrading"  # the copy while the steps are being taken
KEPT = "practicebox.db.before-upgrade"  # the copy afterwards, for who wants the old program back
MEMORY = timedelta(days=14)

log = logging.getLogger(__name__)


def upgrade(
    connection: sqlite3.Connection,
    path: Path,
    migrations: Sequence[Sequence[str]] = MIGRATIONS,
) -> None:
    """Bring the database at `path` up to date; raise `NewerDatabase` or `UpgradeFailed`.

    After `UpgradeFailed` it is as it was. A box that was killed meanwhile starts from the copy.
    """
    copy = path.with_name(UNFINISHED)
    if copy.exists():
        _put_back(connection, copy)
        log.warning("upgrade_begun_again")
    before = _version(connection)
    if before == 0 or before >= len(migrations):
        migrate(connection, migrations)  # nothing to lose, nothing to do, or from the future
        copy.unlink(missing_ok=True)
        return
    _copy(connection, copy)
    try:
        migrate(connection, migrations)
    except NewerDatabase:
        raise
    except Exception as error:
        _put_back(connection, copy)
        _forget(copy)
        raise UpgradeFailed(
            f"The database could not be taken from schema {before} to {len(migrations)}; it is as"
            " it was before. Install the earlier version of PracticeBox again, and report this."
        ) from error
    copy.replace(path.with_name(KEPT))
    sync_folder(path.parent)
    log.info("upgraded", extra={"count": len(migrations) - before})


def forget_old_copies(folder: Path, now: datetime) -> None:
    """Throw away the copy of the last upgrade after two weeks: it holds what was deleted since."""
    copy = folder / KEPT
    try:
        made = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    except FileNotFoundError:
        return
    if now - made > MEMORY:
        _forget(copy)


def _copy(connection: sqlite3.Connection, copy: Path) -> None:
    """A complete copy under its name, or none; raise `UpgradeFailed` without room for it."""
    draft = copy.with_name(f"{copy.name}.new")
    draft.unlink(missing_ok=True)
    try:
        check_space(copy.parent, _size(connection))
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(draft, isolation_level=None)) as into:
            connection.backup(into)
            into.execute("PRAGMA journal_mode = DELETE")
        _sync(draft)
        draft.rename(copy)
        sync_folder(copy.parent)
    except (TargetFull, OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise UpgradeFailed(
            "There is no room for a copy of the database, which is made before it is changed;"
            " make room on the disk and start again."
        ) from error


def _put_back(connection: sqlite3.Connection, copy: Path) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as kept:
        kept.execute("PRAGMA query_only = ON")
        kept.backup(connection)  # all pages in one transaction


def _forget(copy: Path) -> None:
    copy.unlink(missing_ok=True)
    sync_folder(copy.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _size(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
