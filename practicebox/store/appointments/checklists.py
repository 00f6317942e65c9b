"""What was ticked off for an appointment: forms that came in, and what was done afterwards.

One sealed row an appointment, under the appointment's own key, so that it is shredded with it. Who
ticked is a user's id.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from practicebox.practice import kinds
from practicebox.practice.kinds import Tick
from practicebox.store.appointments import booking
from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.patients import rows as patients_rows
from practicebox.store.records import Entry, Standing
from practicebox.store.sql.transactions import transaction
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, open_record, open_subject, seal_record
from practicebox.store.vault.subjects import find_subject

_TABLE = "checklists"


@dataclass(frozen=True)
class Checklist:
    """What is there for an appointment, as far as its patient's appointments know."""

    ticks: dict[str, Tick]
    standing: Standing
    own: frozenset[str]  # of these, ticked off for this appointment

    def missing(self, kind: str) -> tuple[str, ...]:
        """The forms that this kind of appointment still needs."""
        return kinds.missing(kind, self.standing, self.ticks)


class Checklists:
    """Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box
        # How many forms each appointment lacks, right for as long as nothing was written: the day
        # is drawn anew with every coming and going, and opening 60 appointments takes 10 ms.
        self._counted: tuple[int, dict[tuple[str, str], int]] = (-1, {})

    def forget(self) -> None:
        """Drop what was counted."""
        self._counted = (-1, {})

    async def tick(self, appointment_id: str, item: str, by: By, *, done: bool = True) -> None:
        """Tick something off or take it back; raise `NoSuchAppointment`."""
        if item not in kinds.ITEMS:
            raise ValueError("not on any checklist")
        box, keyring = self._box, self._box.vault.keyring()

        def write(connection: sqlite3.Connection) -> None:
            moment = box.now()
            with transaction(connection, moment):
                ticks = read(connection, keyring, [appointment_id]).get(appointment_id, {})
                ticks.pop(item, None)
                if done:
                    ticks[item] = Tick(moment, by.actor)
                _write(connection, box, keyring, appointment_id, ticks)
                action = Action.PAPERS_TICKED if done else Action.PAPERS_UNTICKED
                entry = by.did(action, appointment_id, item)
                audit.note(connection, keyring, box.random, moment, entry)

        await box.database.run(write)

    async def of(self, appointment_id: str) -> Checklist:
        """One appointment's; raise `NoSuchAppointment` or `SealBroken`."""
        keyring = self._box.vault.keyring()

        def look(connection: sqlite3.Connection) -> Checklist:
            return _find(connection, keyring, appointment_id)

        return await self._box.database.run(look)

    async def missing(self, entries: Iterable[Entry]) -> dict[str, int]:
        """How many forms are missing, of those appointments that lack any, in one hop."""
        keyring, wanted = self._box.vault.keyring(), tuple(entries)

        def look(connection: sqlite3.Connection) -> dict[str, int]:
            version, counted = self._counted
            if version != connection.total_changes:
                counted = {}
            for entry in wanted:
                with suppress(NoSuchAppointment, SealBroken):  # gone, or its own page says so
                    if (entry.id, entry.kind) not in counted:
                        lacks = _find(connection, keyring, entry.id).missing(entry.kind)
                        counted[entry.id, entry.kind] = len(lacks)
            self._counted = (connection.total_changes, counted)
            return {
                entry.id: count
                for entry in wanted
                if (count := counted.get((entry.id, entry.kind), 0))
            }

        return await self._box.database.run(look)


def read(
    connection: sqlite3.Connection, keyring: Keyring, ids: Iterable[str]
) -> dict[str, dict[str, Tick]]:
    """What was ticked off for those appointments that have anything; raise `SealBroken`."""
    rows = connection.execute(
        "SELECT checklists.id, subjects.generation, wrapped, checklists.generation, sealed"
        " FROM checklists JOIN subjects USING (id)"
        " WHERE checklists.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    found = {}
    for id_, wrapped_in, wrapped, generation, sealed in rows:
        subject = open_subject(keyring, id_, wrapped_in, wrapped)
        content = json.loads(open_record(subject, _TABLE, id_, generation, sealed))
        found[id_] = {item: Tick(from_text(at), who) for item, (at, who) in content.items()}
    return found


def _find(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> Checklist:
    """With what was handed in for other appointments of the same patient."""
    if not booking.days_of(connection, [appointment_id]):
        raise NoSuchAppointment
    patient_id = booking.whose(connection, keyring, appointment_id)
    try:
        record = patients_rows.find(connection, keyring, patient_id).record
    except NoSuchPatient:  # an appointment of an earlier version, not related yet
        own = read(connection, keyring, [appointment_id]).get(appointment_id, {})
        return Checklist(own, "", frozenset(own))
    ticks = read(connection, keyring, record.appointments)
    own = ticks.pop(appointment_id, {})
    return Checklist(kinds.handed_in(own, ticks.values()), record.patient.standing, frozenset(own))


def _write(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    appointment_id: str,
    ticks: dict[str, Tick],
) -> None:
    is_there = connection.execute("SELECT 1 FROM appointments WHERE id = ?", (appointment_id,))
    subject = find_subject(connection, keyring, appointment_id)
    if is_there.fetchone() is None or subject is None:
        raise NoSuchAppointment
    content = {item: [to_text(tick.at), tick.by] for item, tick in ticks.items()}
    sealed = seal_record(subject, _TABLE, appointment_id, json.dumps(content).encode(), box.random)
    connection.execute(
        "INSERT INTO checklists (id, generation, sealed) VALUES (?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (appointment_id, subject.generation, sealed),
    )
