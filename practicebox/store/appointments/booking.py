"""The row of an appointment: sealed, opened, found. Runs in the database thread.

Clear are only its id, times and state: what the box must know of it while it is locked. Whose it is
stands inside as the patient's id; their data are in their own row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from practicebox.practice.codes import CodePair, new_pair
from practicebox.practice.link import new_link
from practicebox.store.appointments import content, invitations, visits
from practicebox.store.appointments.listing import local_day
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.consents import passes
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.register import Register
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment, AppointmentDraft, Entry, Kind, State
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, Subject, open_record, open_subject, seal_record
from practicebox.store.vault.subjects import add_subject

ATTEMPTS = 100  # to draw free access codes; of 2**36 codes even a million are 1 in 70,000
_TABLE = "appointments"
_SELECT = (
    "SELECT appointments.id, day, starts, minutes, state, appointments.generation, sealed,"
    " subjects.generation, wrapped FROM appointments JOIN subjects USING (id)"
    " WHERE appointments.id = ?"
)


@dataclass(frozen=True)
class Booked:
    """An appointment, whose key seals it, and on which day's page it stands."""

    appointment: Appointment
    subject: Subject
    day: str


def book(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    zone: ZoneInfo,
    draft: AppointmentDraft,
    moment: datetime,
    register: Register,
) -> Booked:
    """Write a new appointment with fresh codes and link; raise `NoSuchPatient`."""
    subject = add_subject(connection, keyring, new_id(box.random), box.random)
    codes, link = free_codes(connection, box), new_link(box.random)
    patient = register.relate(register.resolve(draft.patient, draft.patient_id), subject.id)
    appointment = Appointment(
        id=subject.id,
        **_planned(draft, patient),
        state="planned",
        codes=codes,
        link=link,
        created=moment.astimezone(UTC).replace(microsecond=0),
    )
    booked = Booked(appointment, subject, local_day(appointment.starts, zone))
    connection.execute(
        "INSERT INTO appointments"
        " (day, starts, minutes, conference, generation, sealed, related, state, id)"
        " VALUES (?, ?, ?, ?, ?, ?, 1, 'planned', ?)",
        (*_row(booked, box), subject.id),
    )
    invitations.insert(connection, box.key, subject.id, codes, link)
    passes.mark(connection, keyring, patient.id, [subject.id])
    return booked


def rebook(
    connection: sqlite3.Connection,
    box: Box,
    old: Booked,
    zone: ZoneInfo,
    draft: AppointmentDraft,
    register: Register,
) -> Booked:
    """Write another plan over an appointment; codes, link and state stay. Raise `NoSuchPatient`.

    Only where the plan turns out to be somebody else's, codes and link are new: whoever has the
    old letter must not come to another person's appointment. A patient who was chosen
    (`draft.patient_id`) is a correction of whose it always was, and the letter is right.
    """
    before, planned = old.appointment.patient_id, old.appointment
    patient = register.resolve(draft.patient, draft.patient_id, before)
    if before and before != patient.id:
        register.unrelate(before, planned.id)
        if draft.patient_id is None:
            planned = _with_new_ways_in(connection, box, planned)
    appointment = replace(planned, **_planned(draft, register.relate(patient, planned.id)))
    booked = replace(old, appointment=appointment, day=local_day(appointment.starts, zone))
    connection.execute(
        "UPDATE appointments SET day = ?, starts = ?, minutes = ?, conference = ?, generation = ?,"
        " sealed = ?, related = 1 WHERE id = ?",
        (*_row(booked, box), appointment.id),
    )
    return booked


def set_state(connection: sqlite3.Connection, booked: Booked, state: State) -> Booked:
    """Change only the state, which isn't sealed."""
    appointment = replace(booked.appointment, state=state)
    connection.execute("UPDATE appointments SET state = ? WHERE id = ?", (state, appointment.id))
    return replace(booked, appointment=appointment)


