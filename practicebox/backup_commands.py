"""`practicebox backup` and `practicebox restore`: backups from the command line.

Beside a running box or without one. Exit status 0, or a sentence on stderr that says what is
wrong and what to do.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from practicebox.config import Config
from practicebox.store.backup import restore
from practicebox.store.backup import work as backup_work
from practicebox.store.backup.conditions import (
    BackupAltered,
    BackupBusy,
    BackupRefused,
    BackupTruncated,
    ContentDiffers,
    CopyDamaged,
    ForeignBackup,
    NewerBackup,
    NotABackup,
    SourceDamaged,
    TargetBroken,
    TargetFailed,
    TargetForbidden,
    TargetFull,
    TargetMissing,
    TargetReadOnly,
)
from practicebox.store.backup.make import Progress, Step
from practicebox.store.backup.target import make_target
from practicebox.store.backup.work import Place
from practicebox.store.conditions import CannotOpen, FolderInUse, NotFounded, WrongMasterPassword
from practicebox.store.sql import folder
from practicebox.store.vault import boxkey
from practicebox.web.staff.recover import readings

TRIES = 3  # for the master password, where somebody sits at the terminal
WIDTH = 30  # characters of a progress bar
STEPS = {
    Step.COPY: "Copying the database",
    Step.SEAL: "Writing the backup",
    Step.OPEN: "Reading the backup",
    Step.CHECK: "Checking its content",
}
SENTENCES: dict[type[Exception], str] = {
    NotABackup: "This file is no backup of PracticeBox.",
    NewerBackup: "This backup was made by a newer version; install that version first.",
    BackupTruncated: "This backup is incomplete: its end is missing. Take an earlier one.",
    BackupAltered: "This backup is damaged: it is not as it was written. Take an earlier one.",
    ForeignBackup: "This backup is of another practice.",
    ContentDiffers: "What came out of this backup is not what the box had. Take an earlier one.",
    CopyDamaged: "The database inside this backup is damaged. Take an earlier one.",
    SourceDamaged: "The database of the box is damaged. Nothing was saved; earlier backups stay.",
    TargetMissing: "The folder for backups is missing: plug in the stick or connect the share.",
    TargetReadOnly: "The folder for backups is read-only.",
    TargetForbidden: "This user may not write into the folder for backups.",
    TargetFull: "There is not enough room on the disk.",
    TargetBroken: "The folder for backups can't be read or written; try another stick.",
    NotFounded: "There is no practice on this box yet, so there is nothing to save.",
    BackupBusy: "A backup is being made or checked already; try again in a minute.",
    WrongMasterPassword: "This master password doesn't open the backup.",
}


class CannotDo(Exception):
    """The command can't be carried out; the text says why."""


def backup(config: Config) -> int:
    """Make a backup and prove it as far as that goes without the practice's keys."""
    with _saying_what_is_wrong(), _data_folder(config.data_folder) as data:
        key = boxkey.load(data / boxkey.NAME)
        place = Place(data, make_target(config.backup_folder, data, key))
        bar = Bar(sys.stderr)
        entry, _ = backup_work.make(place, _now(), os.urandom, bar.show)
        bar.end()
        backup_work.throw_away(place, _now())
        print(place.target.path / entry.name)
        print(
            "Saved and read back. Sealed rows are checked by the box once somebody has logged in."
        )
    return 0


def put_back(config: Config, file: Path) -> int:
    """Put a backup back into the empty data folder."""
    with _saying_what_is_wrong():
        made = restore.check(file, config.data_folder)
        print(f"Backup of {made:%Y-%m-%d %H:%M} UTC.", file=sys.stderr)
        for left in reversed(range(TRIES if sys.stdin.isatty() else 1)):
            bar = Bar(sys.stderr)
            try:
                words = readings(_ask("Master password (six words): "))
                found = restore.restore(
                    file, config.data_folder, words, _now(), os.urandom, bar.show
                )
            except WrongMasterPassword:
                if not left:
                    raise
                print(SENTENCES[WrongMasterPassword], file=sys.stderr)
                continue
            bar.end()
            print(
                f"Restored: {found.practice}, {found.appointments} appointments, as of"
                f" {found.made:%Y-%m-%d %H:%M} UTC. Start PracticeBox and log in."
            )
            return 0
    raise AssertionError("the last try ends with an answer or with a sentence")


def way_back(config: Config) -> str:
    """What to do about a damaged database, with the last good backup by name; empty without one."""
    found = restore.last_good(config.data_folder, config.backup_folder)
    if found is None:
        return ""
    which = "last proven" if found.is_proven else "last"
    return (
        f" The {which} backup is of {found.made:%Y-%m-%d %H:%M} UTC: move the files out of the data"
        f" folder and run: practicebox restore {found.path}"
    )


class Bar:
    """A progress bar on a terminal; one line per step elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: tuple[Step, int] | None = None

    def show(self, progress: Progress) -> None:
        percent = min(100, 100 * progress.done // progress.total)
        if self._shown == (progress.step, percent):
            return
        is_new = self._shown is None or self._shown[0] is not progress.step
        self._shown = progress.step, percent
        if self._stream.isatty():
            filled = "#" * (WIDTH * percent // 100)
            start = "\n" if is_new else "\r"
            line = f"{start}{STEPS[progress.step]:24}[{filled:{WIDTH}}] {percent:3} %"
            print(line, end="", file=self._stream, flush=True)
        elif is_new:
            print(f"{STEPS[progress.step]} ...", file=self._stream, flush=True)

    def end(self) -> None:
        if self._stream.isatty():
            print(file=self._stream, flush=True)


@contextmanager
def _data_folder(path: Path) -> Iterator[Path]:
    """The folder, alone where no box runs with it: none may start half-way."""
    if not (path / boxkey.NAME).exists():
        raise NotFounded
    try:
        taken = folder.take(path)
    except FolderInUse:
        yield path  # the running box and we have their own connections to the database
        return
    try:
        yield path
    finally:
        taken.release()


@contextmanager
def _saying_what_is_wrong() -> Iterator[None]:
    try:
        yield
    except CannotOpen as condition:
        raise CannotDo(str(condition)) from condition
    except FileNotFoundError as error:
        raise CannotDo(f"{error.filename} does not exist.") from error
    except OSError as error:
        raise CannotDo(f"{error.filename or 'The disk'}: {error.strerror}.") from error
    except (BackupRefused, TargetFailed, NotFounded, BackupBusy, WrongMasterPassword) as condition:
        raise CannotDo(SENTENCES[type(condition)]) from condition


def _ask(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\n")


def _now() -> datetime:
    return datetime.now(UTC)
