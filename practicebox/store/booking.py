"""The row of an appointment: sealed, opened, found. Runs in the database thread.

Clear are only its id, times and state: what the box must know of it while it is locked.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from practicebox.practice.codes import CodePair, new_pair
from practicebox.practice.link import Link, new_link
from practicebox.store import invitations
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.keyring import Keyring, Subject, open_record, open_subject, seal_record
from practicebox.store.listing import local_day
from practicebox.store.records import Appointment, AppointmentDraft, Entry, Patient, State
from practicebox.store.subjects import add_subject
from practicebox.store.times import from_text, to_text

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
) -> Booked:
    """Write a new appointment with fresh codes and link."""
    subject = add_subject(connection, keyring, new_id(box.random), box.random)
    codes, link = _free_codes(connection, box), new_link(box.random)
    appointment = Appointment(
        id=subject.id,
        **_planned(draft),
        state="planned",
        codes=codes,
        link=link,
        created=moment.astimezone(UTC).replace(microsecond=0),
    )
    booked = Booked(appointment, subject, local_day(appointment.starts, zone))
    connection.execute(
        "INSERT INTO appointments (day, starts, minutes, generation, sealed, state, id)"
        " VALUES (?, ?, ?, ?, ?, 'planned', ?)",
        (*_row(booked, box), subject.id),
    )
    invitations.insert(connection, box.key, subject.id, codes, link)
    return booked


def rebook(
    connection: sqlite3.Connection, box: Box, old: Booked, zone: ZoneInfo, draft: AppointmentDraft
) -> Booked:
    """Write another plan over an appointment; codes, link and state stay."""
    appointment = replace(old.appointment, **_planned(draft))
    booked = replace(old, appointment=appointment, day=local_day(appointment.starts, zone))
    connection.execute(
        "UPDATE appointments SET day = ?, starts = ?, minutes = ?, generation = ?, sealed = ?"
        " WHERE id = ?",
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
    id_, day, starts, minutes, state, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, id_, wrapped_in, wrapped)
    content = json.loads(open_record(subject, _TABLE, id_, generation, sealed))
    times = {"starts": from_text(starts), "minutes": minutes, "state": state}
    return Booked(Appointment(id=id_, **times, **_load(content)), subject, day)


def entry(appointment: Appointment) -> Entry:
    """The appointment as a line in a list."""
    a = appointment
    return Entry(a.id, a.starts, a.minutes, a.state, a.patient.name, a.organiser)


def _free_codes(connection: sqlite3.Connection, box: Box) -> CodePair:
    for _ in range(ATTEMPTS):
        pair = new_pair(box.random)
        if not invitations.are_taken(connection, box.key, pair):
            return pair
    raise RuntimeError("the source of randomness repeats itself")


def _planned(draft: AppointmentDraft) -> dict[str, Any]:
    return {
        "patient": draft.patient,
        "starts": draft.starts.astimezone(UTC).replace(microsecond=0),
        "minutes": draft.minutes,
        "organiser": draft.organiser,
        "reason": draft.reason,
        "kind": draft.kind,
    }


def _row(booked: Booked, box: Box) -> tuple[str, str, int, int, bytes]:
    a, subject = booked.appointment, booked.subject
    sealed = seal_record(subject, _TABLE, a.id, _dump(a), box.random)
    return booked.day, to_text(a.starts), a.minutes, subject.generation, sealed


def _dump(a: Appointment) -> bytes:
    content = {
        "patient": {
            "name": a.patient.name,
            "born": a.patient.born.isoformat() if a.patient.born else None,
            "address": a.patient.address,
            "phone": a.patient.phone,
            "email": a.patient.email,
        },
        "organiser": a.organiser,
        "reason": a.reason,
        "kind": a.kind,
        "codes": {"doctor": a.codes.doctor, "patient": a.codes.patient},
        "link": {"rid": a.link.rid.hex(), "secret": a.link.secret.hex()},
        "created": to_text(a.created),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _load(content: dict[str, Any]) -> dict[str, Any]:
    patient = content["patient"]
    born = patient["born"] and date.fromisoformat(patient["born"])
    link = {name: bytes.fromhex(value) for name, value in content["link"].items()}
    return content | {
        "patient": Patient(**patient | {"born": born, "address": tuple(patient["address"])}),
        "codes": CodePair(**content["codes"]),
        "link": Link(**link),
        "created": from_text(content["created"]),
    }
