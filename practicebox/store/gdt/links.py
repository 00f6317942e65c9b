"""What the practice software calls a patient, and whether it was told of a consultation.

The link is sealed with the key of its appointment and goes with it; that an appointment has one can
be seen, nothing more. It names the patient it was made for: an appointment that is given to
somebody else must not be reported under the old number.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from practicebox.practice.gdt_fields import Person
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, SealBroken
from practicebox.store.records import Appointment
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, open_record, seal_record
from practicebox.store.vault.subjects import find_subject

SendState = Literal["sending", "sent"]
_TABLE = "gdt_links"


@dataclass(frozen=True)
class Link:
    """A patient as the practice software knows them."""

    patient_id: str  # ours
    number: str = field(repr=False)  # theirs, 3000
    last_name: str = field(repr=False)
    first_name: str = field(repr=False)
    test: str = ""  # 8402, what was asked for


@dataclass(frozen=True)
class Sending:
    """How far the report of a consultation is."""

    state: SendState  # "sending" after a kill: it may have gone out or not
    at: datetime


def link_to(person: Person, test: str, patient_id: str) -> Link:
    """The link for an appointment that was planned from a record."""
    last = " ".join(part for part in (person.prefix, person.last_name) if part)
    return Link(patient_id, person.number, last, person.first_name, test)


def keep(
    connection: sqlite3.Connection, box: Box, keyring: Keyring, appointment_id: str, link: Link
) -> None:
    """Keep a link with an appointment; raise `NoSuchAppointment`."""
    subject = find_subject(connection, keyring, appointment_id)
    if subject is None:
        raise NoSuchAppointment
    blob = json.dumps(vars(link), ensure_ascii=False, separators=(",", ":")).encode()
    connection.execute(
        "INSERT INTO gdt_links (id, generation, sealed) VALUES (?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (
            appointment_id,
            subject.generation,
            seal_record(subject, _TABLE, appointment_id, blob, box.random),
        ),
    )


def hand_over(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    appointment_id: str,
    of: str,
    to: str,
) -> None:
    """Let the link of an appointment name the patient (`to`) whose entry took in another (`of`)."""
    link = _read(connection, keyring, appointment_id)
    if link and link.patient_id == of:
        keep(connection, box, keyring, appointment_id, replace(link, patient_id=to))


def find(
    connection: sqlite3.Connection, keyring: Keyring, appointment: Appointment, of: Iterable[str]
) -> Link | None:
    """The link of an appointment, or else of another one of the same patient's (`of`, by age)."""
    for appointment_id in (appointment.id, *reversed(list(of))):
        with suppress(SealBroken):
            link = _read(connection, keyring, appointment_id)
            if link and link.patient_id == appointment.patient_id:
                return link
    return None


def numbers(
    connection: sqlite3.Connection, keyring: Keyring, patient_id: str, appointments: Iterable[str]
) -> list[str]:
    """What practice software calls a patient, as far as it is kept here."""
    found: dict[str, None] = {}
    for appointment_id in appointments:
        with suppress(SealBroken):
            link = _read(connection, keyring, appointment_id)
            if link and link.patient_id == patient_id:
                found[link.number] = None
    return list(found)


def sending(connection: sqlite3.Connection, appointment_id: str) -> Sending | None:
    """How far the report of a consultation is; None where none was begun."""
    row = connection.execute(
        "SELECT state, at FROM gdt_sent WHERE appointment = ?", (appointment_id,)
    ).fetchone()
    return Sending(row[0], from_text(row[1])) if row else None


def begin_sending(
    connection: sqlite3.Connection, appointment_id: str, now: datetime, *, again: bool
) -> bool:
    """Note that a report is about to leave; False where one has, or the appointment is gone."""
    begun = connection.execute(
        "INSERT INTO gdt_sent (appointment, state, at)"
        " SELECT id, 'sending', ? FROM appointments WHERE id = ? ON CONFLICT (appointment)"
        " DO UPDATE SET state = excluded.state, at = excluded.at WHERE ?",
        (to_text(now), appointment_id, again),
    )
    return begun.rowcount == 1


def sent(connection: sqlite3.Connection, appointment_id: str, now: datetime) -> None:
    """Note that a report has left."""
    connection.execute(
        "UPDATE gdt_sent SET state = 'sent', at = ? WHERE appointment = ?",
        (to_text(now), appointment_id),
    )


def not_sent(connection: sqlite3.Connection, appointment_id: str) -> None:
    """Forget a report that certainly didn't go out."""
    connection.execute("DELETE FROM gdt_sent WHERE appointment = ?", (appointment_id,))


def ended_before(connection: sqlite3.Connection, moment: datetime) -> list[str]:
    """Appointments with a link that have ended by then, for good, and of which nobody was told."""
    rows = connection.execute(
        "SELECT gdt_links.id FROM gdt_links JOIN attendance ON appointment = gdt_links.id"
        " WHERE gdt_links.id NOT IN (SELECT appointment FROM gdt_sent)"
        " GROUP BY gdt_links.id HAVING max(CASE event WHEN 'ended' THEN at END) <= ?"
        " AND coalesce(max(CASE event WHEN 'began' THEN at END), '')"
        " <= max(CASE event WHEN 'ended' THEN at END)",
        (to_text(moment),),
    )
    return [row[0] for row in rows]


def _read(connection: sqlite3.Connection, keyring: Keyring, appointment_id: str) -> Link | None:
    row = connection.execute(
        "SELECT generation, sealed FROM gdt_links WHERE id = ?", (appointment_id,)
    ).fetchone()
    subject = find_subject(connection, keyring, appointment_id) if row else None
    if row is None or subject is None:
        return None
    return Link(**json.loads(open_record(subject, _TABLE, appointment_id, *row)))
