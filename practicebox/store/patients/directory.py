"""The directory as it is open while the vault is unlocked: the search index, and how far it is.

Belongs to one keyring and is dropped with it. Filled in slices in the database thread, so that
requests get their turn and the event loop never waits longer than the interpreter's switch
interval; changed in the same thread, after each commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from practicebox.store.patients import pages as patients_pages
from practicebox.store.patients.search import Found, NameIndex, NamePage
from practicebox.store.vault.keyring import Keyring

STEP = 4  # pages read in one hop: 512 names in about 3 ms


@dataclass(frozen=True)
class Progress:
    """How far the directory is."""

    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        return self.done >= self.total


class Directory:
    """The names of all patients of one unlocked vault."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.progress: Progress | None = None  # None before the first slice
        self._index = NameIndex()
        self._read: int | None = -1  # the last page in the index; None once it is complete

    @property
    def is_searchable(self) -> bool:
        """Whether every name is in the index."""
        return self._read is None

    def find(self, text: str, limit: int) -> list[Found]:
        """As `NameIndex.find`, among what has been read."""
        return self._index.find(text, limit)

    def born(self, days: Iterable[date]) -> list[Found]:
        """As `NameIndex.born`, among what has been read."""
        return self._index.born(days)

    def count(self, connection: sqlite3.Connection) -> int:
        """Find out how much there is to do; how many appointments have no patient yet."""
        (patients,) = connection.execute("SELECT count(*) FROM patients").fetchone()
        (unrelated,) = connection.execute(
            "SELECT count(*) FROM appointments WHERE related = 0"
        ).fetchone()
        self.progress = Progress(0, patients + unrelated)
        return int(unrelated)

    def read_some(self, connection: sqlite3.Connection) -> bool:
        """Put a few more pages into the index; whether it is complete now."""
        if self._read is None:
            return True
        read = patients_pages.read_some(connection, self.keyring, self._read, STEP)
        self._index.put(read)
        self.advance(sum(page.lines.count("\n") + 1 for page in read.values()))
        self._read = max(read) if len(read) == STEP else None
        return self._read is None

    def commit(self, pages: dict[int, NamePage]) -> None:
        """Take over what a transaction has written, once it is committed."""
        # Pages behind the last one read come in their turn.
        self._index.put({n: p for n, p in pages.items() if self._read is None or n <= self._read})

    def advance(self, count: int) -> None:
        """Note that so many more patients or appointments are done."""
        if self.progress:
            done = min(self.progress.done + count, self.progress.total)
            self.progress = Progress(done, self.progress.total)

    def finish(self) -> None:
        """Note that nothing is left to do."""
        total = self.progress.total if self.progress else 0
        self.progress = Progress(total, total)


class Directories:
    """The directory of whatever keyring is open now."""

    def __init__(self) -> None:
        self._open: Directory | None = None

    def of(self, keyring: Keyring) -> Directory:
        """The one of this keyring; a new one for another keyring."""
        if self._open is None or self._open.keyring is not keyring:
            self._open = Directory(keyring)
        return self._open

    def is_open(self, directory: Directory) -> bool:
        """Whether this one is still the one in use."""
        return self._open is directory

    def forget(self) -> None:
        """Drop all names."""
        self._open = None
