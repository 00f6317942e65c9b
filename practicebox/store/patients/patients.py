"""The directory of patients. Needs an unlocked vault; every method raises `Locked` otherwise.

A patient is a subject with a key of their own. Whoever has been planned an appointment is in the
directory; whose an appointment is, is decided in `patients_register`.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from practicebox.store.appointments import booking
from practicebox.store.appointments.appointments import Appointments, DayChanges, place
from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import Locked
from practicebox.store.consents import passes
from practicebox.store.consents.door import take_over_waiting
from practicebox.store.patients import export
from practicebox.store.patients import relate as patients_relate
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.directory import Directories, Directory, Progress
from practicebox.store.patients.export import PatientExport
from practicebox.store.patients.register import Register
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.patients.search import Found
from practicebox.store.patients.shred import shred_patient
from practicebox.store.records import NEW_PATIENT, Appointment, Kind, Patient, State
from practicebox.store.terms import NO_TERMS, Terms

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HistoryLine:
    """An appointment of a patient, without its reason and its ways in."""

    id: str
    starts: datetime
    minutes: int
    state: State
    kind: Kind

    @property
    def ends(self) -> datetime:
        """When it is over according to plan."""
        return self.starts + timedelta(minutes=self.minutes)


class Patients:
    """Who has appointments here, and everything about them."""

    def __init__(self, box: Box, appointments: Appointments, directories: Directories) -> None:
        self._box = box
        self._appointments = appointments
        self._directories = directories
        self._work: asyncio.Task[None] | None = None
        self._working_on: Directory | None = None

    def forget(self) -> None:
        """Drop all names, and stop reading."""
        self._directories.forget()
        if self._work:
            self._work.cancel()

    def wake(self) -> Directory:
        """Begin to read the directory, if nobody has since the vault was unlocked."""
        directory = self._directories.of(self._box.vault.keyring())
        is_running = self._work is not None and not self._work.done()
        is_done = directory.progress is not None and directory.progress.is_complete
        if not is_done and not (is_running and self._working_on is directory):
            self._working_on = directory
            self._work = asyncio.create_task(self._prepare(directory))
        return directory

    def progress(self) -> Progress:
        """How far the directory has been read; searches find only what has been."""
        return self.wake().progress or Progress(0, 1)

    async def close(self) -> None:
        """Stop reading, before the database is closed."""
        self.forget()
        if self._work:
            with suppress(asyncio.CancelledError):
                await self._work

    async def settled(self) -> None:
        """Wait until everything has been read and every appointment has its patient."""
        self.wake()
        if self._work:
            await asyncio.shield(self._work)

    def search(self, text: str, limit: int) -> list[Found]:
        """Patients whose name has every word of `text`, the newest first; all for no word."""
        return self.wake().find(text, limit)

    async def get(self, patient_id: str) -> PatientRecord:
        """One patient; raise `NoSuchPatient` or `SealBroken`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: patients_rows.find(connection, keyring, patient_id).record
        )

    async def history(self, record: PatientRecord) -> list[HistoryLine]:
        """The appointments of a patient, the latest first."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: [
                HistoryLine(*line, booking.kind_of(connection, keyring, line[0]))
                for line in booking.lines_of(connection, record.appointments)
            ]
        )

    async def add_all(self, patients: Iterable[Patient], by: By = BY_BOX) -> list[PatientRecord]:
        """Enter several patients without an appointment, all or none; who is known stays one."""
        wanted = tuple(patients)

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> list[PatientRecord]:
            return [register.resolve(patient) for patient in wanted]

        return await self._appointments.write(write, by)

    async def add(
        self, patient: Patient, by: By = BY_BOX, terms: Terms[PatientRecord] = NO_TERMS
    ) -> PatientRecord:
        """Enter somebody new without an appointment, also beside a namesake."""

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> PatientRecord:
            record = register.resolve(patient, NEW_PATIENT)
            terms.after(connection, record)
            return record

        return await self._appointments.write(write, by)

    async def change(
        self,
        patient_id: str,
        patient: Patient,
        by: By = BY_BOX,
        terms: Terms[PatientRecord] = NO_TERMS,
    ) -> PatientRecord:
        """Other data for a patient, in all their appointments; raise `NoSuchPatient`."""

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> PatientRecord:
            terms.before(register.get(patient_id))
            self._note(connection, by, Action.PATIENT_CHANGED, patient_id)
            return register.correct(patient_id, patient)

        return await self._appointments.write(write, by)

    async def assign(self, appointment_id: str, patient_id: str, by: By = BY_BOX) -> Appointment:
        """Let it be another patient's; raise `NoSuchAppointment` or `NoSuchPatient`."""
        box, keyring = self._box, self._box.vault.keyring()

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> Appointment:
            old = booking.find(connection, keyring, appointment_id)
            plan = patients_relate.same_plan(old.appointment)
            if patient_id != NEW_PATIENT:
                plan = replace(plan, patient=register.get(patient_id).patient)
            plan = replace(plan, patient_id=patient_id)
            zone = patients_relate.zone_of(connection)
            new = booking.rebook(connection, box, old, zone, plan, register)
            place(changes, new)
            passes.mark(connection, keyring, new.appointment.patient_id, [appointment_id])
            self._note(connection, by, Action.APPOINTMENT_CHANGED, appointment_id)
            return new.appointment

        return await self._appointments.write(write, by)

    async def delete(self, patient_id: str, by: By = BY_BOX) -> list[str]:
        """Throw away the keys of a patient and of their appointments (`shred`); their ids.

        Raise `NoSuchPatient`.
        """
        await self.settled()
        keyring = self._box.vault.keyring()

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> list[str]:
            self._note(connection, by, Action.PATIENT_DELETED, patient_id)
            return shred_patient(connection, keyring, changes, register, patient_id)

        return await self._appointments.write(write, by, erases=True)

    async def export(self, patient_id: str, by: By = BY_BOX) -> PatientExport:
        """Everything that is kept about a patient; raise `NoSuchPatient` or `SealBroken`."""
        await self.settled()
        keyring = self._box.vault.keyring()

        def read(connection: sqlite3.Connection) -> PatientExport:
            self._note(connection, by, Action.PATIENT_EXPORTED, patient_id)
            return export.collect(connection, keyring, patient_id)

        return await self._box.database.transaction(read)

    def _note(self, connection: sqlite3.Connection, by: By, action: Action, subject: str) -> None:
        box = self._box
        keyring, now = box.vault.keyring(), box.now()
        audit.note(connection, keyring, box.random, now, by.did(action, subject))

    async def _prepare(self, directory: Directory) -> None:
        """Read all names, then relate what earlier versions left; in slices."""
        run, is_open = self._box.database.run, self._directories.is_open
        try:
            unrelated = await run(directory.count)
            while is_open(directory) and not await run(directory.read_some):
                pass
            if unrelated:
                await self._relate(directory)
            await take_over_waiting(self._box, directory.keyring)
            directory.finish()
        except Locked:
            pass  # in the middle of it; the next unlocking goes on
        except sqlite3.Error:
            log.exception("directory_stopped")  # the next page that asks for it tries again

    async def _relate(self, directory: Directory) -> None:
        done = patients_relate.START
        while done.count == patients_relate.STEP:
            if not self._directories.is_open(directory):
                raise Locked
            after = done

            def write(
                connection: sqlite3.Connection,
                changes: DayChanges,
                register: Register,
                after: patients_relate.Slice = after,
            ) -> patients_relate.Slice:
                return patients_relate.relate_some(
                    connection, self._box, directory.keyring, after, changes, register
                )

            done = await self._appointments.write(write, by=None)
            directory.advance(done.count)
