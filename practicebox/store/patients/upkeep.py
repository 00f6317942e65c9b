"""Looking after the directory: double entries are joined, new patients become known ones.

Needs an unlocked vault; every method raises `Locked` otherwise.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from practicebox.practice.duplicates import alike, pairs, resembles, sketch
from practicebox.store.appointments import booking
from practicebox.store.appointments.appointments import Appointments, DayChanges
from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box
from practicebox.store.patients.entering import Entered, enter, prepare
from practicebox.store.patients.merge import merge
from practicebox.store.patients.patients import Patients
from practicebox.store.patients.register import Register
from practicebox.store.patients.rows import PatientRecord, identity, read_some
from practicebox.store.patients.search import Found
from practicebox.store.records import Patient

NAMESAKES = 200  # looked at while somebody is entered
EVERYBODY = 1_000_000
SLICE = 200  # patients read in one hop: some 10 ms


class Upkeep:
    """What is done to the directory as a whole, or to two patients at once."""

    def __init__(self, box: Box, appointments: Appointments, patients: Patients) -> None:
        self._box = box
        self._appointments = appointments
        self._patients = patients

    def resembling(self, name: str, born: date | None) -> list[Found]:
        """Whom somebody new resembles (`practice.duplicates`), the same name first."""
        directory = self._patients.wake()
        found = directory.find(name, NAMESAKES) if name.strip() else []
        found += directory.born(alike(born)) if born else []
        new = sketch("", name, born)
        like = {one.id: one for one in found if resembles(new, sketch(*one))}
        return sorted(like.values(), key=lambda one: one.name != name)

    async def doubles(self) -> list[tuple[Found, Found]]:
        """All pairs of entries that may be one person; in a thread, for there may be many."""
        await self._patients.settled()
        everybody = self._patients.wake().find("", EVERYBODY)
        return await asyncio.to_thread(_pairs, everybody)

    async def identities(self) -> set[tuple[str, date | None]]:
        """What tells everybody in the directory from the others (`rows.identity`)."""
        await self._patients.settled()
        everybody = self._patients.wake().find("", EVERYBODY)
        return await asyncio.to_thread(
            lambda: {identity(Patient(one.name, one.born)) for one in everybody}
        )

    async def everybody(self, by: By) -> list[PatientRecord]:
        """All patients with their data, in the order in which they came; noted in the log.

        Read in slices, so that others get their turn.
        """
        await self._patients.settled()
        keyring, run = self._box.vault.keyring(), self._box.database.run
        found: list[PatientRecord] = []
        last: int | None = -1
        while last is not None:
            some, last = await run(partial(read_some, keyring=keyring, after=last, limit=SLICE))
            found += some
        action, count = Action.DIRECTORY_EXPORTED, str(len(found))
        await self._box.database.transaction(lambda c: self._note(c, by, action, "", count))
        return found

    async def some(self, after: int, limit: int) -> tuple[list[PatientRecord], int | None]:
        """The next patients behind a running number, and the last number; None at the end."""
        await self._patients.settled()
        keyring = self._box.vault.keyring()
        return await self._box.database.run(
            lambda connection: read_some(connection, keyring, after, limit)
        )

    async def merge(self, stays: str, goes: str, chosen: Patient, by: By = BY_BOX) -> PatientRecord:
        """Make two entries one (`merge`); raise `NoSuchPatient` or `SealBroken`."""
        await self._patients.settled()
        box, keyring = self._box, self._box.vault.keyring()

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> PatientRecord:
            ids = stays, goes
            merged = merge(connection, box, keyring, changes, register, ids, chosen)
            self._note(connection, by, Action.PATIENT_MERGED, stays)
            return merged

        return await self._appointments.write(write, by, erases=True)

    async def enter(
        self, patients: Sequence[Patient], by: By, *, update: bool, done: Callable[[int], None]
    ) -> list[Entered]:
        """Enter patients of a file, all in one transaction; what became of each of them.

        `update` adds to what is known of somebody, otherwise they are skipped. `done` is told now
        and then how many are ready, in a thread. The log has one entry for all.
        """
        await self._patients.settled()
        box, keyring = self._box, self._box.vault.keyring()
        prepared = await asyncio.to_thread(prepare, box, keyring, patients, done)

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> list[Entered]:
            entered = enter(connection, register, keyring, prepared, update=update)
            taken = sum(one in (Entered.ADDED, Entered.UPDATED) for one in entered)
            self._note(connection, by, Action.PATIENTS_IMPORTED, "", str(taken))
            return entered

        return await self._appointments.write(write, by=None)

    async def met(self, appointment_id: str) -> None:
        """Know the patient of a consultation that took place from now on.

        Raise `NoSuchAppointment` or `SealBroken`. Nobody's deed, so the log says nothing of it.
        """
        keyring = self._box.vault.keyring()

        def write(connection: sqlite3.Connection, changes: DayChanges, register: Register) -> None:
            patient_id = booking.find(connection, keyring, appointment_id).appointment.patient_id
            if patient_id:
                patient = register.get(patient_id).patient
                register.correct(patient_id, replace(patient, standing="existing"))

        await self._appointments.write(write, by=None)

    def _note(
        self, connection: sqlite3.Connection, by: By, action: Action, subject: str, detail: str = ""
    ) -> None:
        box = self._box
        entry = by.did(action, subject, detail)
        audit.note(connection, box.vault.keyring(), box.random, box.now(), entry)


def _pairs(everybody: list[Found]) -> list[tuple[Found, Found]]:
    by_id = {one.id: one for one in reversed(everybody)}  # the first known first
    return [
        (by_id[one.id], by_id[other.id])
        for one, other in pairs(sketch(*found) for found in by_id.values())
    ]
