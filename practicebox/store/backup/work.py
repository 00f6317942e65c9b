"""Backups as whole deeds: make and prove, prove again, throw away, look; each noted in the ledger.

Everything here blocks and is done by one process at a time. The running box calls it in a thread
(`backup`), the command line directly. Clock, randomness and keys are passed in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from practicebox.store.backup import make as backup_make
from practicebox.store.backup import proof as backup_proof
from practicebox.store.backup.conditions import (
    BackupRefused,
    SourceDamaged,
    TargetFailed,
    TargetFull,
    TargetMissing,
)
from practicebox.store.backup.ledger import Entry, Ledger, LedgerFile, Level
from practicebox.store.backup.make import Tell, alone
from practicebox.store.backup.target import Found, Target, surplus
from practicebox.store.sql import upgrade
from practicebox.store.vault.keyring import Keyring

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Place:
    """Where backups of one box come from and go to."""

    data: Path
    target: Target

    @property
    def ledger(self) -> LedgerFile:
        """What is remembered of them."""
        return LedgerFile(self.data)


@dataclass(frozen=True)
class Overview:
    """All there is to say of the backups."""

    folder: Path
    is_own: bool  # below the data folder, because nobody has chosen another
    is_apart: bool  # on another disk than the data
    files: tuple[Found, ...]  # what lies in the folder, oldest first
    ledger: Ledger
    unreachable: str  # word of a `TargetFailed`; empty where the folder can be read


def make(
    place: Place, now: datetime, random: Random, tell: Tell, keyring: Keyring | None = None
) -> tuple[Entry, bytes]:
    """Make a backup and prove it at once; its entry and the key of its file.

    Raise `NotFounded`, `BackupBusy`, or a `TargetFailed` or `BackupRefused`, which are noted.
    """
    with alone(place.data), _noting_trouble(place, now):
        _check_disk(place)
        moment = _free_second(place, now)
        with _naming_damage():
            made = backup_make.make(place.data, place.target, moment, random, tell)
        entry = Entry(made.name, made.made, made.size, made.digest, made.generation)
        place.ledger.write(replace(place.ledger.read().with_entry(entry), trouble=None))
        return _prove(place, entry.name, now, tell, keyring, made.file_key), made.file_key


def prove(
    place: Place,
    name: str,
    now: datetime,
    tell: Tell,
    keyring: Keyring | None = None,
    file_key: bytes | None = None,
) -> Entry:
    """Prove a backup in the folder; raise as `make`. What was found is noted."""
    with alone(place.data), _noting_trouble(place, now):
        return _prove(place, name, now, tell, keyring, file_key)


def throw_away(place: Place, now: datetime) -> int:
    """Delete what need not be kept any longer; how many backups. Raise a `TargetFailed`."""
    with alone(place.data):
        files = place.target.backups()
        ledger = place.ledger.read()
        names = {each.name for each in files}
        gone = surplus(files, _proven(ledger, names), now)
        place.target.remove(each.name for each in gone)
        kept = ledger.without_old(now, names - {each.name for each in gone})
        if kept != ledger:
            place.ledger.write(kept)
        upgrade.forget_old_copies(place.data, now)
        return len(gone)


def erase(place: Place) -> int:
    """Delete all backups of this box, at the end of its operation; how many. Raise as `throw_away`.

    They open with the master password for ever, and a medium that is not there keeps its own.
    """
    with alone(place.data):
        files = place.target.backups()
        place.target.remove(each.name for each in files)
        return len(files)


def look(place: Place) -> Overview:
    """What lies in the folder, and what is remembered."""
    ledger, target = place.ledger.read(), place.target
    try:
        files, unreachable = tuple(target.backups()), ""
    except TargetFailed as condition:
        files, unreachable = (), condition.word
        if isinstance(condition, TargetMissing) and target.is_own:
            unreachable = ""  # it is made with the first backup
    is_apart = not unreachable and _is_apart(place)
    if _has_gone(place, ledger, is_apart):
        unreachable = TargetMissing.word
    return Overview(target.path, target.is_own, is_apart, files, ledger, unreachable)


def out_of_reach(place: Place) -> Overview:
    """What is remembered, where the folder doesn't answer."""
    target = place.target
    ledger = place.ledger.read()
    return Overview(target.path, target.is_own, False, (), ledger, TargetMissing.word)


def _prove(
    place: Place,
    name: str,
    now: datetime,
    tell: Tell,
    keyring: Keyring | None,
    file_key: bytes | None,
) -> Entry:
    ledger = place.ledger.read()
    entry = ledger.entry(name) or _unknown(place, name)
    digest = entry.digest or None
    path = place.target.path / name
    try:
        level = backup_proof.prove(
            path, place.data, tell, keyring=keyring, file_key=file_key, digest=digest
        )
    except BackupRefused as condition:
        failed = replace(entry, level=None, proved=now, fault=condition.word)
        place.ledger.write(ledger.with_entry(failed))
        raise
    proved = replace(entry, level=_better(entry, level), proved=now, fault="")
    place.ledger.write(replace(ledger.with_entry(proved), trouble=None))
    return proved


def _better(entry: Entry, level: Level) -> Level:
    """A whole proof stays one while the bytes are the same."""
    unchanged = entry.digest and not entry.fault
    return Level.WHOLE if unchanged and entry.level is Level.WHOLE else level


def _unknown(place: Place, name: str) -> Entry:
    """A backup of this box from before it was restored, or whose ledger is lost."""
    found = [each for each in place.target.backups() if each.name == name]
    if not found:
        raise TargetMissing
    return Entry(name, found[0].made, found[0].size, "", 0)


def _free_second(place: Place, now: datetime) -> datetime:
    """The next second without a backup: the time in the name says which is the newest."""
    taken = {each.made for each in place.target.backups()}
    moment = now.replace(microsecond=0)
    while moment in taken:
        moment += timedelta(seconds=1)
    return moment


def _check_disk(place: Place) -> None:
    """Raise `TargetMissing` where a folder that was on another disk has become an empty one.

    A stick that isn't plugged in leaves the folder it is mounted on, on the disk of the box.
    """
    is_apart = place.target.prepare(place.data)
    ledger = place.ledger.read()
    if _has_gone(place, ledger, is_apart):
        raise TargetMissing
    if is_apart and ledger.apart != str(place.target.path):
        place.ledger.write(replace(ledger, apart=str(place.target.path)))


def _has_gone(place: Place, ledger: Ledger, is_apart: bool) -> bool:
    return ledger.apart == str(place.target.path) and not is_apart


def _is_apart(place: Place) -> bool:
    try:
        return place.target.path.stat().st_dev != place.data.stat().st_dev
    except OSError:
        return False


def _proven(ledger: Ledger, names: set[str]) -> str | None:
    """The newest that has been opened completely, or else with the key of its file."""
    good = [each for each in ledger.entries if each.name in names and not each.fault]
    for level in (Level.WHOLE, Level.COPY):
        for entry in reversed(good):
            if entry.level is level:
                return entry.name
    return None


@contextmanager
def _noting_trouble(place: Place, now: datetime) -> Iterator[None]:
    try:
        yield
    except (TargetFailed, BackupRefused) as condition:
        ledger = place.ledger.read()
        place.ledger.write(ledger.in_trouble(condition.word, now))
        raise


@contextmanager
def _naming_damage() -> Iterator[None]:
    """Name what SQLite says of the running database and of the disk it lies on."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise SourceDamaged from error
        if code == sqlite3.SQLITE_FULL:
            raise TargetFull from error
        raise
