"""What a patient agrees to at their own door, before the waiting room, locked or not.

Sealed to the practice's public key and kept with the appointment; names nobody. When the vault is
open it becomes consents of the patient (`take_over_waiting`), sealed with their key. From the first
second the appointment's link isn't asked again (`passes`).
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from practicebox.practice import signature
from practicebox.practice.consents import AT_THE_DOOR, CONSENT, Consent
from practicebox.store.appointments import booking
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import PATIENT, Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import Locked, NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.consents import passes, rows, texts
from practicebox.store.consents.consents import follow
from practicebox.store.settings import ASK_CONSENT
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import Keyring, open_submission, seal_submission

log = logging.getLogger(__name__)

_TABLE = "consents_waiting"


class OldVersion(Exception):
    """The text has been changed while it was read."""


@dataclass(frozen=True)
class Given:
    """What a patient has agreed to on their page."""

    versions: Mapping[str, int]  # form -> version that was read
    signature: str = field(default="", repr=False)  # `practice.signature`


class ConsentDoor:
    """Consents from the patients' door. Works while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def asks(self, appointment_id: str) -> bool:
        """Whether whoever comes to this appointment has to agree first."""

        def look(connection: sqlite3.Connection) -> bool:
            return is_on(connection) and not passes.has(connection, appointment_id)

        return await self._box.database.run(look)

    async def switch(self, on: bool, by: By) -> None:
        """Begin or stop asking; whoever may be inside already isn't asked."""
        box, now = self._box, self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            if on:
                passes.give_inside(connection, now)
            connection.execute(
                "INSERT INTO settings (name, value, changed) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET"
                " value = excluded.value, changed = excluded.changed",
                (ASK_CONSENT, "yes" if on else "no", to_text(now)),
            )
            deed = by.did(Action.SETTING_CHANGED, detail=ASK_CONSENT)
            audit_waiting.record(connection, box, now, deed)

        await box.database.transaction(write, erases=not box.vault.is_unlocked)

    async def give(self, appointment_id: str, given: Given) -> None:
        """Keep what a patient agrees to; a second tap changes nothing.

        Raise `NoSuchAppointment`, or `OldVersion` where the text has been changed meanwhile.
        """
        box, now = self._box, self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            if not passes.has(connection, appointment_id):
                _keep(connection, box, now, appointment_id, given)

        await box.database.transaction(write, erases=not box.vault.is_unlocked)
        try:
            keyring = box.vault.keyring()
        except Locked:
            return
        await take_over_waiting(box, keyring)


async def take_over_waiting(box: Box, keyring: Keyring) -> None:
    """Let what waits become consents of the patients; writes nothing where nothing waits."""
    query = f"SELECT EXISTS (SELECT 1 FROM {_TABLE})"
    if await box.database.run(lambda c: c.execute(query).fetchone()[0]):
        await box.database.transaction(lambda c: _take_over(c, box, keyring))


def is_on(connection: sqlite3.Connection) -> bool:
    """Whether patients are asked at all."""
    query = "SELECT value FROM settings WHERE name = ?"
    row = connection.execute(query, (ASK_CONSENT,)).fetchone()
    return row is not None and str(row[0]) == "yes"


def _take_over(connection: sqlite3.Connection, box: Box, keyring: Keyring) -> None:
    """What can't be opened goes on waiting."""
    waiting = connection.execute(
        f"SELECT id, appointment, generation, sealed FROM {_TABLE}"
    ).fetchall()
    for id_, appointment, generation, sealed in waiting:
        try:
            patient_id = booking.whose(connection, keyring, appointment)
            subject = rows.subject_of(connection, keyring, patient_id)
            place = associated(_TABLE, id_, generation)
            blob = open_submission(keyring.generation(generation), place, sealed)
            agreed = _consents(json.loads(blob), box, appointment)
        except NoSuchPatient:  # an appointment of an earlier version, not related yet
            continue
        except (SealBroken, ValueError, KeyError, TypeError):
            log.error("consent_unreadable")
            continue
        for one in agreed:
            rows.write(connection, subject, one, box.random)
        connection.execute(f"DELETE FROM {_TABLE} WHERE id = ?", (id_,))
        follow(connection, keyring, patient_id)


def _keep(
    connection: sqlite3.Connection, box: Box, now: datetime, appointment_id: str, given: Given
) -> None:
    row = connection.execute(
        "SELECT practice.generation, public_key FROM practice, appointments"
        " WHERE appointments.id = ? AND state = 'planned'",
        (appointment_id,),
    ).fetchone()
    if row is None:
        raise NoSuchAppointment
    known = texts.versions(connection)
    if any(known[form][-1].number != number for form, number in given.versions.items()):
        raise OldVersion
    for form in given.versions:
        texts.pin(connection, form, now)
    id_, (generation, key) = new_id(box.random), row
    content = {
        "at": to_text(now),
        "versions": dict(given.versions),
        "signature": given.signature,
    }
    sealed = seal_submission(key, associated(_TABLE, id_, generation), json.dumps(content).encode())
    connection.execute(
        f"INSERT INTO {_TABLE} (id, appointment, generation, sealed) VALUES (?, ?, ?, ?)",
        (id_, appointment_id, generation, sealed),
    )
    passes.give(connection, appointment_id)
    deed = By(PATIENT).did(Action.CONSENT_ON_PAGE, appointment_id)
    audit_waiting.record(connection, box, now, deed)


def _consents(content: dict[str, Any], box: Box, appointment: str) -> list[Consent]:
    """What a patient's page has sealed; raise `ValueError`, `KeyError` or `TypeError` for anything
    else, for whoever has the disk can seal to the practice, too."""
    at, versions = from_text(content["at"]), content["versions"]
    drawn = signature.read(content["signature"])
    return [
        Consent(
            id=new_id(box.random),
            form=form,
            version=int(versions[form]),
            at=at,
            how="page",
            by=PATIENT,
            appointment=appointment,
            signature=drawn if form == CONSENT else "",
        )
        for form in AT_THE_DOOR
        if form in versions
    ]
