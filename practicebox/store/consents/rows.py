"""The rows of consents and of what was scanned in: sealed with the patient's key, read, moved.

A patient's key is replaced when their row is written after somebody has left (`patients.rows`), and
two entries can become one (`patients.merge`); the consents follow, `seal_anew` and `join`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

from practicebox.practice.consents import Consent
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, Subject, open_record, seal_record
from practicebox.store.vault.subjects import find_subject

Random = Callable[[int], bytes]

_TABLES = ("consents", "consent_scans")


def of(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> tuple[Consent, ...]:
    """What a patient has agreed to, oldest first; none for somebody who isn't there.

    Raise `SealBroken`.
    """
    query = "SELECT id, generation, sealed FROM consents WHERE patient = ?"
    rows = connection.execute(query, (patient_id,)).fetchall()
    subject = find_subject(connection, keyring, patient_id) if rows else None
    if subject is None:
        return ()
    found = [_load(id_, open_record(subject, "consents", id_, *row)) for id_, *row in rows]
    return tuple(sorted(found, key=lambda one: (one.at, one.form)))


def subject_of(connection: sqlite3.Connection, keyring: Keyring, patient_id: str) -> Subject:
    """Whose key seals a patient's consents; raise `NoSuchPatient`."""
    known = connection.execute("SELECT 1 FROM patients WHERE id = ?", (patient_id,)).fetchone()
    subject = find_subject(connection, keyring, patient_id) if known else None
    if subject is None:
        raise NoSuchPatient
    return subject


def write(connection: sqlite3.Connection, subject: Subject, one: Consent, random: Random) -> None:
    """Write a consent, new or not."""
    sealed = seal_record(subject, "consents", one.id, _dump(one), random)
    connection.execute(
        "INSERT INTO consents (id, patient, generation, sealed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET"
        " generation = excluded.generation, sealed = excluded.sealed",
        (one.id, subject.id, subject.generation, sealed),
    )


def write_scan(
    connection: sqlite3.Connection, subject: Subject, id_: str, content: bytes, random: Random
) -> None:
    """Keep what was scanned in for a consent that is there."""
    sealed = seal_record(subject, "consent_scans", id_, content, random)
    connection.execute(
        "INSERT INTO consent_scans (id, patient, generation, sealed) VALUES (?, ?, ?, ?)",
        (id_, subject.id, subject.generation, sealed),
    )


def read_scan(connection: sqlite3.Connection, subject: Subject, id_: str) -> bytes | None:
    """What was scanned in for a consent of this patient; None for nothing."""
    row = connection.execute(
        "SELECT generation, sealed FROM consent_scans WHERE id = ? AND patient = ?",
        (id_, subject.id),
    ).fetchone()
    return open_record(subject, "consent_scans", id_, *row) if row else None


def seal_anew(connection: sqlite3.Connection, old: Subject, new: Subject, random: Random) -> None:
    """Seal whatever the old key sealed with the new one, which may be another patient's."""
    for table in _TABLES:
        query = f"SELECT id, generation, sealed FROM {table} WHERE patient = ?"
        for id_, generation, sealed in connection.execute(query, (old.id,)).fetchall():
            content = open_record(old, table, id_, generation, sealed)
            connection.execute(
                f"UPDATE {table} SET patient = ?, generation = ?, sealed = ? WHERE id = ?",
                (new.id, new.generation, seal_record(new, table, id_, content, random), id_),
            )


def join(
    connection: sqlite3.Connection, keyring: Keyring, stays: str, goes: str, random: Random
) -> None:
    """Give the patient who stays the consents of the other; raise as `of` does."""
    old, new = (subject_of(connection, keyring, id_) for id_ in (goes, stays))
    seal_anew(connection, old, new, random)


def _dump(one: Consent) -> bytes:
    content = {
        "form": one.form,
        "version": one.version,
        "at": to_text(one.at),
        "how": one.how,
        "by": one.by,
        "until": one.until and one.until.isoformat(),
        "persons": one.persons,
        "appointment": one.appointment,
        "revoked": one.revoked and to_text(one.revoked),
        "revoked_by": one.revoked_by,
        "signature": one.signature,
        "scan": one.scan,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _load(id_: str, blob: bytes) -> Consent:
    content: dict[str, Any] = json.loads(blob)
    read = {
        "at": from_text(content["at"]),
        "until": content["until"] and date.fromisoformat(content["until"]),
        "persons": tuple(content["persons"]),
        "revoked": content["revoked"] and from_text(content["revoked"]),
    }
    return Consent(id=id_, **{**content, **read})
