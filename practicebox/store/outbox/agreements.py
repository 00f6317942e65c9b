"""Who has agreed to be written to by e-mail or SMS: since when, noted by whom, until when.

Sealed with the patient's key, so it goes with the patient. A patient's key is replaced when their
row is written after somebody has left (`patients.rows`); `seal_anew` follows it there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from practicebox.practice.reminders import Way
from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box, Random
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, Subject, open_record, seal_record
from practicebox.store.vault.subjects import find_subject

_TABLE = "agreements"


@dataclass(frozen=True)
class Agreement:
    """One agreement, from its beginning to its end."""

    given: datetime
    by: str  # id of the user who noted it
    revoked: datetime | None = None
    revoked_by: str = ""


@dataclass(frozen=True)
class Agreements:
    """All that a patient has agreed to, oldest first."""

    of: Mapping[Way, tuple[Agreement, ...]] = field(default_factory=dict)

    def since(self, way: Way) -> datetime | None:
        """Since when the patient agrees to this way; None where they don't."""
        last = self.of.get(way, ())[-1:]
        return last[0].given if last and last[0].revoked is None else None

    def with_answer(self, way: Way, agrees: bool, now: datetime, by: str) -> Agreements:
        """The same after the patient has been asked once more."""
        if agrees == (self.since(way) is not None):
            return self
        before = self.of.get(way, ())
        if agrees:
            after = (*before, Agreement(now, by))
        else:
            after = (*before[:-1], replace(before[-1], revoked=now, revoked_by=by))
        return Agreements({**self.of, way: after})


def joined(one: Agreements, other: Agreements) -> Agreements:
    """What two entries of one person have agreed to together: whatever was said last counts."""
    ways = {**one.of, **other.of}
    return Agreements(
        {
            way: tuple(sorted((*one.of.get(way, ()), *other.of.get(way, ())), key=_last_said))
            for way in ways
        }
    )


def _last_said(agreement: Agreement) -> datetime:
    return agreement.revoked or agreement.given


class PatientAgreements:
    """The agreements of patients. Needs an unlocked vault; raises `Locked` otherwise."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def of(self, patient_id: str) -> Agreements:
        """What a patient has agreed to; raise `NoSuchPatient`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda c: read(c, keyring, patient_id))

    async def note(self, patient_id: str, answers: Mapping[Way, bool], by: By = BY_BOX) -> None:
        """Note what a patient says today; raise `NoSuchPatient`."""
        box, keyring = self._box, self._box.vault.keyring()
        now = box.now().replace(microsecond=0)

        def write(connection: sqlite3.Connection) -> None:
            subject = _subject(connection, keyring, patient_id)
            known = _read(connection, subject)
            for way, agrees in answers.items():
                new = known.with_answer(way, agrees, now, by.actor)
                if new is not known:
                    action = Action.AGREEMENT_GIVEN if agrees else Action.AGREEMENT_REVOKED
                    deed = by.did(action, patient_id, way.value)
                    audit.note(connection, keyring, box.random, now, deed)
                known = new
            _write(connection, subject, known, box.random)

        await box.database.transaction(write)
        box.news.tell()


def read(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> Agreements:
    """What a patient has agreed to; raise `NoSuchPatient` or `SealBroken`."""
    return _read(connection, _subject(connection, keyring, patient_id))


def seal_anew(connection: sqlite3.Connection, old: Subject, new: Subject, random: Random) -> None:
    """Seal what the old key of a patient sealed with their new one."""
    known = _read(connection, old)
    if known.of:
        _write(connection, new, known, random)


def join(
    connection: sqlite3.Connection, keyring: Keyring, stays: str, goes: str, random: Random
) -> None:
    """Let the patient who stays have the agreements of the other; raise as `read` does."""
    kept = joined(read(connection, keyring, stays), read(connection, keyring, goes))
    if kept.of:
        _write(connection, _subject(connection, keyring, stays), kept, random)


def _subject(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> Subject:
    known = connection.execute("SELECT 1 FROM patients WHERE id = ?", (patient_id,)).fetchone()
    subject = find_subject(connection, keyring, patient_id) if known else None
    if subject is None:
        raise NoSuchPatient
    return subject


def _read(connection: sqlite3.Connection, subject: Subject) -> Agreements:
    row = connection.execute(
        "SELECT generation, sealed FROM agreements WHERE id = ?", (subject.id,)
    ).fetchone()
    if row is None:
        return Agreements()
    plain = json.loads(open_record(subject, _TABLE, subject.id, *row))
    return Agreements(
        {Way(way): tuple(_load(each) for each in listed) for way, listed in plain.items()}
    )


def _write(
    connection: sqlite3.Connection, subject: Subject, known: Agreements, random: Random
) -> None:
    plain = {way.value: [_dump(each) for each in listed] for way, listed in known.of.items()}
    sealed = seal_record(subject, _TABLE, subject.id, json.dumps(plain).encode(), random)
    connection.execute(
        "INSERT INTO agreements (id, generation, sealed) VALUES (?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (subject.id, subject.generation, sealed),
    )


def _dump(one: Agreement) -> list[str]:
    revoked = to_text(one.revoked) if one.revoked else ""
    return [to_text(one.given), one.by, revoked, one.revoked_by]


def _load(plain: list[str]) -> Agreement:
    given, by, revoked, revoked_by = plain
    return Agreement(from_text(given), by, from_text(revoked) if revoked else None, revoked_by)
