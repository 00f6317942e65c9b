"""The short documentation of an appointment: notes of the clinician, one sealed row each.

Notes are only ever added, each with its moment and its author: what was written first stays to be
seen (§ 630f para. 1 BGB). Under the appointment's own key, so that they are shredded with it; the
record of the treatment is kept elsewhere, and the page says so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, Subject, open_record, seal_record
from practicebox.store.vault.subjects import find_subject

LONGEST = 4000  # characters of one note
MOST = 50  # notes of one appointment
_TABLE = "notes"


class TooManyNotes(Exception):
    """The appointment has as many notes as any may have."""


@dataclass(frozen=True)
class Note:
    """Something that was noted."""

    at: datetime
    by: str  # id of a user
    text: str = field(repr=False)


class Notes:
    """Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def of(self, appointment_id: str) -> tuple[Note, ...]:
        """What was noted, oldest first; raise `SealBroken`."""
        keyring = self._box.vault.keyring()
        found = await self._box.database.run(lambda c: read(c, keyring, [appointment_id]))
        return found.get(appointment_id, ())

    async def add(self, appointment_id: str, text: str, by: By) -> None:
        """Add a note; raise `NoSuchAppointment` or `TooManyNotes`."""
        box, keyring = self._box, self._box.vault.keyring()
        now = box.now().replace(microsecond=0)

        def write(connection: sqlite3.Connection) -> None:
            subject = _subject(connection, keyring, appointment_id)
            known = read(connection, keyring, [appointment_id]).get(appointment_id, ())
            if len(known) >= MOST:
                raise TooManyNotes
            _write(connection, subject, (*known, Note(now, by.actor, text)), box)
            deed = by.did(Action.NOTE_ADDED, appointment_id)
            audit.note(connection, keyring, box.random, now, deed)

        await box.database.transaction(write)


def read(
    connection: sqlite3.Connection, keyring: Keyring, ids: Iterable[str]
) -> dict[str, tuple[Note, ...]]:
    """The notes of those appointments that have any; raise `SealBroken`."""
    rows = connection.execute(
        "SELECT id, generation, sealed FROM notes WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    ).fetchall()
    found = {}
    for id_, generation, sealed in rows:
        subject = _subject(connection, keyring, id_)
        listed = json.loads(open_record(subject, _TABLE, id_, generation, sealed))
        found[id_] = tuple(Note(from_text(at), by, text) for at, by, text in listed)
    return found


def _subject(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> Subject:
    known = connection.execute("SELECT 1 FROM appointments WHERE id = ?", (appointment_id,))
    subject = find_subject(connection, keyring, appointment_id) if known.fetchone() else None
    if subject is None:
        raise NoSuchAppointment
    return subject


def _write(
    connection: sqlite3.Connection, subject: Subject, notes: tuple[Note, ...], box: Box
) -> None:
    content = json.dumps([[to_text(one.at), one.by, one.text] for one in notes]).encode()
    sealed = seal_record(subject, _TABLE, subject.id, content, box.random)
    connection.execute(
        "INSERT INTO notes (id, generation, sealed) VALUES (?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (subject.id, subject.generation, sealed),
    )
