"""Everything that is kept about one patient, for the patient (Art. 15 and 20 DSGVO).

Access codes and links are left out: they are keys, not data about somebody, and a copy of the file
would open the waiting room.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from practicebox.practice.consents import Consent
from practicebox.practice.kinds import Tick
from practicebox.store.appointments import booking, checklists, participants
from practicebox.store.appointments import notes as notes_of
from practicebox.store.appointments.checks import Check, read_checks
from practicebox.store.appointments.confirmations import Confirmation
from practicebox.store.appointments.confirmations import read as read_confirmations
from practicebox.store.appointments.notes import Note
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.consents import rows as consents_rows
from practicebox.store.gdt import links as gdt_links
from practicebox.store.gdt import records as gdt_records
from practicebox.store.gdt.records import Waiting
from practicebox.store.outbox import agreements, rows
from practicebox.store.outbox.agreements import Agreements
from practicebox.store.outbox.rows import Message
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment
from practicebox.store.records_conference import Participant
from practicebox.store.times import from_text
from practicebox.store.vault.keyring import Keyring


@dataclass(frozen=True)
class PatientExport:
    """A patient with everything about them."""

    record: PatientRecord
    appointments: tuple[Appointment, ...]  # by start
    checks: dict[str, Check]  # by appointment: the technical check of the patient's device
    agreements: Agreements
    messages: dict[str, list[Message]]  # by appointment: what was written to the patient
    visits: dict[str, tuple[datetime, ...]]  # by appointment: until when browsers may come back
    confirmations: dict[str, Confirmation]  # by appointment
    participants: dict[str, list[Participant]]  # by appointment: who came along to a conference
    ticks: dict[str, dict[str, Tick]]  # by appointment: what was ticked off, and by whom
    consents: tuple[Consent, ...] = ()  # oldest first
    notes: dict[str, tuple[Note, ...]] = field(default_factory=dict)  # by appointment
    scans: dict[str, bytes] = field(default_factory=dict)  # by consent: what was scanned in
    numbers: tuple[str, ...] = ()  # what practice software calls them
    orders: tuple[Waiting, ...] = ()  # what it has sent and waits here


def collect(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> PatientExport:
    """Read it all; raise `NoSuchPatient` or `SealBroken`."""
    record = patients_rows.find(connection, keyring, patient_id).record
    found, messages, beside = [], {}, {}
    for id_ in record.appointments:
        with suppress(NoSuchAppointment):
            booked = booking.find(connection, keyring, id_)
            found.append(booked.appointment)
            messages[id_] = rows.of_appointment(connection, booked.subject)
            beside[id_] = participants.read(connection, keyring, id_)
    ids = [appointment.id for appointment in found]
    known = consents_rows.of(connection, keyring, patient_id)
    return PatientExport(
        record,
        tuple(sorted(found, key=lambda appointment: (appointment.starts, appointment.id))),
        read_checks(connection, ids),
        agreements.read(connection, keyring, patient_id),
        messages,
        _visits(connection, ids),
        read_confirmations(connection, keyring, ids),
        beside,
        checklists.read(connection, keyring, ids),
        consents=known,
        notes=notes_of.read(connection, keyring, ids),
        scans=_scans(connection, keyring, patient_id, known),
        numbers=tuple(gdt_links.numbers(connection, keyring, patient_id, ids)),
        orders=tuple(gdt_records.of_patient(connection, keyring, record.patient)),
    )


def _scans(
    connection: sqlite3.Connection, keyring: Keyring, patient_id: str, known: tuple[Consent, ...]
) -> dict[str, bytes]:
    """What was scanned in, by consent."""
    subject = consents_rows.subject_of(connection, keyring, patient_id)
    scans = {one.id: consents_rows.read_scan(connection, subject, one.id) for one in known}
    return {id_: scan for id_, scan in scans.items() if scan is not None}


def _visits(connection: sqlite3.Connection, ids: list[str]) -> dict[str, tuple[datetime, ...]]:
    rows = connection.execute(
        "SELECT appointment, expires FROM visits"
        " WHERE appointment IN (SELECT value FROM json_each(?)) ORDER BY expires",
        (json.dumps(ids),),
    )
    found: dict[str, tuple[datetime, ...]] = {}
    for id_, expires in rows:
        found[id_] = (*found.get(id_, ()), from_text(expires))
    return found
