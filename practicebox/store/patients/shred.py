"""Deleting a patient: their keys are thrown away, then whatever was derived from their data.

One transaction. It deletes the wrapped keys of the patient and of all their appointments; rows,
invitations, visits and technical checks go with them by foreign keys; what practice software has
sent about the patient and nobody has looked at goes, too. The pages of the calendar and
of the directory that named the patient are written anew with new keys. So nothing of the patient
that may still lie on a disk or in a copy of single rows opens with the keys of today; only a backup
from before, which has the wrapped keys of its day in it, still does (`backup_target.LONGEST`).
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from practicebox.store.appointments import booking
from practicebox.store.appointments.appointments import DayChanges
from practicebox.store.conditions import SealBroken
from practicebox.store.gdt import records as gdt_records
from practicebox.store.patients.register import Register
from practicebox.store.vault.keyring import Keyring
from practicebox.store.vault.subjects import shred


def shred_patient(
    connection: sqlite3.Connection,
    keyring: Keyring,
    changes: DayChanges,
    register: Register,
    patient_id: str,
) -> list[str]:
    """Delete a patient within the caller's transaction; the ids of their appointments.

    A row too damaged to open can be deleted too: then every appointment is asked whose it is. Raise
    `NoSuchPatient`.
    """
    try:
        record = register.get(patient_id)
        for waiting in gdt_records.of_patient(connection, keyring, record.patient):
            gdt_records.remove(connection, waiting.id)
        wanted = list(record.appointments)
        register.remove(patient_id)
    except SealBroken:
        wanted = _by_search(connection, keyring, patient_id)
        register.remove_unread(patient_id)
    appointments = booking.days_of(connection, wanted)
    for id_, day in appointments:
        shred(connection, id_)
        changes[day][id_] = None
    return [id_ for id_, _ in appointments]


def _by_search(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> list[str]:
    """The appointments of a patient whose own row is damaged, by opening all."""
    found = []
    for (id_,) in connection.execute("SELECT id FROM appointments").fetchall():
        with suppress(SealBroken):
            if booking.whose(connection, keyring, id_) == patient_id:
                found.append(id_)
    return found
