"""Which appointments' links aren't asked for a consent again, for a door that may be locked.

One clear bit an appointment: the page of the patients' door has to know it before anybody has
logged in. It follows what is sealed with the patient, whenever that or the appointment changes.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from practicebox.practice.consents import AT_THE_DOOR, FORMS, Light, judge
from practicebox.store.conditions import SealBroken
from practicebox.store.consents import rows
from practicebox.store.times import to_text
from practicebox.store.vault.keyring import Keyring

log = logging.getLogger(__name__)

# Who may be inside keeps the pass when everybody is asked anew: a broken line must let them back.
INSIDE = (timedelta(hours=12), timedelta(hours=1))  # begun so long ago, or beginning so soon
_INSIDE = "SELECT id FROM appointments WHERE starts BETWEEN ? AND ?"


def mark(
    connection: sqlite3.Connection, keyring: Keyring, patient_id: str, appointments: Iterable[str]
) -> None:
    """Let those appointments of a patient pass on whose day the consents count."""
    try:
        consents = rows.of(connection, keyring, patient_id)
    except SealBroken:
        log.error("consent_unreadable")
        consents = ()
    wanted = json.dumps(list(appointments))
    days = connection.execute(
        "SELECT id, day FROM appointments WHERE id IN (SELECT value FROM json_each(?))", (wanted,)
    ).fetchall()
    query = "DELETE FROM passes WHERE appointment IN (SELECT value FROM json_each(?))"
    connection.execute(query, (wanted,))
    for id_, day in days if consents else ():
        on = date.fromisoformat(day)
        floor = floors(connection, on)
        if all(judge(consents, form, floor[form], on)[0] is Light.GIVEN for form in AT_THE_DOOR):
            give(connection, id_)


def floors(connection: sqlite3.Connection, day: date) -> dict[str, int]:
    """From which version of each form on a consent counts on a day."""
    found = dict.fromkeys(FORMS, 1)
    query = (
        "SELECT form, max(number) FROM form_versions"
        " WHERE renew = 1 AND substr(since, 1, 10) <= ? GROUP BY form"
    )
    return found | dict(connection.execute(query, (day.isoformat(),)).fetchall())


def give(connection: sqlite3.Connection, appointment_id: str) -> None:
    """Let an appointment's link pass from now on."""
    connection.execute("INSERT OR IGNORE INTO passes (appointment) VALUES (?)", (appointment_id,))


def has(connection: sqlite3.Connection, appointment_id: str) -> bool:
    """Whether an appointment's link passes."""
    query = "SELECT 1 FROM passes WHERE appointment = ?"
    return connection.execute(query, (appointment_id,)).fetchone() is not None


def withdraw(connection: sqlite3.Connection, now: datetime) -> None:
    """Ask everybody anew who can't be inside now."""
    connection.execute(f"DELETE FROM passes WHERE appointment NOT IN ({_INSIDE})", _inside(now))


def give_inside(connection: sqlite3.Connection, now: datetime) -> None:
    """Let everybody stay who may be inside already; for when asking begins."""
    connection.execute(
        "INSERT OR IGNORE INTO passes (appointment) SELECT id FROM appointments"
        f" WHERE id IN ({_INSIDE}) AND id IN (SELECT appointment FROM visits)",
        _inside(now),
    )


def _inside(now: datetime) -> tuple[str, str]:
    before, after = INSIDE
    return to_text(now - before), to_text(now + after)
