"""What was ticked off for an appointment: forms that came in, and what was done afterwards.

One sealed row an appointment, under the appointment's own key, so that it is shredded with it. Who
ticked is a user's id. The lines that are consents of the patient (`practice.consents`) are kept as
such and nowhere else: ticking one off notes a signed one, and one that is revoked is missing again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from practicebox.practice import kinds
from practicebox.practice.consents import OF_CHECKLIST, Light
from practicebox.practice.kinds import VIDEO_CONSENT, Tick
from practicebox.store.appointments import booking
from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.consents import rows
from practicebox.store.consents.consents import Draft, enter, follow, is_own, judged, take_back
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
    lights: dict[str, Light] = field(default_factory=dict)  # of those lines that are consents

    def missing(self, kind: str) -> tuple[str, ...]:
        """The forms that this kind of appointment still needs."""
        return kinds.missing(kind, self.standing, self.ticks)


@dataclass(frozen=True)
class Papers:
    """An appointment's forms, as the day shows them."""

    missing: int
    consent: Light | None  # to the video consultation; None where nobody can say


class Checklists:
    """Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box
        # How many forms each appointment lacks, right for as long as nothing was written: the day
        # is drawn anew with every coming and going, and opening 60 appointments takes 10 ms.
        self._counted: tuple[int, dict[tuple[str, str], Papers]] = (-1, {})

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
                if item in OF_CHECKLIST:
                    _tick_consent(connection, box, keyring, appointment_id, item, by, done)
                else:
                    _tick(connection, box, keyring, appointment_id, item, by, done)
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

    async def papers(self, entries: Iterable[Entry]) -> dict[str, Papers]:
        """What the day shows of these appointments, in one hop; nothing of damaged ones."""
        keyring, wanted = self._box.vault.keyring(), tuple(entries)

        def look(connection: sqlite3.Connection) -> dict[str, Papers]:
            version, counted = self._counted
            if version != connection.total_changes:
                counted = {}
            for entry in wanted:
                with suppress(NoSuchAppointment, SealBroken):  # gone, or its own page says so
                    if (entry.id, entry.kind) not in counted:
                        found = _find(connection, keyring, entry.id)
                        lacks, consent = found.missing(entry.kind), found.lights.get(VIDEO_CONSENT)
                        counted[entry.id, entry.kind] = Papers(len(lacks), consent)
            self._counted = (connection.total_changes, counted)
            return {
                entry.id: counted[entry.id, entry.kind]
                for entry in wanted
                if (entry.id, entry.kind) in counted
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
    days = booking.days_of(connection, [appointment_id])
    if not days:
        raise NoSuchAppointment
    patient_id = booking.whose(connection, keyring, appointment_id)
    try:
        record = patients_rows.find(connection, keyring, patient_id).record
    except NoSuchPatient:  # an appointment of an earlier version, not related yet
        own = read(connection, keyring, [appointment_id]).get(appointment_id, {})
        return Checklist(own, "", frozenset(own))
    ticks = read(connection, keyring, record.appointments)
    own = ticks.pop(appointment_id, {})
    there = kinds.handed_in(own, ticks.values())
    agreed = rows.of(connection, keyring, patient_id)
    standing = judged(connection, agreed, date.fromisoformat(days[0][1]))
    lights, ours = {}, set(own)
    for item, form in OF_CHECKLIST.items():
        lights[item], one = standing[form]
        if one and lights[item] is Light.GIVEN:
            there[item] = Tick(one.at, one.by)
            ours |= {item} if is_own(one, appointment_id) else set()
    return Checklist(there, record.patient.standing, frozenset(ours), lights)


def _tick_consent(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    appointment_id: str,
    item: str,
    by: By,
    done: bool,
) -> None:
    """Note that the patient has signed, or that this was a mistake."""
    if not booking.days_of(connection, [appointment_id]):
        raise NoSuchAppointment
    patient_id, form = booking.whose(connection, keyring, appointment_id), OF_CHECKLIST[item]
    try:
        subject = rows.subject_of(connection, keyring, patient_id)
    except NoSuchPatient:  # an appointment of an earlier version, not related yet
        raise NoSuchAppointment from None
    if done:
        draft = Draft(form, "paper", box.now(), appointment=appointment_id)
        enter(connection, box, subject, draft, by)
    else:
        take_back(connection, keyring, patient_id, appointment_id, form)
    follow(connection, keyring, patient_id)


def _tick(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    appointment_id: str,
    item: str,
    by: By,
    done: bool,
) -> None:
    ticks = read(connection, keyring, [appointment_id]).get(appointment_id, {})
    ticks.pop(item, None)
    if done:
        ticks[item] = Tick(box.now(), by.actor)
    _write(connection, box, keyring, appointment_id, ticks)


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
