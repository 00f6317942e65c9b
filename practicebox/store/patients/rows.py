"""The row of a patient: sealed, opened, found. Runs in the database thread.

Clear are only id, running number and `duplicate`: the keyed tag of name and birth date, by which an
exact duplicate is found without opening all rows. Its key belongs to the keyring, so that the disk
alone doesn't allow anybody to try names.
"""

from __future__ import annotations

import hmac
import json
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from practicebox.practice.names import same_key
from practicebox.store.api import answers
from practicebox.store.conditions import NoSuchPatient, SealBroken
from practicebox.store.consents import rows as consents
from practicebox.store.outbox import agreements
from practicebox.store.records import Patient
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.aead import associated
from practicebox.store.vault.kdf import derive
from practicebox.store.vault.keyring import (
    Generation,
    Keyring,
    Subject,
    new_subject,
    open_record,
    open_subject,
    seal_record,
)
from practicebox.store.vault.subjects import put_subject

log = logging.getLogger(__name__)

Random = Callable[[int], bytes]

_TABLE = "patients"
_DUPLICATES = "pb1 duplicates"  # purpose of a derived key
_SELECT = (
    "SELECT number, patients.id, patients.generation, sealed, subjects.generation, wrapped"
    " FROM patients JOIN subjects USING (id)"
)


@dataclass(frozen=True)
class PatientRecord:
    """A patient of the directory."""

    id: str
    number: int | None  # running; None until the row is written
    patient: Patient
    created: datetime
    appointments: tuple[str, ...]  # ids, in the order in which they were planned; some may be gone


@dataclass(frozen=True)
class Opened:
    """A patient and the key of their row."""

    record: PatientRecord
    subject: Subject


@dataclass(frozen=True)
class Prepared:
    """A new patient, sealed before the transaction that writes them (`prepare`)."""

    record: PatientRecord
    generation: int
    wrapped: bytes  # the key of the row
    sealed: bytes
    tags: tuple[bytes, ...]  # by which the same name and birth date are found; the last is current


