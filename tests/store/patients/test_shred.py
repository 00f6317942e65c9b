"""A deleted patient: no key is left, nothing old opens with what is left, no byte lies about."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from practicebox.store.appointments.checks import Verdict
from practicebox.store.conditions import Locked, NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.records import Appointment, AppointmentDraft, Patient
from practicebox.store.vault.keyring import Keyring, Subject, open_page, open_record, open_subject
from tests.store.test_nothing_in_clear import found
from tests.store.world import NOON, World, reading

CANARIES = [f"Kanarienvogel{number:02}" for number in range(6)]
ALICE = Patient(CANARIES[0], date(1931, 12, 24), (CANARIES[1],), CANARIES[2], CANARIES[3])

Blob = tuple[str, str, int, bytes, str]  # table, row, generation, sealed, whose key


def draft(world: World, patient: Patient, days: int = 0) -> AppointmentDraft:
    starts = NOON + timedelta(days=days)
    return AppointmentDraft(patient, starts, 45, world.founded.user_id, CANARIES[4])


async def plan(world: World) -> tuple[list[Appointment], Appointment]:
    """Two appointments of Alice, one of Bob on the same day."""
    appointments = world.store.appointments
    alice = [await appointments.add(draft(world, ALICE, days)) for days in (0, 3)]
    bob = await appointments.add(draft(world, Patient("Bob")))
    await world.store.visits.start(alice[0].id)
    await world.store.checks.note(alice[0].id, Verdict.GOOD, NOON)
    return alice, bob


def copy(world: World) -> sqlite3.Connection:
    """The database as a backup of this moment would have it."""
    copied = sqlite3.connect(":memory:", isolation_level=None)
    with reading(world.path) as connection:
        connection.backup(copied)
    return copied


def blobs(copied: sqlite3.Connection, alice: list[Appointment]) -> Iterator[Blob]:
    """Every sealed value that says something of Alice."""
    ids = [one.id for one in alice]
    query = "SELECT id, generation, sealed FROM appointments WHERE id IN (?, ?)"
    for id_, *sealed in copied.execute(query, ids):
        yield ("appointments", id_, *sealed, id_)
    query = "SELECT id, generation, sealed FROM patients WHERE id = ?"
    for id_, *sealed in copied.execute(query, (alice[0].patient_id,)):
        yield ("patients", id_, *sealed, id_)
    for table, column in (("day_pages", "day"), ("name_pages", "page")):
        for row, *sealed in copied.execute(f"SELECT {column}, generation, sealed FROM {table}"):
            yield (table, str(row), *sealed, f"{table}:{row}")


def keys_of(connection: sqlite3.Connection, keyring: Keyring) -> dict[str, Subject]:
    rows = connection.execute("SELECT id, generation, wrapped FROM subjects")
    return {row[0]: open_subject(keyring, *row) for row in rows.fetchall()}


def opens(try_it: Callable[[], bytes]) -> bool:
    try:
        try_it()
    except SealBroken:
        return False
    return True


async def test_yesterdays_rows_open_with_no_key_of_today(world: World) -> None:
    alice, _ = await plan(world)
    keyring = world.store.vault.keyring()
    with closing(copy(world)) as yesterday:
        old_keys, old_blobs = keys_of(yesterday, keyring), list(blobs(yesterday, alice))
    assert len(old_blobs) == 2 + 1 + 2 + 1
    for table, row, generation, sealed, whose in old_blobs:  # a backup still opens, until it's gone
        assert open_record(old_keys[whose], table, row, generation, sealed)
    await world.store.patients.delete(alice[0].patient_id)
    with reading(world.path) as connection:
        today = keys_of(connection, keyring)
    assert today
    for table, row, generation, sealed, _ in old_blobs:
        place = (table, row, generation, sealed)
        assert not any(opens(partial(open_record, key, *place)) for key in today.values())
        assert not opens(partial(open_page, keyring, *place))


async def test_no_row_is_left(world: World) -> None:
    alice, bob = await plan(world)
    ended = await world.store.patients.delete(alice[0].patient_id)
    assert sorted(ended) == sorted(one.id for one in alice)
    with reading(world.path) as connection:
        for table in ("visits", "checks"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        assert connection.execute("SELECT DISTINCT appointment FROM invitations").fetchall() == [
            (bob.id,)
        ]
        for table, kept in (("patients", bob.patient_id), ("appointments", bob.id)):
            assert connection.execute(f"SELECT id FROM {table}").fetchall() == [(kept,)]
    for one in alice:
        with pytest.raises(NoSuchAppointment):
            await world.store.appointments.get(one.id)
    with pytest.raises(NoSuchPatient):
        await world.store.patients.delete(alice[0].patient_id)
    assert await world.store.appointments.get(bob.id) == bob
    assert [entry.id for entry in await world.store.appointments.day(NOON.date())] == [bob.id]
    assert [found.name for found in world.store.patients.search("", 9)] == ["Bob"]


async def test_no_byte_of_the_patient_is_left_in_the_files(world: World) -> None:
    alice, _ = await plan(world)
    keyring = world.store.vault.keyring()
    await world.store.patients.change(alice[0].patient_id, ALICE)
    with closing(copy(world)) as yesterday:
        sealed = [blob[3] for blob in blobs(yesterday, alice)]
        query = "SELECT wrapped FROM subjects WHERE id IN (?, ?, ?)"
        ids = (alice[0].patient_id, *(one.id for one in alice))
        sealed += [wrapped for (wrapped,) in yesterday.execute(query, ids)]
        tags = keys_of(yesterday, keyring)
    assert all(found(piece, files(world.path)) for piece in sealed)
    await world.store.patients.delete(alice[0].patient_id)
    after = files(world.path)
    assert not any(found(piece, after) for piece in sealed)
    assert not any(one.id.encode() in after for one in alice)
    assert not any(tags[id_].key in after for id_ in ids)
    assert not any(canary.encode() in after for canary in CANARIES)


async def test_a_patient_whose_row_is_damaged_can_be_deleted(world: World) -> None:
    alice, bob = await plan(world)
    with reading(world.path) as connection:
        connection.execute(
            "UPDATE patients SET sealed = x'01' WHERE id = ?", (alice[0].patient_id,)
        )
    with pytest.raises(SealBroken):
        await world.store.patients.get(alice[0].patient_id)
    assert len(await world.store.patients.delete(alice[0].patient_id)) == 2
    assert await world.store.appointments.get(bob.id) == bob
    with reading(world.path) as connection:
        assert connection.execute("SELECT count(*) FROM patients").fetchone() == (1,)


async def test_a_deletion_that_fails_deletes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = await plan(world)

    def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("practicebox.store.appointments.agenda.Agenda.rewrite", broken)
    with pytest.raises(OSError, match=r"^$"):
        await world.store.patients.delete(alice[0].patient_id)
    monkeypatch.undo()
    assert (await world.store.patients.get(alice[0].patient_id)).patient == ALICE
    assert await world.store.appointments.get(alice[1].id)
    assert CANARIES[0] in [found.name for found in world.store.patients.search("", 9)]


async def test_a_locked_vault_deletes_and_exports_nothing(world: World) -> None:
    alice, _ = await plan(world)
    world.store.lock()
    for use in (
        world.store.patients.delete,
        world.store.patients.export,
        world.store.patients.get,
    ):
        with pytest.raises(Locked):
            await use(alice[0].patient_id)


def files(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file())
