"""Deleting what is known of consultations, 90 days after them at the latest (Anlage 31b BMV-Ä).

Appointments go with everything that hangs on them: their keys, invitations, visits and checks, the
sealed page of their day, and what the audit log tells of them. That needs no key of the vault, so a
locked box deletes, too. Whole days of the practice's calendar are deleted, so early that a run a
day keeps the promise for the first minute of the day.

Whether the clock can be believed is for the caller to know (`appliance.jobs`): on a wrong clock
nothing may be deleted. Backups keep what they have for 35 days more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from practicebox.store.api import answers
from practicebox.store.audit import prune as audit_prune
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import BY_BOX, Action
from practicebox.store.box import Box
from practicebox.store.conditions import Locked
from practicebox.store.gdt import records as gdt_records
from practicebox.store.times import to_text

KEPT = timedelta(days=90)  # "spätestens nach drei Monaten", counted in its shortest form
LEAD = timedelta(days=2)  # one for the rest of the day itself, one for the next run
SLICE = 200  # appointments deleted in one transaction; others get their turn in between


@dataclass(frozen=True)
class Outlook:
    """What is deleted next."""

    day: date  # of the appointments
    count: int
    due: date  # on which day they are deleted


class Retention:
    """The deletion of what is old enough."""

    def __init__(self, box: Box, forget: Callable[[], None]) -> None:
        self._box = box
        self._forget = forget  # drops open pages of the calendar

    async def run(self) -> int:
        """Delete what is due; how many appointments that were. Works while the vault is locked."""
        box, now = self._box, self._box.now()
        zone = await box.database.run(_zone)
        if zone is None:
            return 0
        cutoff = first_kept(now, zone).isoformat()
        deleted = 0
        while some := await box.database.transaction(lambda c: _delete_some(c, cutoff)):
            deleted += some
        self._forget()
        await box.database.transaction(lambda c: self._finish(c, cutoff, deleted), erases=True)
        await self._prune(now)
        return deleted

    async def outlook(self) -> Outlook | None:
        """What will be deleted next; None while there are no appointments."""

        def read(connection: sqlite3.Connection) -> tuple[str, int] | None:
            row: tuple[str, int] | None = connection.execute(
                "SELECT day, count(*) FROM appointments GROUP BY day ORDER BY day LIMIT 1"
            ).fetchone()
            return row

        found = await self._box.database.run(read)
        if found is None:
            return None
        day = date.fromisoformat(found[0])
        return Outlook(day, found[1], day + KEPT - LEAD + timedelta(days=1))

    def _finish(self, connection: sqlite3.Connection, cutoff: str, deleted: int) -> None:
        box, now = self._box, self._box.now()
        connection.execute("DELETE FROM visits WHERE expires <= ?", (to_text(now),))
        pages = "SELECT 'day_pages:' || day FROM day_pages WHERE day < ?"
        connection.execute(f"DELETE FROM subjects WHERE id IN ({pages})", (cutoff,))
        connection.execute("DELETE FROM day_pages WHERE day < ?", (cutoff,))
        gdt_records.prune(connection, cutoff)
        answers.forget(connection, to_text(now - answers.KEPT))
        days = audit_prune.forget_consultations(connection, cutoff)
        if deleted or days:
            gone = BY_BOX.did(Action.METADATA_DELETED, detail=cutoff)
            audit_waiting.record(connection, box, now, gone)

    async def _prune(self, now: datetime) -> None:
        """Old entries of the audit log, which needs the keys; on a locked box the next time."""
        box = self._box
        try:
            keyring = box.vault.keyring()
        except Locked:
            return
        await box.database.transaction(
            lambda c: audit_prune.prune(c, keyring, box.random, now), erases=True
        )


def first_kept(now: datetime, zone: ZoneInfo) -> date:
    """The first day whose appointments stay."""
    return now.astimezone(zone).date() - KEPT + LEAD


def _zone(connection: sqlite3.Connection) -> ZoneInfo | None:
    row = connection.execute("SELECT time_zone FROM practice").fetchone()
    return ZoneInfo(row[0]) if row else None


def _delete_some(connection: sqlite3.Connection, cutoff: str) -> int:
    """Throw away the keys of some old appointments; by foreign keys their rows follow."""
    gone = connection.execute(
        "DELETE FROM subjects WHERE id IN"
        " (SELECT id FROM appointments WHERE day < ? ORDER BY day LIMIT ?)",
        (cutoff, SLICE),
    )
    return gone.rowcount