def find(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> Opened:
    """One patient; raise `NoSuchPatient` or `SealBroken`."""
    row = connection.execute(f"{_SELECT} WHERE patients.id = ?", (patient_id,)).fetchone()
    if row is None:
        raise NoSuchPatient
    return _open(keyring, row)


def find_same(
    connection: sqlite3.Connection, keyring: Keyring, patient: Patient
) -> list[PatientRecord]:
    """Patients with the same name and birth date, the first known first.

    A damaged row is passed over: who can't be read is nobody's duplicate.
    """
    tags = [_tag(generation, patient) for generation in keyring.generations]
    marks = ", ".join("?" * len(tags))
    rows = connection.execute(f"{_SELECT} WHERE duplicate IN ({marks}) ORDER BY number", tags)
    found = []
    for row in rows:
        try:
            found.append(_open(keyring, row).record)
        except SealBroken:
            log.error("patient_unreadable")
    return found


def read_some(
    connection: sqlite3.Connection, keyring: Keyring, after: int, limit: int
) -> tuple[list[PatientRecord], int | None]:
    """The next patients after a running number, and the last number of them; None at the end.

    A damaged row is passed over.
    """
    query = f"{_SELECT} WHERE number > ? ORDER BY number LIMIT ?"
    rows = connection.execute(query, (after, limit)).fetchall()
    found = []
    for row in rows:
        try:
            found.append(_open(keyring, row).record)
        except SealBroken:
            log.error("patient_unreadable")
    return found, rows[-1][0] if len(rows) == limit else None


def prepare(keyring: Keyring, record: PatientRecord, random: Random) -> Prepared:
    """Seal a new patient; takes no database, so that many are made beside it."""
    subject, wrapped = new_subject(keyring, record.id, random)
    sealed = seal_record(subject, _TABLE, record.id, _dump(record), random)
    tags = tuple(_tag(generation, record.patient) for generation in keyring.generations)
    return Prepared(record, subject.generation, wrapped, sealed, tags)


def tags(connection: sqlite3.Connection) -> set[bytes]:
    """The tags of everybody in the directory."""
    return {tag for (tag,) in connection.execute("SELECT duplicate FROM patients")}


def write_prepared(
    connection: sqlite3.Connection, prepared: Sequence[Prepared]
) -> list[PatientRecord]:
    """Write new patients; their records with numbers."""
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM patients").fetchone()
    connection.executemany(
        "INSERT INTO subjects (id, generation, wrapped) VALUES (?, ?, ?)",
        ((one.record.id, one.generation, one.wrapped) for one in prepared),
    )
    connection.executemany(
        "INSERT INTO patients (number, id, duplicate, generation, sealed) VALUES (?, ?, ?, ?, ?)",
        (
            (number, one.record.id, one.tags[-1], one.generation, one.sealed)
            for number, one in enumerate(prepared, last + 1)
        ),
    )
    return [replace(one.record, number=n) for n, one in enumerate(prepared, last + 1)]


def write(
    connection: sqlite3.Connection, keyring: Keyring, opened: Opened, random: Random
) -> PatientRecord:
    """Write a patient's row, new or not; the record with its number.

    A key of an earlier generation is replaced: who has left must not read what is written now.
    """
    record, subject, current = opened.record, opened.subject, keyring.current
    if subject.generation != current.number:
        subject = put_subject(connection, keyring, record.id, random)
        agreements.seal_anew(connection, opened.subject, subject, random)
        consents.seal_anew(connection, opened.subject, subject, random)
        answers.lose(connection, record.id)
    sealed = seal_record(subject, _TABLE, record.id, _dump(record), random)
    (number,) = connection.execute(
        "INSERT INTO patients (id, duplicate, generation, sealed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET duplicate = excluded.duplicate,"
        " generation = excluded.generation, sealed = excluded.sealed RETURNING number",
        (record.id, _tag(current, record.patient), subject.generation, sealed),
    ).fetchone()
    return PatientRecord(record.id, number, record.patient, record.created, record.appointments)


def identity(patient: Patient) -> tuple[str, date | None]:
    """What two entries of one person have in common."""
    return same_key(patient.name), patient.born


def dump_patient(patient: Patient) -> dict[str, Any]:
    """A patient's data as they are kept."""
    return {
        "name": patient.name,
        "born": patient.born.isoformat() if patient.born else None,
        "address": patient.address,
        "phone": patient.phone,
        "email": patient.email,
        "payer": patient.payer,
        "standing": patient.standing,
        "language": patient.language,
        "needs": patient.needs,
    }


def load_patient(content: dict[str, Any]) -> Patient:
    """What `dump_patient` gave, here or in an earlier version, which knew less."""
    born = content["born"] and date.fromisoformat(content["born"])
    lists = {"address": tuple(content["address"]), "needs": tuple(content.get("needs", ()))}
    return Patient(**content | lists | {"born": born})


def _tag(generation: Generation, patient: Patient) -> bytes:
    name, born = identity(patient)
    place = associated("duplicate", name.encode("utf-8", "surrogatepass"), str(born or ""))
    return hmac.digest(derive(generation.root, _DUPLICATES), place, "sha256")


def _open(keyring: Keyring, row: tuple[Any, ...]) -> Opened:
    number, id_, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, id_, wrapped_in, wrapped)
    content = json.loads(open_record(subject, _TABLE, id_, generation, sealed))
    patient, created = load_patient(content["patient"]), from_text(content["created"])
    record = PatientRecord(id_, number, patient, created, tuple(content["appointments"]))
    return Opened(record, subject)


def _dump(record: PatientRecord) -> bytes:
    content = {
        "patient": dump_patient(record.patient),
        "created": to_text(record.created),
        "appointments": record.appointments,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
