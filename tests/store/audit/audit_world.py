"""An audit log in memory, and somebody who has the disk."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import guard as audit_guard
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, Entry
from practicebox.store.audit.check import Check
from practicebox.store.audit.head import Flaw, Head
from practicebox.store.sql.migrations import migrate
from practicebox.store.vault.keyring import Keyring, new_keyring
from tests.store.world import NOON

LOGIN = Entry("user-1", "device-1", Action.LOGIN)
JOINED = Entry(audit.PATIENT, "", Action.PATIENT_JOINED, "appointment-1")


@dataclass
class Log:
    """A log, its keys, and what somebody with the disk may do to it."""

    disk: sqlite3.Connection
    keyring: Keyring = field(default_factory=lambda: new_keyring(os.urandom))
    now: datetime = NOON

    def note(self, entry: Entry = LOGIN, *, times: int = 1) -> int:
        """Note something, a minute after the last."""
        number = 0
        for _ in range(times):
            self.now += timedelta(minutes=1)
            number = audit.note(self.disk, self.keyring, os.urandom, self.now, entry)
        return number

    def note_locked(self, entry: Entry = JOINED, *, times: int = 1) -> None:
        """Note something without keys."""
        for _ in range(times):
            self.now += timedelta(minutes=1)
            audit_waiting.note_locked(self.disk, os.urandom, self.now, entry)

    def fold(self) -> None:
        audit_waiting.fold(self.disk, self.keyring, os.urandom, self.now)

    def head(self) -> Head:
        return audit_chain.read_head(self.disk, self.keyring)

    def read(self) -> list[audit.Noted]:
        """Everything that opens."""
        opener = audit_chain.Opener(self.disk, self.keyring)
        rows = [(row.number, opener.open(row)) for row in audit_chain.rows(self.disk, 0, 10_000)]
        return [audit.load(number, plain) for number, plain in rows if plain is not None]

    def actions(self) -> list[Action]:
        return [noted.entry.action for noted in self.read()]

    def flaws(self) -> set[tuple[str, int, int]]:
        """What a reading of the whole log finds, and what the head says already."""
        head = self.head()
        check = Check(self.keyring, head, audit_guard.readable_from(self.now, head.keep))
        while not check.read_some(self.disk):
            pass
        return {_plain(flaw) for flaw in (*head.flaws, *check.flaws)}

    def copy(self) -> sqlite3.Connection:
        """A copy of the disk as it is now."""
        copied = sqlite3.connect(":memory:", isolation_level=None)
        self.disk.backup(copied)
        return copied


def _plain(flaw: Flaw) -> tuple[str, int, int]:
    return flaw.kind.value, flaw.first, flaw.last


@contextmanager
def new_log() -> Iterator[Log]:
    """A log of a practice that has just been founded, with one entry."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as disk:
        migrate(disk)
        log = Log(disk)
        disk.execute(
            "INSERT INTO practice (one, short_name, profile, time_zone, founded, box_tag,"
            " generation, public_key, keyring) VALUES (1, '', '', '', '', x'', 1, ?, x'')",
            (log.keyring.current.public_key,),
        )
        log.note(Entry(audit.BOX, "", Action.FOUNDED))
        audit_waiting.begin(disk, log.keyring, os.urandom)
        yield log
