"""The outbox as the work in the background holds it: what waits, what goes, what came of it.

Methods marked (unlocked) raise `Locked` otherwise; the others work while the vault is locked, for
what was prepared before goes out then, too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from practicebox.practice.confirmation import LATER
from practicebox.practice.reminders import PREPARED, State, Way
from practicebox.store.box import Box
from practicebox.store.outbox import planning, rows
from practicebox.store.outbox.planning import Pending
from practicebox.store.outbox.rows import Content
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.subjects import find_subject

SLICE = 50  # appointments opened in one hop; others get their turn in between
# An appointment's time has come (`reminders.useful_until`); ?1 is now.
_OVER = (
    "state = 'waiting' AND kind <> 'confirm' AND EXISTS"
    " (SELECT 1 FROM appointments WHERE appointments.id = appointment"
    " AND (kind <> 'invitation' AND starts <= ?1 OR"
    " strftime('%Y-%m-%dT%H:%M:%SZ', starts, '+' || minutes || ' minutes') <= ?1))"
)
_OVERTAKEN = (
    "state = 'waiting' AND kind = 'reminder' AND due <= ?1 AND EXISTS"
    " (SELECT 1 FROM messages AS later WHERE later.appointment = messages.appointment"
    " AND later.kind = 'reminder' AND later.state <> 'withdrawn'"
    " AND later.due > messages.due AND later.due <= ?1)"
)
_LONG_OVER = (
    "state = 'waiting' AND kind = 'confirm' AND EXISTS"
    " (SELECT 1 FROM appointments WHERE appointments.id = appointment"
    f" AND strftime('%Y-%m-%dT%H:%M:%SZ', starts, '+{LATER.days} days') <= ?1)"
)
_CONFIRMED = (
    "state = 'waiting' AND kind = 'confirm' AND ?1"
    " AND appointment IN (SELECT id FROM confirmations)"
)
_DROPPED = (
    ("failed", _OVER),
    ("failed", _LONG_OVER),
    ("withdrawn", _OVERTAKEN),
    ("withdrawn", _CONFIRMED),
)


@dataclass(frozen=True)
class Ready:
    """A message that can be claimed, also by a locked box."""

    id: str
    starts: datetime  # of its appointment, as it was prepared
    sealed: tuple[int, bytes]


class Outbox:
    """All messages of the practice."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self.news = box.news

    async def plan(self, leads: Iterable[timedelta], ways: Iterable[Way]) -> None:
        """See to it that every reminder of the next days stands in the outbox (unlocked)."""
        now = self._box.now()
        wanted = planning.Wanted(tuple(leads), frozenset(ways), now, self._box.random)
        if not wanted.leads or not wanted.ways:
            return
        ids = await self._box.database.run(partial(planning.coming, wanted=wanted))
        for start in range(0, len(ids), SLICE):
            keyring, some = self._box.vault.keyring(), ids[start : start + SLICE]
            await self._box.database.run(
                partial(planning.plan, keyring=keyring, ids=some, wanted=wanted)
            )

    async def pending(self) -> list[Pending]:
        """What is to go out within the next 48 hours, opened (unlocked)."""
        until = self._box.now() + PREPARED
        ids = await self._box.database.run(partial(planning.waiting, until=until))
        found: list[Pending] = []
        for start in range(0, len(ids), SLICE):
            keyring, some = self._box.vault.keyring(), ids[start : start + SLICE]
            found += await self._box.database.run(
                partial(planning.pending, keyring=keyring, ids=some, until=until)
            )
        return found

    async def seal(self, items: Sequence[tuple[Pending, Content]]) -> list[Ready]:
        """What the rows are to say from the moment of sending on (unlocked)."""
        keyring, random = self._box.vault.keyring(), self._box.random

        def make(connection: sqlite3.Connection) -> list[Ready]:
            made = []
            for pending, content in items:
                message = pending.message
                subject = find_subject(connection, keyring, message.appointment)
                if subject:  # else deleted meanwhile
                    sealed = subject.generation, rows.seal(subject, message.id, content, random)
                    made.append(Ready(message.id, pending.appointment.starts, sealed))
            return made

        return await self._box.database.run(make)

    async def due(self) -> list[str]:
        """The ids of what is to go out now, the longest due first."""
        now = to_text(self._box.now())
        return await self._box.database.run(
            lambda c: [
                id_
                for (id_,) in c.execute(
                    "SELECT id FROM messages WHERE state = 'waiting' AND next_try <= ?"
                    " ORDER BY next_try, rowid",
                    (now,),
                )
            ]
        )

    async def next_due(self) -> datetime | None:
        """When the next message is due; None where none waits."""
        row = await self._box.database.run(
            lambda c: c.execute(
                "SELECT min(next_try) FROM messages WHERE state = 'waiting'"
            ).fetchone()
        )
        return from_text(row[0]) if row[0] else None

    async def claim(self, ready: Ready) -> bool:
        """Take a message for sending; False where it is no longer wanted as it was prepared."""
        now = self._box.now()
        return await self._box.database.transaction(
            lambda c: rows.claim(c, ready.id, ready.starts, ready.sealed, now)
        )

    async def settle(self, id_: str, state: State, reason: str = "") -> None:
        """Note what has become of a message."""
        now = self._box.now()
        await self._box.database.transaction(lambda c: rows.settle(c, id_, state, now, reason))

    async def postpone(self, id_: str, reason: str, tries: int, next_try: datetime) -> None:
        """Try again later: nothing has gone out."""
        now = to_text(self._box.now())
        await self._box.database.transaction(
            lambda c: c.execute(
                "UPDATE messages SET state = 'waiting', reason = ?, tries = ?, next_try = ?,"
                " changed = ? WHERE id = ? AND state IN ('waiting', 'sending')",
                (reason, tries, to_text(next_try), now, id_),
            )
        )

    async def doubt_what_was_cut_off(self) -> int:
        """After a start: what was being sent may have gone. How many messages that are."""
        now = to_text(self._box.now())
        return await self._box.database.transaction(
            lambda c: (
                c.execute(
                    "UPDATE messages SET state = 'doubt', reason = 'cut_off', changed = ?"
                    " WHERE state = 'sending'",
                    (now,),
                ).rowcount
            )
        )

    async def drop_late(self) -> None:
        """Mark what is too late to be of use: nobody heard of it, or the next one says it all."""
        now = to_text(self._box.now())

        def write(connection: sqlite3.Connection) -> None:
            for state, late in _DROPPED:
                connection.execute(
                    f"UPDATE messages SET state = '{state}', reason = 'late', changed = ?1"
                    f" WHERE {late}",
                    (now,),
                )

        await self._box.database.transaction(write)
