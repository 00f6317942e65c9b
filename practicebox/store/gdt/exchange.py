"""The exchange with practice software, as the other rooms use it: what came in, what went out."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from practicebox.practice.gdt_fields import Message, Person
from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchGdtRecord
from practicebox.store.gdt import links, records
from practicebox.store.gdt.links import Link, Sending
from practicebox.store.gdt.records import Waiting
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment


class Exchange:
    """Records in and reports out. Methods marked (unlocked) raise `Locked` otherwise."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def take(self, message: Message, origin: bytes) -> str | None:
        """Keep a record (`records.take`); its id, None where it has been taken before."""
        box = self._box
        return await box.database.transaction(lambda c: records.take(c, box, message, origin))

    async def waiting(self) -> list[Waiting]:
        """Everything that waits, the latest first (unlocked)."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda c: records.waiting(c, keyring))

    async def count(self) -> int:
        """How many records wait."""

        def read(connection: sqlite3.Connection) -> int:
            return int(connection.execute("SELECT count(*) FROM gdt_records").fetchone()[0])

        return await self._box.database.run(read)

    async def get(self, record_id: str) -> Waiting:
        """One record (unlocked); raise `NoSuchGdtRecord`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda c: records.find(c, keyring, record_id))

    async def known(self, person: Person) -> PatientRecord | None:
        """Who of the directory has this name and birth date (unlocked)."""
        keyring, patient = self._box.vault.keyring(), records.as_patient(person)
        if not person.born:
            return None  # a name alone is nobody's in particular
        found = await self._box.database.run(lambda c: patients_rows.find_same(c, keyring, patient))
        return next(iter(found), None)

    async def discard(self, record_id: str, by: By) -> None:
        """Delete a record without doing what it asks for (unlocked); raise `NoSuchGdtRecord`."""

        def write(connection: sqlite3.Connection) -> None:
            if not records.remove(connection, record_id):
                raise NoSuchGdtRecord
            self._note(connection, by, Action.GDT_DISCARDED, record_id)

        await self._box.database.transaction(write, erases=True)

    async def settle(self, record_id: str) -> None:
        """Delete a record of which everything has been taken over; it may be gone already."""
        await self._box.database.transaction(lambda c: records.remove(c, record_id), erases=True)

    async def planned(self, record_id: str, appointment: Appointment) -> None:
        """An appointment was planned from a record: link the two, and the record is done with
        (unlocked). Raise `NoSuchGdtRecord`."""
        box, keyring = self._box, self._box.vault.keyring()

        def write(connection: sqlite3.Connection) -> None:
            message = records.find(connection, keyring, record_id).message
            link = links.link_to(message.person, message.test, appointment.patient_id)
            links.keep(connection, box, keyring, appointment.id, link)
            records.remove(connection, record_id)

        await box.database.transaction(write, erases=True)

    async def link_of(self, appointment: Appointment) -> Link | None:
        """What practice software calls the patient of an appointment (unlocked)."""
        keyring = self._box.vault.keyring()

        def read(connection: sqlite3.Connection) -> Link | None:
            if not appointment.patient_id:
                return None
            record = patients_rows.find(connection, keyring, appointment.patient_id).record
            return links.find(connection, keyring, appointment, record.appointments)

        return await self._box.database.run(read)

    async def sending(self, appointment_id: str) -> Sending | None:
        """How far the report of a consultation is; None where none was begun."""
        return await self._box.database.run(lambda c: links.sending(c, appointment_id))

    async def begin_sending(self, appointment_id: str, *, again: bool = False) -> bool:
        """Note that a report is about to leave, before its first byte does.

        False where one has left already, or is in doubt, unless it shall leave `again`.
        """
        now = self._box.now()
        return await self._box.database.transaction(
            lambda c: links.begin_sending(c, appointment_id, now, again=again)
        )

    async def sent(self, appointment_id: str, by: By = BY_BOX) -> None:
        """Note that a report has left (unlocked)."""
        now = self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            links.sent(connection, appointment_id, now)
            self._note(connection, by, Action.GDT_SENT, appointment_id)

        await self._box.database.transaction(write)

    async def not_sent(self, appointment_id: str) -> None:
        """Note that a report certainly has not left."""
        await self._box.database.transaction(lambda c: links.not_sent(c, appointment_id))

    async def ended_before(self, moment: datetime) -> list[str]:
        """Appointments that came from practice software, have ended, and were not reported."""
        return await self._box.database.run(lambda c: links.ended_before(c, moment))

    def _note(self, connection: sqlite3.Connection, by: By, action: Action, subject: str) -> None:
        box = self._box
        entry = by.did(action, subject)
        audit.note(connection, box.vault.keyring(), box.random, box.now(), entry)