def find(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> Booked:
    """One appointment; raise `NoSuchAppointment` or `SealBroken`."""
    row = connection.execute(_SELECT, (appointment_id,)).fetchone()
    if row is None:
        raise NoSuchAppointment
    id_, day, starts, minutes, state, *sealed = row
    subject, told = _open(keyring, id_, *sealed)
    times = {"starts": from_text(starts), "minutes": minutes, "state": state}
    whose = _whose(connection, keyring, told)
    return Booked(Appointment(id=id_, **times, **content.load(told), **whose), subject, day)


def days_of(connection: sqlite3.Connection, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Id and day of those appointments that are still there."""
    return connection.execute(
        "SELECT id, day FROM appointments WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    ).fetchall()


def lines_of(
    connection: sqlite3.Connection, ids: Iterable[str]
) -> list[tuple[str, datetime, int, State]]:
    """Id, start, minutes and state of those appointments that are still there, latest first."""
    rows = connection.execute(
        "SELECT id, starts, minutes, state FROM appointments"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY starts DESC, id",
        (json.dumps(list(ids)),),
    )
    return [(id_, from_text(starts), minutes, state) for id_, starts, minutes, state in rows]


def whose(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> str:
    """Whose it is, even if their row is damaged; empty for none yet. Raise `SealBroken`."""
    return str(_content(connection, keyring, appointment_id).get("patient_id", ""))


def kind_of(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> Kind:
    """How an appointment is held; "video" where its row is damaged."""
    with suppress(SealBroken):
        return cast(Kind, _content(connection, keyring, appointment_id)["kind"])
    return "video"


def entry(appointment: Appointment) -> Entry:
    """The appointment as a line in a list."""
    a = appointment
    return Entry(a.id, a.starts, a.minutes, a.state, a.patient.name, a.organiser, a.kind)


def _with_new_ways_in(
    connection: sqlite3.Connection, box: Box, appointment: Appointment
) -> Appointment:
    # Who was invited beside the old patient is not the new one's business.
    connection.execute("DELETE FROM participants WHERE appointment = ?", (appointment.id,))
    connection.execute("DELETE FROM invitations WHERE appointment = ?", (appointment.id,))
    visits.end(connection, appointment.id)
    codes, link = free_codes(connection, box), new_link(box.random)
    invitations.insert(connection, box.key, appointment.id, codes, link)
    return replace(appointment, codes=codes, link=link)


def free_codes(connection: sqlite3.Connection, box: Box) -> CodePair:
    """Access codes that nobody has yet."""
    for _ in range(ATTEMPTS):
        pair = new_pair(box.random)
        if not invitations.are_taken(connection, box.key, pair):
            return pair
    raise RuntimeError("the source of randomness repeats itself")


def _planned(draft: AppointmentDraft, patient: PatientRecord) -> dict[str, Any]:
    return {
        "patient": patient.patient,
        "patient_id": patient.id,
        "starts": draft.starts.astimezone(UTC).replace(microsecond=0),
        "minutes": draft.minutes,
        "organiser": draft.organiser,
        "reason": draft.reason,
        "kind": draft.kind,
        "treatment": draft.treatment,
    }


def _row(booked: Booked, box: Box) -> tuple[str, str, int, bool, int, bytes]:
    a, subject = booked.appointment, booked.subject
    sealed = seal_record(subject, _TABLE, a.id, content.dump(a), box.random)
    is_conference = a.kind == "conference"  # in clear: the patients' page is another one
    return booked.day, to_text(a.starts), a.minutes, is_conference, subject.generation, sealed


def _open(
    keyring: Keyring, id_: str, generation: int, sealed: bytes, wrapped_in: int, wrapped: bytes
) -> tuple[Subject, dict[str, Any]]:
    subject = open_subject(keyring, id_, wrapped_in, wrapped)
    return subject, json.loads(open_record(subject, _TABLE, id_, generation, sealed))


def _content(connection: sqlite3.Connection, keyring: Keyring, id_: str) -> dict[str, Any]:
    return _open(keyring, id_, *connection.execute(_SELECT, (id_,)).fetchone()[5:])[1]


def _whose(
    connection: sqlite3.Connection, keyring: Keyring, told: dict[str, Any]
) -> dict[str, Any]:
    """The patient of an appointment; before it is related, the copy in its own blob."""
    if "patient_id" not in told:
        return {"patient": patients_rows.load_patient(told["patient"])}
    try:
        record = patients_rows.find(connection, keyring, told["patient_id"]).record
    except NoSuchPatient:
        raise SealBroken from None  # both are written and deleted together
    return {"patient": record.patient, "patient_id": record.id}
