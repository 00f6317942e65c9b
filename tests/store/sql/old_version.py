"""A box as a version before the directory left it: a copy of the patient in every appointment."""

from __future__ import annotations

import json
import sqlite3
from os import urandom

from practicebox.store.appointments import booking, day_pages
from practicebox.store.patients import rows as patients_rows
from practicebox.store.records import Patient
from practicebox.store.times import to_text
from practicebox.store.vault import keyring
from practicebox.store.vault.keyring import Keyring, open_record, open_subject, seal_record
from tests.store.world import World, reading


async def make_old(world: World, patients: dict[str, Patient]) -> None:
    """Undo the directory: `patients` says what each appointment's own copy holds. Stops the box."""
    keys = world.store.vault.keyring()
    await world.stop()
    with reading(world.path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        _pages(connection, keys, patients)
        for id_, patient in patients.items():
            _appointment(connection, keys, id_, patient)
        connection.execute("DELETE FROM subjects WHERE id IN (SELECT id FROM patients)")
        connection.execute("DELETE FROM subjects WHERE instr(id, ':') > 0")
        connection.execute("DELETE FROM name_pages")
        assert connection.execute("SELECT count(*) FROM patients").fetchone() == (0,)


def _appointment(connection: sqlite3.Connection, keys: Keyring, id_: str, patient: Patient) -> None:
    generation, sealed, wrapped_in, wrapped = connection.execute(
        "SELECT appointments.generation, sealed, subjects.generation, wrapped FROM appointments"
        " JOIN subjects USING (id) WHERE id = ?",
        (id_,),
    ).fetchone()
    subject = open_subject(keys, id_, wrapped_in, wrapped)
    content = json.loads(open_record(subject, "appointments", id_, generation, sealed))
    del content["patient_id"]
    content["patient"] = patients_rows.dump_patient(patient)
    blob = seal_record(subject, "appointments", id_, json.dumps(content).encode(), urandom)
    connection.execute("UPDATE appointments SET sealed = ?, related = 0 WHERE id = ?", (blob, id_))


def _pages(connection: sqlite3.Connection, keys: Keyring, patients: dict[str, Patient]) -> None:
    """Day pages under the key of the generation."""
    for day in day_pages.days(connection):
        lines = [
            [e.id, to_text(e.starts), e.minutes, e.state, patients[e.id].name, e.organiser]
            for e in day_pages.read(connection, keys, day)
        ]
        blob = keyring.seal_page(keys, "day_pages", day, json.dumps(lines).encode(), urandom)
        connection.execute("UPDATE day_pages SET sealed = ? WHERE day = ?", (blob, day))


def unrelated(world: World) -> int:
    """How many appointments have no patient yet."""
    with reading(world.path) as connection:
        query = "SELECT count(*) FROM appointments WHERE related = 0"
        (count,) = connection.execute(query).fetchone()
    return int(count)


def patient_ids(world: World, ids: list[str]) -> list[str]:
    """Whose each appointment is, read past the store."""
    keys = world.store.vault.keyring()
    with reading(world.path) as connection:
        return [booking.whose(connection, keys, id_) for id_ in ids]
