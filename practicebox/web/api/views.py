"""What is kept, as programs see it."""

from __future__ import annotations

from practicebox.store.appointments.facts import Fact
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.patients.search import Found
from practicebox.store.records import Appointment, Entry
from practicebox.store.times import to_text

View = dict[str, object]


def appointment(one: Appointment) -> View:
    """An appointment, without any name and without its ways in."""
    return {
        "id": one.id,
        "patient_id": one.patient_id or None,
        "starts": to_text(one.starts),
        "minutes": one.minutes,
        "organiser_id": one.organiser,
        "kind": one.kind,
        "state": one.state,
        "reason": one.reason,
        "treatment": one.treatment,
        "created": to_text(one.created),
    }


def line_of_appointment(one: Entry, fact: Fact | None) -> View:
    """An appointment in a list."""
    return {
        "id": one.id,
        "patient_id": (fact.patient_id if fact else "") or None,
        "starts": to_text(one.starts),
        "minutes": one.minutes,
        "organiser_id": one.organiser,
        "kind": one.kind,
        "state": one.state,
    }


def patient(record: PatientRecord) -> View:
    """A patient with all that the directory has."""
    one = record.patient
    return {
        "id": record.id,
        "name": one.name,
        "born": one.born.isoformat() if one.born else None,
        "address": list(one.address),
        "phone": one.phone,
        "email": one.email,
        "payer": one.payer,
        "standing": one.standing,
        "language": one.language,
        "needs": list(one.needs),
        "created": to_text(record.created),
    }


def line_of_patient(one: Found) -> View:
    """A patient in a list."""
    return {"id": one.id, "name": one.name, "born": one.born.isoformat() if one.born else None}
