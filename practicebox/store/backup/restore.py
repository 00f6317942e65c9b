"""Putting a backup back into an empty data folder, with the master password alone.

Everything is unpacked beside its place and checked there, sealed rows included, before the first
file is moved; the database comes last. So a power cut leaves an unfinished restore, which the next
one clears away, or a complete box. Whatever is in the folder already stays as it is.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit import mark as audit_mark
from practicebox.store.backup import content as backup_content
from practicebox.store.backup import format as backup_format
from practicebox.store.backup import keys as backup_keys
from practicebox.store.backup.conditions import TargetFailed
from practicebox.store.backup.format import Header
from practicebox.store.backup.ledger import LedgerFile, Level
from practicebox.store.backup.make import Tell
from practicebox.store.backup.proof import check_copy, unpack
from practicebox.store.backup.target import make_target
from practicebox.store.conditions import CannotOpen, FolderNotEmpty, WrongMasterPassword
from practicebox.store.sql import database, folder
from practicebox.store.sql.transactions import transaction
from practicebox.store.times import to_text
from practicebox.store.vault import boxkey
from practicebox.store.vault.boxkey import sync_folder
from practicebox.store.vault.keyring import Keyring

RESTORING = "restore.tmp"
IGNORED = frozenset({"lost+found"})  # of a disk of its own
_OURS = (audit_mark.NAME, boxkey.NAME, backup_content.BESIDE)  # moved before the database


@dataclass(frozen=True)
class Restored:
    """What has been put back."""

    practice: str  # its short name
    made: datetime  # when the backup was made
    appointments: int


@dataclass(frozen=True)
class LastGood:
    """The backup to go back to."""

    path: Path
    made: datetime
    is_proven: bool


def check(file: Path, data: Path) -> datetime:
    """When the backup was made, if it looks whole and the folder is empty.

    Raise `BackupRefused`, `CannotOpen` or `OSError`. Needs no key, so it comes before any question.
    """
    with file.open("rb") as opened:
        header, _ = backup_format.read_header(opened)
    with _empty(data):
        return header.made


def restore(
    file: Path,
    data: Path,
    master_passwords: Iterable[str],
    now: datetime,
    random: Callable[[int], bytes],
    tell: Tell,
) -> Restored:
    """Put a backup back; the passwords are readings of what somebody typed.

    Raise `WrongMasterPassword`, `BackupRefused`, `CannotOpen`, `TargetFull` or `OSError`; the
    folder is as empty as before then.
    """
    with file.open("rb") as opened:
        header, raw = backup_format.read_header(opened)
        with _empty(data):
            key, keyring = _open(header, master_passwords)
            return _restore(opened, header, raw, key, keyring, data, now, random, tell)


def last_good(data: Path, backup_folder: Path | None) -> LastGood | None:
    """The newest proven backup, or the newest at all; None where there is none to be found."""
    try:
        target = make_target(backup_folder, data, boxkey.load(data / boxkey.NAME))
        files = target.backups()
    except (CannotOpen, TargetFailed, OSError):
        return None
    levels = {e.name: e.level for e in LedgerFile(data).read().entries if not e.fault}
    proven = [each for each in files if levels.get(each.name) in {Level.WHOLE, Level.COPY}]
    for found in (proven or files)[-1:]:
        return LastGood(target.path / found.name, found.made, bool(proven))
    return None


def _restore(
    file: BinaryIO,
    header: Header,
    raw: bytes,
    key: bytes,
    keyring: Keyring,
    data: Path,
    now: datetime,
    random: Callable[[int], bytes],
    tell: Tell,
) -> Restored:
    beside = data / RESTORING
    beside.mkdir(mode=0o700)
    try:
        manifest = unpack(file, key, header, raw, beside, tell)
        copy = beside / database.NAME
        check_copy(copy, manifest, header.way, keyring, tell)
        restored = _settle(copy, keyring, header.made, now, random)
        _give_to_owner(beside, data)
        _move(beside, data)
        return restored
    finally:
        if not (data / database.NAME).exists():
            _clear(data)


def _settle(
    copy: Path,
    keyring: Keyring,
    made: datetime,
    now: datetime,
    random: Callable[[int], bytes],
) -> Restored:
    """End all sessions, and say in the audit log that time went back on purpose."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        with transaction(connection, now):
            connection.execute("DELETE FROM sessions")
            entry = audit.Entry(audit.BOX, "", audit.Action.RESTORED, detail=to_text(made))
            audit.note(connection, keyring, random, now, entry)
            head = audit_chain.read_head(connection, keyring)
            # Not just one more: the same backup may be put back twice, with a life in between.
            era = max(head.era + 1, int(now.timestamp()))
            head = replace(head, era=era, restored=head.last)
            audit_head.write(connection, keyring, random, head)
        audit_mark.write(connection, keyring, random, head)
        (name,) = connection.execute("SELECT short_name FROM practice").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM appointments").fetchone()
    return Restored(str(name), made, int(count))


def _open(header: Header, master_passwords: Iterable[str]) -> tuple[bytes, Keyring]:
    for password in master_passwords:
        try:
            return backup_keys.open_by_master(header.way, header.made, password)
        except WrongMasterPassword:
            continue
    raise WrongMasterPassword


@contextmanager
def _empty(data: Path) -> Iterator[None]:
    """Have the folder alone; raise `FolderNotEmpty`, `FolderInUse` or `FolderNotUsable`."""
    taken = folder.take(data)
    try:
        if (data / RESTORING).exists() and not (data / database.NAME).exists():
            _clear(data)  # a restore that was interrupted: the folder was empty before it
        if set(os.listdir(data)) - IGNORED:
            raise FolderNotEmpty(
                f"The data folder {data} is not empty, and nothing in it is overwritten. Stop"
                f" PracticeBox, move what is there away (mv {data} {data}.old; for the service"
                " move the files inside), and try again."
            )
        yield
    finally:
        taken.release()


def _clear(data: Path) -> None:
    for name in _OURS:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(data / RESTORING, ignore_errors=True)


def _give_to_owner(beside: Path, data: Path) -> None:
    """Root puts back what the service will own."""
    owner = data.stat()
    for path in (beside, *beside.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, owner.st_uid, owner.st_gid)
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _move(beside: Path, data: Path) -> None:
    for name in (*_OURS, database.NAME):
        if (beside / name).exists():
            (beside / name).rename(data / name)
            sync_folder(data)
    beside.rmdir()
