"""Patients of a file enter the directory, all in one transaction.

Sealing takes most of the time, so it is done before, in a thread beside the database (`prepare`);
the transaction only finds out who is known and writes (`enter`), and others wait for that alone.

Who has the name and birth date of somebody known is that person. Without birth dates nobody can
tell, so such a row is neither added nor taken over: it goes back to the reception.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC
from enum import Enum

from practicebox.store.box import Box, new_id
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.register import Register, cleaned, filled
from practicebox.store.patients.rows import PatientRecord, Prepared
from practicebox.store.records import NEW_PATIENT, Patient
from practicebox.store.vault.keyring import Keyring

TOLD = 100  # patients from one word of progress to the next


class Entered(Enum):
    """What became of somebody of a file."""

    ADDED = "added"
    UPDATED = "updated"
    SKIPPED = "skipped"  # known already
    UNSURE = "unsure"  # somebody of this name is known, of both the birth date is missing


def prepare(
    box: Box, keyring: Keyring, patients: Sequence[Patient], done: Callable[[int], None]
) -> list[Prepared]:
    """Seal everybody as somebody new; `done` is told now and then how many are."""
    created = box.now().astimezone(UTC).replace(microsecond=0)
    prepared = []
    for number, patient in enumerate(patients):
        if number % TOLD == 0:
            done(number)
        record = PatientRecord(new_id(box.random), None, cleaned(patient), created, ())
        prepared.append(patients_rows.prepare(keyring, record, box.random))
    return prepared


def enter(
    connection: sqlite3.Connection,
    register: Register,
    keyring: Keyring,
    prepared: Sequence[Prepared],
    *,
    update: bool,
) -> list[Entered]:
    """Add who is new, and add to what is known of the others; what became of each.

    Raise `Locked` if there are other keys by now.
    """
    taken = patients_rows.tags(connection)
    known = [any(tag in taken for tag in one.tags) for one in prepared]
    new = [one for one, is_known in zip(prepared, known, strict=True) if not is_known]
    register.add_prepared(keyring, new)
    return [
        _complete(register, one.record.patient, update=update) if is_known else Entered.ADDED
        for one, is_known in zip(prepared, known, strict=True)
    ]


def _complete(register: Register, patient: Patient, *, update: bool) -> Entered:
    known = next(register.same(patient), None)
    if known is None:  # their row is damaged: nobody's duplicate
        register.resolve(patient, NEW_PATIENT)
        return Entered.ADDED
    if patient.born is None:
        return Entered.UNSURE
    if not update:
        return Entered.SKIPPED
    register.correct(known.id, filled(known.patient, patient))
    return Entered.UPDATED
