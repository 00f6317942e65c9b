"""Who could be asked to confirm a consultation, and who was. Runs in the database thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from practicebox.practice.reminders import Kind, State
from practicebox.store.appointments import booking
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.outbox import agreements, rows
from practicebox.store.outbox.agreements import Agreements
from practicebox.store.records import Appointment
from practicebox.store.vault.keyring import Keyring

_LOST = {State.FAILED, State.WITHDRAWN}


@dataclass(frozen=True)
class Askable:
    """A consultation that somebody is to confirm."""

    appointment: Appointment
    agreed: Agreements  # to which ways of writing
    asked: datetime | None  # the last time


def askable(connection: sqlite3.Connection, keyring: Keyring, ids: Iterable[str]) -> list[Askable]:
    """Those that can be opened, in the order of `ids`."""
    found = []
    for id_ in ids:
        with suppress(SealBroken, NoSuchAppointment, NoSuchPatient):
            booked = booking.find(connection, keyring, id_)
            agreed = agreements.read(connection, keyring, booked.appointment.patient_id)
            asked = [
                message.changed
                for message in rows.of_appointment(connection, booked.subject)
                if message.kind is Kind.CONFIRM and message.state not in _LOST
            ]
            found.append(Askable(booked.appointment, agreed, max(asked, default=None)))
    return found
