"""Which messages stand in the outbox: reminders planned, waiting ones opened.

Runs in the database thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from practicebox.practice import reminders
from practicebox.practice.reminders import PREPARED, Kind, Plan, State, Way
from practicebox.store.appointments import booking
from practicebox.store.appointments.booking import Booked
from practicebox.store.box import Random
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.outbox import agreements, rows
from practicebox.store.outbox.agreements import Agreements
from practicebox.store.outbox.rows import Content, Message
from practicebox.store.records import Appointment
from practicebox.store.sql.transactions import transaction
from practicebox.store.times import to_text
from practicebox.store.vault.keyring import Keyring


@dataclass(frozen=True)
class Wanted:
    """Which reminders there are to be."""

    leads: tuple[timedelta, ...]
    ways: frozenset[Way]  # that the practice has set up
    now: datetime
    random: Random


@dataclass(frozen=True)
class Pending:
    """A message with all that is needed to write it."""

    message: Message
    appointment: Appointment
    agreed: Agreements


def coming(connection: sqlite3.Connection, wanted: Wanted) -> list[str]:
    """The appointments that have reminders within the next 48 hours, soonest first."""
    latest = wanted.now + PREPARED + max(wanted.leads)
    rows_ = connection.execute(
        "SELECT id FROM appointments WHERE starts > ? AND starts <= ? AND state = 'planned'"
        " ORDER BY starts, id",
        (to_text(wanted.now), to_text(latest)),
    )
    return [id_ for (id_,) in rows_]


def plan(connection: sqlite3.Connection, keyring: Keyring, ids: list[str], wanted: Wanted) -> None:
    """Put the reminders that are missing into the outbox, of some appointments."""
    missing = [
        (booked, way, due)
        for booked in _open(connection, keyring, ids)
        for way, due in _missing(connection, keyring, booked, wanted)
    ]
    if not missing:
        return
    with transaction(connection, wanted.now):
        for booked, way, due in missing:
            rows.insert(
                *(connection, booked.subject, Kind.REMINDER, due),
                *(Content(way), wanted.now, wanted.random),
            )


def waiting(connection: sqlite3.Connection, until: datetime) -> list[str]:
    """The appointments with messages that wait to go out before `until`."""
    found = connection.execute(
        "SELECT DISTINCT appointment FROM messages WHERE state = 'waiting' AND next_try <= ?",
        (to_text(until),),
    )
    return [id_ for (id_,) in found]


def pending(
    connection: sqlite3.Connection, keyring: Keyring, ids: list[str], until: datetime
) -> list[Pending]:
    """What waits of some appointments."""
    found = []
    for booked in _open(connection, keyring, ids):
        agreed = _agreed(connection, keyring, booked)
        found += [
            Pending(message, booked.appointment, agreed)
            for message in rows.of_appointment(connection, booked.subject)
            if message.state is State.WAITING and message.next_try <= until
        ]
    return found


def _missing(
    connection: sqlite3.Connection, keyring: Keyring, booked: Booked, wanted: Wanted
) -> Iterator[tuple[Way, datetime]]:
    appointment, agreed = booked.appointment, _agreed(connection, keyring, booked)
    messages = rows.of_appointment(connection, booked.subject)
    there = [m for m in messages if m.state is not State.WITHDRAWN]
    known = {(m.content.way, m.due) for m in there if m.kind is Kind.REMINDER}
    for way in sorted(wanted.ways):
        since = agreed.since(way)
        if since is None:
            continue
        # Whoever hears of the appointment or its new time today needs no reminder of yesterday.
        told = [m.due for m in there if m.content.way is way and m.kind is not Kind.REMINDER]
        known_since = max(since, appointment.created, *told)
        planned = Plan(appointment.starts, appointment.minutes, known_since)
        for due in reminders.dues(planned, wanted.leads, wanted.now):
            if due <= wanted.now + PREPARED and (way, due) not in known:
                yield way, due


def _agreed(connection: sqlite3.Connection, keyring: Keyring, booked: Booked) -> Agreements:
    with suppress(SealBroken, NoSuchPatient):
        return agreements.read(connection, keyring, booked.appointment.patient_id)
    return Agreements()  # of whom nothing is known is not written to


def _open(connection: sqlite3.Connection, keyring: Keyring, ids: list[str]) -> Iterator[Booked]:
    for id_ in ids:
        with suppress(SealBroken, NoSuchAppointment):
            yield booking.find(connection, keyring, id_)
