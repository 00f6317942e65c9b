"""The audit log as the other rooms hold it: read, filtered, checked, its alarms acknowledged."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import guard as audit_guard
from practicebox.store.audit import head as audit_head
from practicebox.store.audit import mark as audit_mark
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, Entry, Noted
from practicebox.store.audit.head import Flaw, Head
from practicebox.store.audit.mark import Mark
from practicebox.store.box import Box
from practicebox.store.conditions import SealBroken
from practicebox.store.vault.keyring import Keyring

KEEP_CHOICES = (90, 182, 365, 730, 1095)  # days
SCAN = 2000  # rows opened a hop while filtering; about 30 ms
MOST_SCANNED = 40_000  # rows opened for one page


@dataclass(frozen=True)
class Filter:
    """What is wanted; empty fields want everything."""

    actor: str = ""
    actions: frozenset[Action] = frozenset()
    since: datetime | None = None  # aware
    until: datetime | None = None  # aware, exclusive

    def wants(self, noted: Noted) -> bool:
        """Whether an entry is among them."""
        if self.actor and noted.entry.actor != self.actor:
            return False
        if self.actions and noted.entry.action not in self.actions:
            return False
        after = self.since is None or noted.at >= self.since
        return after and (self.until is None or noted.at < self.until)


@dataclass(frozen=True)
class Gone:
    """An entry that can't be read any more: its day's key was thrown away, as it should."""

    number: int
    day: date


@dataclass(frozen=True)
class Page:
    """Some entries, the latest first."""

    entries: tuple[Noted | Gone, ...]
    before: int | None  # where to go on; None at the end


class AuditLog:
    """The log. Everything but `record` needs an unlocked vault and raises `Locked` otherwise."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def record(self, entry: Entry) -> None:
        """Note something that has no transaction of its own, locked or not."""
        await audit_waiting.write(self._box, entry)

    async def head(self) -> Head:
        """Where the log begins and ends, and what is wrong with it."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: audit_chain.read_head(connection, keyring)
        )

    async def mark(self) -> Mark:
        """What a witness keeps."""
        return audit_mark.of(await self.head())

    async def ask_witness(self, mark: Mark) -> None:
        """Compare the log with what somebody outside has kept."""
        keyring = self._box.vault.keyring()

        def look(connection: sqlite3.Connection) -> Flaw | None:
            head = audit_chain.read_head(connection, keyring)
            return audit_mark.check(connection, head, mark)

        flaw = await self._box.database.run(look)
        if flaw:
            await audit_guard.keep_flaws(self._box, keyring, [flaw])

    async def verify(self) -> tuple[Flaw, ...]:
        """Read everything again; the alarms that nobody has acknowledged."""
        return await audit_guard.verify(self._box, self._box.vault.keyring())

    async def write_mark(self) -> None:
        """Put the mark beside the database where the log ends now."""
        await audit_guard.write_mark(self._box, self._box.vault.keyring())

    async def acknowledge(self, actor: str, device: str) -> None:
        """The admin has seen every alarm."""
        box, keyring, now = self._box, self._box.vault.keyring(), self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            head = audit_chain.read_head(connection, keyring)
            flaws = tuple(replace(flaw, acknowledged=True) for flaw in head.flaws)
            head = replace(head, flaws=flaws)
            audit_head.write(connection, keyring, box.random, head)
            seen = Entry(actor, device, Action.LOG_ACKNOWLEDGED)
            audit.note(connection, keyring, box.random, now, seen)

        await box.database.transaction(write)
        await self.write_mark()

    async def page(self, wanted: Filter, limit: int, before: int | None = None) -> Page:
        """Entries that the filter wants, the latest first."""
        keyring, found, scanned = self._box.vault.keyring(), list[Noted | Gone](), 0
        while scanned < MOST_SCANNED:
            place = before

            def read(
                connection: sqlite3.Connection, place: int | None = place
            ) -> list[Noted | Gone]:
                return _read(connection, keyring, place, min(SCAN, 4 * limit + 200))

            some = await self._box.database.run(read)
            for entry in some:
                before = entry.number
                if isinstance(entry, Gone) and wanted != Filter():
                    continue
                if isinstance(entry, Gone) or wanted.wants(entry):
                    found.append(entry)
                if len(found) == limit:
                    return Page(tuple(found), before)
            scanned += len(some)
            if not some:
                return Page(tuple(found), None)
        return Page(tuple(found), before)

    async def keep(self, days: int, actor: str, device: str) -> None:
        """Keep entries so long from now on; raise `ValueError` for a choice that isn't offered."""
        if days not in KEEP_CHOICES:
            raise ValueError("not among the choices")
        box, keyring, now = self._box, self._box.vault.keyring(), self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            head = replace(audit_chain.read_head(connection, keyring), keep=days)
            audit_head.write(connection, keyring, box.random, head)
            changed = Entry(actor, device, Action.SETTING_CHANGED, detail="audit_days")
            audit.note(connection, keyring, box.random, now, changed)

        await box.database.transaction(write)


def _read(
    connection: sqlite3.Connection, keyring: Keyring, before: int | None, limit: int
) -> list[Noted | Gone]:
    opener = audit_chain.Opener(connection, keyring)
    return [_open(opener, row) for row in audit_chain.rows_back(connection, before, limit)]


def _open(opener: audit_chain.Opener, row: audit_chain.Row) -> Noted | Gone:
    try:
        plain = opener.open(row)
    except SealBroken:
        plain = None
    if plain is None:
        return Gone(row.number, date.fromisoformat(row.day))
    return audit.load(row.number, plain)
