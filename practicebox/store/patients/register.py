"""The patients that one transaction touches: whose an appointment is, and what is written of it.

Who is meant, in this order (`resolve`):

1. A choice: the reception has named the patient (or a new one). What was typed is the truth then.
2. An appointment that is changed: its own patient, if name and birth date stayed the same.
3. The same name and the same birth date: the same person. What was typed is added; what was left
   empty stays as it is known.
4. The same name, no birth date, and the same address, phone and e-mail: the same person. Nothing is
   taken over from anybody in that case, so a namesake's letter can't go to a wrong address.
5. Otherwise a new patient.

What the form of an appointment doesn't have (payer, standing, language, needs) comes empty and
stays as it is known, in every one of these cases; only `correct` takes all of it away.

A wrong "new" costs a second line in the directory, a wrong "same" shows one patient's data to
another; so whatever is in doubt is new. The reception sees it and may decide otherwise.

Belongs to one transaction. Everything is written once, at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from practicebox.practice.names import clean
from practicebox.store.box import Random, new_id
from practicebox.store.conditions import Locked, NoSuchPatient
from practicebox.store.patients import pages as patients_pages
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.rows import Opened, PatientRecord, Prepared, identity
from practicebox.store.patients.search import NamePage
from practicebox.store.records import NEW_PATIENT, Patient
from practicebox.store.vault.keyring import Keyring
from practicebox.store.vault.subjects import add_subject, shred


class Register:
    """Patients opened, changed, added and removed in one transaction.

    `added` is told the id of everybody who is new in the directory, within the transaction.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        keyring: Keyring,
        random: Random,
        moment: datetime,
        added: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._keyring = keyring
        self._random = random
        self._moment = moment
        self._added = added
        self._open: dict[str, Opened] = {}
        self._known: dict[str, Patient | None] = {}  # as the name pages have them; None if new
        self._changed: dict[str, None] = {}  # ids, in order
        self._named: dict[tuple[str, date | None], list[str]] = {}  # ids of those that changed
        self._gone: list[int] = []  # numbers
        self._prepared: list[PatientRecord] = []  # written already, not yet on their pages

    def get(self, patient_id: str) -> PatientRecord:
        """A patient as they are by now; raise `NoSuchPatient` or `SealBroken`."""
        if patient_id not in self._open:
            opened = patients_rows.find(self._connection, self._keyring, patient_id)
            self._open[patient_id] = opened
            self._known[patient_id] = opened.record.patient
        return self._open[patient_id].record

    def resolve(
        self, typed: Patient, chosen: str | None = None, current: str = ""
    ) -> PatientRecord:
        """Whom `typed` means (see above); raise `NoSuchPatient` for a choice that isn't there."""
        typed = cleaned(typed)
        if chosen == NEW_PATIENT:
            return self._add(typed)
        if chosen:
            return self.correct(chosen, _over(self.get(chosen).patient, typed))
        if current and identity(self.get(current).patient) == identity(typed):
            return self.correct(current, _over(self.get(current).patient, typed))
        for record in self.same(typed):
            if typed.born:
                return self.correct(record.id, filled(record.patient, typed))
            if _reach(record.patient) == _reach(typed):
                return record
        return self._add(typed)

    def same(self, patient: Patient) -> Iterator[PatientRecord]:
        """Everybody with that name and birth date, as they are by now."""
        found = patients_rows.find_same(self._connection, self._keyring, patient)
        unwritten = self._named.get(identity(patient), ())
        for id_ in dict.fromkeys((*(record.id for record in found), *unwritten)):
            record = self.get(id_)
            if identity(record.patient) == identity(patient):
                yield record

    def correct(self, patient_id: str, patient: Patient) -> PatientRecord:
        """Other data for a patient, all of them; raise `NoSuchPatient`."""
        record = self.get(patient_id)
        patient = cleaned(patient)
        return record if record.patient == patient else self._put(replace(record, patient=patient))

    def relate(self, record: PatientRecord, appointment_id: str) -> PatientRecord:
        """Note that an appointment is this patient's."""
        if appointment_id in record.appointments:
            return record
        return self._put(replace(record, appointments=(*record.appointments, appointment_id)))

    def unrelate(self, patient_id: str, appointment_id: str) -> None:
        """Note that an appointment is no longer this patient's."""
        record = self.get(patient_id)
        left = tuple(id_ for id_ in record.appointments if id_ != appointment_id)
        if left != record.appointments:
            self._put(replace(record, appointments=left))

    def remove(self, patient_id: str) -> None:
        """Throw away a patient's key, and with it their row; raise `NoSuchPatient`."""
        number = self.get(patient_id).number
        shred(self._connection, patient_id)
        del self._open[patient_id], self._known[patient_id]
        self._changed.pop(patient_id, None)
        if number is not None:
            self._gone.append(number)

    def remove_unread(self, patient_id: str) -> None:
        """Do the same with a row that is too damaged to be opened; raise `NoSuchPatient`."""
        row = self._connection.execute(
            "SELECT number FROM patients WHERE id = ?", (patient_id,)
        ).fetchone()
        if row is None:
            raise NoSuchPatient
        shred(self._connection, patient_id)
        self._gone.append(row[0])

    def add_prepared(self, keyring: Keyring, prepared: Sequence[Prepared]) -> None:
        """Add new patients who were sealed with `keyring`; raise `Locked` if it is another now."""
        if keyring is not self._keyring:
            raise Locked
        self._prepared += patients_rows.write_prepared(self._connection, prepared)

    def renamed(self) -> list[PatientRecord]:
        """Patients whose name is another than before; their lines in the calendar are old."""
        records = [self._open[id_].record for id_ in self._changed]
        known = [self._known[record.id] for record in records]
        return [
            record
            for record, before in zip(records, known, strict=True)
            if before and before.name != record.patient.name
        ]

    def write(self) -> dict[int, NamePage]:
        """Write everything; the name pages that changed."""
        lines: dict[int, PatientRecord | None] = dict.fromkeys(self._gone)
        lines |= {record.number: record for record in self._prepared if record.number is not None}
        for id_ in self._changed:
            record = patients_rows.write(
                self._connection, self._keyring, self._open[id_], self._random
            )
            before = self._known[id_]
            if before is None or _line(before) != _line(record.patient):
                assert record.number is not None, "it has just been written"
                lines[record.number] = record
        return patients_pages.rewrite(
            self._connection, self._keyring, lines, self._random, fresh=bool(self._gone)
        )

    def _add(self, patient: Patient) -> PatientRecord:
        subject = add_subject(self._connection, self._keyring, new_id(self._random), self._random)
        created = self._moment.astimezone(UTC).replace(microsecond=0)
        record = PatientRecord(subject.id, None, patient, created, ())
        self._open[subject.id] = Opened(record, subject)
        self._known[subject.id] = None
        self._added(subject.id)
        return self._put(record)

    def _put(self, record: PatientRecord) -> PatientRecord:
        self._open[record.id] = replace(self._open[record.id], record=record)
        named = self._named.setdefault(identity(record.patient), [])
        if record.id not in named:
            named.append(record.id)
        self._changed[record.id] = None
        return record


def cleaned(patient: Patient) -> Patient:
    """With a name that can stand on any page; a question mark where nothing of it shows."""
    return replace(patient, name=clean(patient.name) or "?")


def filled(known: Patient, typed: Patient) -> Patient:
    """What is known, and above it what was typed; the name stays as it is known."""
    return replace(
        _over(known, typed),
        name=known.name,
        born=known.born,
        address=typed.address or known.address,
        phone=typed.phone or known.phone,
        email=typed.email or known.email,
    )


def _over(known: Patient, typed: Patient) -> Patient:
    """What was typed, and of what is known the rest that only the form of a patient has."""
    return replace(
        typed,
        payer=typed.payer or known.payer,
        standing=typed.standing or known.standing,
        language=typed.language or known.language,
        needs=typed.needs or known.needs,
    )


def _reach(patient: Patient) -> tuple[tuple[str, ...], str, str]:
    return patient.address, patient.phone, patient.email


def _line(patient: Patient) -> tuple[object, ...]:
    return patient.name, patient.born
