"""The consents of patients: noted at the desk, revoked, taken back, scanned in. Needs an unlocked
vault; every method raises `Locked` otherwise. What patients give at their door is in `door`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from practicebox.practice.consents import FORMS, Consent, How, Light, judge
from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NoSuchConsent
from practicebox.store.consents import passes, rows, texts
from practicebox.store.patients import rows as patients_rows
from practicebox.store.vault.keyring import Keyring, Subject

T = TypeVar("T")
Judged = tuple[Light, Consent | None]


@dataclass(frozen=True)
class Draft:
    """A consent as the desk notes it."""

    form: str
    how: How
    at: datetime
    until: date | None = None
    persons: tuple[str, ...] = field(default=(), repr=False)
    appointment: str = ""
    scan: str = ""  # media type of `content`
    content: bytes = field(default=b"", repr=False)


class Consents:
    """Who has agreed to what."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def of(self, patient_id: str) -> tuple[Consent, ...]:
        """Everything a patient has agreed to, oldest first; raise `SealBroken`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda c: rows.of(c, keyring, patient_id))

    async def judged(self, patient_id: str, day: date) -> dict[str, Judged]:
        """How a patient stands to every form on a day."""
        keyring = self._box.vault.keyring()

        def look(connection: sqlite3.Connection) -> dict[str, Judged]:
            return judged(connection, rows.of(connection, keyring, patient_id), day)

        return await self._box.database.run(look)

    async def note(self, patient_id: str, draft: Draft, by: By) -> Consent:
        """Note a consent to the version of today; raise `NoSuchPatient`."""
        box, keyring = self._box, self._box.vault.keyring()

        def write(connection: sqlite3.Connection, subject: Subject) -> Consent:
            one = enter(connection, box, subject, draft, by)
            deed = by.did(Action.CONSENT_GIVEN, patient_id, draft.form)
            audit.note(connection, keyring, box.random, box.now(), deed)
            return one

        return await self._change(patient_id, write)

    async def revoke(self, patient_id: str, consent_id: str, by: By) -> None:
        """Note that a patient has revoked a consent; raise `NoSuchPatient` or `NoSuchConsent`."""
        box, keyring = self._box, self._box.vault.keyring()
        now = box.now().replace(microsecond=0)

        def write(connection: sqlite3.Connection, subject: Subject) -> None:
            one = _find(rows.of(connection, keyring, patient_id), consent_id)
            if one.revoked:
                return
            over = replace(one, revoked=now, revoked_by=by.actor)
            rows.write(connection, subject, over, box.random)
            deed = by.did(Action.CONSENT_REVOKED, patient_id, one.form)
            audit.note(connection, keyring, box.random, now, deed)

        await self._change(patient_id, write)

    async def scan(self, patient_id: str, consent_id: str) -> tuple[str, bytes]:
        """Media type and content of what was scanned in; raise `NoSuchConsent`."""
        keyring = self._box.vault.keyring()

        def read(connection: sqlite3.Connection) -> tuple[str, bytes]:
            one = _find(rows.of(connection, keyring, patient_id), consent_id)
            subject = rows.subject_of(connection, keyring, patient_id)
            content = rows.read_scan(connection, subject, consent_id)
            if content is None:
                raise NoSuchConsent
            return one.scan, content

        return await self._box.database.run(read)

    async def _change(
        self, patient_id: str, write: Callable[[sqlite3.Connection, Subject], T]
    ) -> T:
        """Write something of a patient; then the passes of their appointments follow."""
        keyring = self._box.vault.keyring()

        def change(connection: sqlite3.Connection) -> T:
            subject = rows.subject_of(connection, keyring, patient_id)
            result = write(connection, subject)
            follow(connection, keyring, patient_id)
            return result

        return await self._box.database.transaction(change)


def judged(
    connection: sqlite3.Connection, consents: tuple[Consent, ...], day: date
) -> dict[str, Judged]:
    """How somebody with these consents stands to every form on a day."""
    floor = passes.floors(connection, day)
    return {form: judge(consents, form, floor[form], day) for form in FORMS}


def enter(
    connection: sqlite3.Connection, box: Box, subject: Subject, draft: Draft, by: By
) -> Consent:
    """Write a consent to the current version within the caller's transaction."""
    texts.pin(connection, draft.form, box.now())
    one = Consent(
        id=new_id(box.random),
        form=draft.form,
        version=texts.versions(connection)[draft.form][-1].number,
        at=draft.at.replace(microsecond=0),
        how=draft.how,
        by=by.actor,
        until=draft.until,
        persons=draft.persons,
        appointment=draft.appointment,
        scan=draft.scan,
    )
    rows.write(connection, subject, one, box.random)
    if draft.content:
        rows.write_scan(connection, subject, one.id, draft.content, box.random)
    return one


def follow(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> None:
    """Let the passes of a patient's appointments follow what has just been written."""
    record = patients_rows.find(connection, keyring, patient_id).record
    passes.mark(connection, keyring, patient_id, record.appointments)


def take_back(
    connection: sqlite3.Connection, keyring: Keyring, patient_id: str, appointment: str, form: str
) -> None:
    """Forget what the desk has noted by mistake through an appointment."""
    for one in rows.of(connection, keyring, patient_id):
        if is_own(one, appointment) and one.form == form:
            connection.execute("DELETE FROM consents WHERE id = ?", (one.id,))


def is_own(one: Consent, appointment: str) -> bool:
    """Whether the desk has ticked it off at this appointment, so that it can be taken back."""
    return one.appointment == appointment and one.how == "paper" and not one.revoked


def _find(consents: tuple[Consent, ...], consent_id: str) -> Consent:
    for one in consents:
        if one.id == consent_id:
            return one
    raise NoSuchConsent
