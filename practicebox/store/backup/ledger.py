"""What the box remembers of its backups: `backups.json` in the data folder.

A file of its own and not a table, because it is wanted most when the database is damaged: it
says which backup was the last proven one. Holds names, times, sizes and digests of files; nothing
of patients or staff. What is lost with it is found again by the next proof.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from practicebox.store.backup.target import give_to, owner_of
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.boxkey import sync_folder

NAME = "backups.json"
MEMORY = timedelta(days=60)  # the page shows five weeks

log = logging.getLogger(__name__)


class Level(StrEnum):
    """How far a proof went."""

    WHOLE = "whole"  # opened with the practice's keys, every sealed row as well
    COPY = "copy"  # opened with the file's key; the vault was locked, sealed rows stayed closed
    BYTES = "bytes"  # locked and without the file's key: the bytes are those that were written


@dataclass(frozen=True)
class Entry:
    """One backup that was made, whether it still exists or not."""

    name: str
    made: datetime
    size: int  # bytes
    digest: str  # SHA-256 of the file, hex
    generation: int  # of the practice's keys
    level: Level | None = None  # of its best proof
    proved: datetime | None = None
    fault: str = ""  # word of the condition that the last proof ended with; empty for none


@dataclass(frozen=True)
class Trouble:
    """Why the last attempt to make a backup, or to reach the folder, failed."""

    word: str  # of a condition
    since: datetime


@dataclass(frozen=True)
class Ledger:
    """All that is remembered."""

    entries: tuple[Entry, ...] = ()  # oldest first
    trouble: Trouble | None = None
    apart: str = ""  # a folder that has been on another disk than the data

    def entry(self, name: str) -> Entry | None:
        """The entry of a file, if this box made it."""
        return next((each for each in self.entries if each.name == name), None)

    @property
    def newest(self) -> Entry | None:
        """The last backup that was made."""
        return self.entries[-1] if self.entries else None

    def proven(self, *levels: Level) -> Entry | None:
        """The newest that was proved that far, and without a fault since."""
        found = [each for each in self.entries if each.level in levels and not each.fault]
        return found[-1] if found else None

    def with_entry(self, entry: Entry) -> Ledger:
        """With an entry added or replaced."""
        others = [each for each in self.entries if each.name != entry.name]
        ordered = sorted([*others, entry], key=lambda each: (each.made, each.name))
        return replace(self, entries=tuple(ordered))

    def in_trouble(self, word: str, now: datetime) -> Ledger:
        """With a failure; the same one goes on from when it began."""
        if self.trouble and self.trouble.word == word:
            return self
        return replace(self, trouble=Trouble(word, now))

    def without_old(self, now: datetime, existing: set[str]) -> Ledger:
        """Without entries of files that went long ago."""
        kept = tuple(e for e in self.entries if e.name in existing or now - e.made < MEMORY)
        return replace(self, entries=kept)


@dataclass(frozen=True)
class LedgerFile:
    """Where it is kept."""

    folder: Path

    def read(self) -> Ledger:
        """The ledger; an empty one where there is none or it can't be read."""
        try:
            return _decode((self.folder / NAME).read_text("utf-8"))
        except FileNotFoundError:
            return Ledger()
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("backup_ledger_unreadable")
            return Ledger()

    def write(self, ledger: Ledger) -> None:
        """Replace it in one step; raise `OSError`."""
        draft = self.folder / f"{NAME}.new"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_encode(ledger))
            file.flush()
            give_to(file.fileno(), owner_of(self.folder))
            os.fsync(file.fileno())
        draft.rename(self.folder / NAME)
        sync_folder(self.folder)


def _encode(ledger: Ledger) -> str:
    def plain(value: object) -> str:
        assert isinstance(value, datetime)
        return to_text(value)

    return json.dumps(asdict(ledger), default=plain, indent=1)


def _decode(text: str) -> Ledger:
    found: dict[str, Any] = json.loads(text)
    trouble = found["trouble"]
    return Ledger(
        tuple(_entry(each) for each in found["entries"]),
        trouble and Trouble(trouble["word"], from_text(trouble["since"])),
        str(found["apart"]),
    )


def _entry(found: dict[str, Any]) -> Entry:
    level, proved = found["level"], found["proved"]
    return Entry(
        name=str(found["name"]),
        made=from_text(found["made"]),
        size=int(found["size"]),
        digest=str(found["digest"]),
        generation=int(found["generation"]),
        level=level and Level(level),
        proved=proved and from_text(proved),
        fault=str(found["fault"]),
    )
