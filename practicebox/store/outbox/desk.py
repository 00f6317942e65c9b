"""The outbox as the reception sees it: invitations to send, what came of messages, what to do then.

Needs an unlocked vault, except `troubles`; raises `Locked` otherwise.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from practicebox.practice.reminders import HEARD, Kind, State, Way
from practicebox.store.appointments import booking
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, SealBroken
from practicebox.store.outbox import asking, rows
from practicebox.store.outbox.asking import Askable
from practicebox.store.outbox.rows import Content, Message
from practicebox.store.records import Appointment
from practicebox.store.times import to_text
from practicebox.store.vault.subjects import find_subject

TWICE = timedelta(minutes=1)  # within it, a second press of the button is a slip of the finger
PAGE = 200  # messages shown at once
# What did not arrive, as long as somebody can still do something about it: ?1 is now.
_TROUBLES = (
    "SELECT count(*) FROM messages JOIN appointments ON appointments.id = appointment"
    " WHERE messages.state IN ('failed', 'doubt') AND (starts > ?1 OR kind = 'confirm')"
    " AND (appointments.state = 'planned' OR kind = 'cancel')"
)


class NotAgain(Exception):
    """The message can't be sent again: it has arrived, is on its way, or nobody needs it now."""


@dataclass(frozen=True)
class Line:
    """A message beside its appointment."""

    message: Message
    appointment: Appointment


class OutboxDesk:
    """Messages as people deal with them."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def troubles(self) -> int:
        """How many messages did not arrive, of appointments that are still to come."""
        now = to_text(self._box.now())
        row = await self._box.database.run(lambda c: c.execute(_TROUBLES, (now,)).fetchone())
        return int(row[0])

    async def invite(self, appointment_id: str, ways: Iterable[Way]) -> None:
        """Let an invitation go out now, in place of one that waits; raise `NoSuchAppointment`."""
        await self._send(Kind.INVITATION, appointment_id, ways)

    async def ask(self, appointment_id: str, ways: Iterable[Way]) -> None:
        """Ask now for the confirmation of a consultation; raise `NoSuchAppointment`."""
        await self._send(Kind.CONFIRM, appointment_id, ways)

    async def askable(self, appointment_ids: Iterable[str]) -> list[Askable]:
        """Of these appointments, whom one could ask for a confirmation, and when they were."""
        keyring, ids = self._box.vault.keyring(), list(appointment_ids)
        return await self._box.database.run(lambda c: asking.askable(c, keyring, ids))

    async def _send(self, kind: Kind, appointment_id: str, ways: Iterable[Way]) -> None:
        box, keyring, now = self._box, self._box.vault.keyring(), self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            subject = booking.find(connection, keyring, appointment_id).subject
            there = rows.of_appointment(connection, subject)
            for way in ways:
                mine = [m for m in there if m.content.way is way]
                if any(_is_just_sent(old, kind, now) for old in mine):
                    continue
                for old in mine:
                    if old.kind is kind and old.state is State.WAITING:
                        rows.settle(connection, old.id, State.WITHDRAWN, now)
                sequence = max((m.content.sequence + 1 for m in mine), default=0)
                content = Content(way, sequence=sequence)
                rows.insert(connection, subject, kind, now, content, now, box.random)

        await box.database.transaction(write)
        box.news.tell()

    async def retry(self, message_id: str) -> str:
        """Send a message again that failed or is in doubt, because somebody says so.

        The id of its appointment. Raise `NotAgain`.
        """
        self._box.vault.keyring()
        return await self._decide(
            "state = 'waiting', reason = '', tries = 0, next_try = ?1, changed = ?1", message_id
        )

    async def done(self, message_id: str) -> str:
        """Somebody has called or written instead. The id of the appointment. Raise `NotAgain`."""
        self._box.vault.keyring()
        return await self._decide(
            "state = 'withdrawn', reason = 'called', changed = ?1", message_id
        )

    async def of_appointment(self, appointment_id: str) -> list[Message]:
        """What was sent about an appointment and when, the latest first."""
        keyring = self._box.vault.keyring()

        def read(connection: sqlite3.Connection) -> list[Message]:
            subject = find_subject(connection, keyring, appointment_id)
            if subject is None:
                return []
            return rows.of_appointment(connection, subject, newest_first=True)

        return await self._box.database.run(read)

    async def page(self, *, only_troubles: bool = False) -> list[Line]:
        """The outbox: what did not arrive first, then the latest; at most `PAGE` messages."""
        keyring, now = self._box.vault.keyring(), to_text(self._box.now())
        states = "('failed', 'doubt')" if only_troubles else "('failed','doubt','waiting',"
        states += "" if only_troubles else "'sending','sent')"

        def read(connection: sqlite3.Connection) -> list[Line]:
            found = connection.execute(
                "SELECT messages.id, appointment FROM messages"
                " JOIN appointments ON appointments.id = appointment"
                f" WHERE messages.state IN {states}"
                " ORDER BY messages.state IN ('failed', 'doubt')"
                " AND (starts > ?1 OR kind = 'confirm') DESC,"
                " messages.changed DESC, messages.rowid DESC LIMIT ?2",
                (now, PAGE),
            ).fetchall()
            lines: dict[str, Line] = {}
            for appointment_id in dict.fromkeys(a for _, a in found):
                with suppress(SealBroken, NoSuchAppointment):
                    booked = booking.find(connection, keyring, appointment_id)
                    for message in rows.of_appointment(connection, booked.subject):
                        lines[message.id] = Line(message, booked.appointment)
            return [lines[id_] for id_, _ in found if id_ in lines]

        return await self._box.database.run(read)

    async def _decide(self, change: str, message_id: str) -> str:
        now = self._box.now()

        def write(connection: sqlite3.Connection) -> str:
            row = connection.execute(
                f"UPDATE messages SET {change} WHERE id = ?2 AND state IN ('failed', 'doubt')"
                " AND EXISTS (SELECT 1 FROM appointments WHERE appointments.id = appointment"
                " AND (appointments.state = 'planned' OR kind = 'cancel')) RETURNING appointment",
                (to_text(now), message_id),
            ).fetchone()
            if row is None:
                raise NotAgain
            return str(row[0])

        appointment_id = await self._box.database.transaction(write)
        self._box.news.tell()
        return appointment_id


def _is_just_sent(message: Message, kind: Kind, now: datetime) -> bool:
    is_heard = message.kind is kind and message.state in HEARD
    return is_heard and now - message.changed < TWICE
