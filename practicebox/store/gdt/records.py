"""Records that came from practice software and wait for somebody to look at them.

A file may come while the vault is locked, so it is sealed to the practice as a submission is
(`vault.submissions`); only id, time and size can be seen. The tag of what was taken outlives it for
a while: a file that could not be removed from its folder, or a kill between both, must not
bring it in a second time.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from practicebox.practice.gdt import Charset, Field, Forgiven, Record
from practicebox.practice.gdt_fields import Message, Person, understand
from practicebox.practice.gdt_reader import Decoded
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NoSuchGdtRecord, NotFounded, SealBroken, TooManyGdtRecords
from practicebox.store.patients.rows import identity
from practicebox.store.records import Patient
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import Keyring, open_submission, seal_submission

MOST = 1000  # records that wait; by then nobody looks at them, and a broken sender fills the disk
_SELECT = "SELECT id, received, generation, sealed FROM gdt_records"


@dataclass(frozen=True)
class Waiting:
    """A record that came in."""

    id: str
    received: datetime
    message: Message


def dump(message: Message) -> bytes:
    """A record that was understood, as it is kept."""
    record = message.record
    content = {
        "kind": record.kind,
        "charset": record.charset.value,
        "fields": [[one.code, one.content] for one in record.fields],
        "warnings": message.warnings,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def load(blob: bytes) -> Message:
    """What `dump` gave."""
    content = json.loads(blob)
    fields = tuple(Field(code, text) for code, text in content["fields"])
    record = Record(content["kind"], fields, Charset(content["charset"]))
    warnings = tuple(Forgiven(word) for word in content["warnings"])
    return understand(Decoded(record, (0,) * len(fields), warnings))


def take(connection: sqlite3.Connection, box: Box, message: Message, origin: bytes) -> str | None:
    """Keep a record; its id, or None where this very file has been taken before.

    `origin` tells one file from another of the same content. Raise `NotFounded` or
    `TooManyGdtRecords`.
    """
    content = dump(message)
    record_id, now = new_id(box.random), to_text(box.now())
    row = connection.execute("SELECT generation, public_key FROM practice").fetchone()
    if row is None:
        raise NotFounded
    if connection.execute("SELECT count(*) FROM gdt_records").fetchone()[0] >= MOST:
        raise TooManyGdtRecords
    taken = connection.execute(
        "INSERT INTO gdt_taken (tag, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (box.key.tag("gdt", origin + b"\n" + content), now),
    )
    if taken.rowcount != 1:
        return None
    generation, public_key = row
    sealed = seal_submission(public_key, _place(record_id, generation), content)
    connection.execute(
        "INSERT INTO gdt_records (id, received, generation, sealed) VALUES (?, ?, ?, ?)",
        (record_id, now, generation, sealed),
    )
    return record_id


def waiting(connection: sqlite3.Connection, keyring: Keyring) -> list[Waiting]:
    """Everything that waits, the latest first; what can't be opened is left out."""
    found = []
    for row in connection.execute(f"{_SELECT} ORDER BY received DESC, id").fetchall():
        with suppress(SealBroken):
            found.append(_open(keyring, *row))
    return found


def find(connection: sqlite3.Connection, keyring: Keyring, record_id: str) -> Waiting:
    """One record; raise `NoSuchGdtRecord` or `SealBroken`."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (record_id,)).fetchone()
    if row is None:
        raise NoSuchGdtRecord
    return _open(keyring, *row)


def remove(connection: sqlite3.Connection, record_id: str) -> bool:
    """Delete a record; whether there was one."""
    gone = connection.execute("DELETE FROM gdt_records WHERE id = ?", (record_id,))
    return gone.rowcount == 1


def of_patient(connection: sqlite3.Connection, keyring: Keyring, patient: Patient) -> list[Waiting]:
    """What waits about a patient, by name and birth date."""
    found = []
    for one in waiting(connection, keyring):
        if identity(as_patient(one.message.person)) == identity(patient):
            found.append(one)
    return found


def as_patient(person: Person) -> Patient:
    """Whom a record is about, as the directory has people."""
    return Patient(person.name, person.born, person.address, person.phone, person.email)


def prune(connection: sqlite3.Connection, cutoff: str) -> None:
    """Delete what came before a day and was never looked at, and the tags of that time."""
    connection.execute("DELETE FROM gdt_records WHERE received < ?", (cutoff,))
    connection.execute("DELETE FROM gdt_taken WHERE at < ?", (cutoff,))


def _open(
    keyring: Keyring, record_id: str, received: str, generation: int, sealed: bytes
) -> Waiting:
    place = _place(record_id, generation)
    content = open_submission(keyring.generation(generation), place, sealed)
    return Waiting(record_id, from_text(received), load(content))


def _place(record_id: str, generation: int) -> bytes:
    return associated("gdt_records", record_id, generation)
