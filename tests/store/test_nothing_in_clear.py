"""Canary strings in every sealed field are nowhere in the files; shredded rows leave no trace."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from practicebox.store.records import AppointmentDraft, Patient, Person
from tests.store.world import NOON, Boxes, World, founding, raw_bytes, reading

CANARIES = [f"Kanarienvogel{number:02}" for number in range(20)]


def canary_person(first: int) -> Person:
    names = CANARIES[first : first + 6]
    return Person(
        salutation=names[0],
        title=names[1],
        first_name=names[2],
        last_name=names[3],
        lanr=names[4],
        email=names[5],
    )


def traces(text: str) -> list[bytes]:
    """How a text could lie in a file: as it is, as UTF-16, as hex."""
    return [text.encode(), text.encode("utf-16-le"), text.encode().hex().encode()]


async def test_no_sealed_field_is_in_the_files_or_in_the_log(
    boxes: Boxes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    draft = replace(
        founding(),
        user_short_name=CANARIES[6],
        person=canary_person(0),
        password=CANARIES[7],
        master_password=CANARIES[8],
        device_name=CANARIES[9],
    )
    path = tmp_path / "data"
    store = await boxes.open(path)
    founded = await store.found(draft)
    session = await store.login("sonne", CANARIES[6], CANARIES[7], founded.device_secret)
    patient = Patient(
        CANARIES[10],
        date(1931, 12, 24),
        (CANARIES[11], CANARIES[12]),
        CANARIES[13],
        CANARIES[14],
    )
    planned = AppointmentDraft(patient, NOON, 45, session.user.id, CANARIES[15], "phone")
    added = await store.appointments.add(planned)
    await store.appointments.change(added.id, replace(planned, reason=CANARIES[16]))
    await store.appointments.search(CANARIES[10], 10, past=False, now=NOON)
    await store.change_person(session.user.id, replace(canary_person(0), title=CANARIES[17]))
    await store.change_password(session.user.id, CANARIES[7], CANARIES[18])
    await store.submit(CANARIES[19], CANARIES[19].encode())
    while_open = raw_bytes(path)
    names = sorted(file.name for file in path.iterdir())
    await boxes.close(store)
    database = ["practicebox.db", "practicebox.db-shm", "practicebox.db-wal"]
    assert names == ["audit.mark", "box.key", *database]
    for content in (while_open, raw_bytes(path), caplog.text.encode()):
        for secret in (*CANARIES, "1931-12-24", added.codes.patient):
            assert not [trace for trace in traces(secret) if trace in content]
        assert founded.device_secret not in content
        assert session.token.encode() not in content
    assert b"Sonnenplatz" in while_open  # the door plate is there: this test can see


async def test_a_deleted_appointment_leaves_no_bytes(world: World) -> None:
    appointments = world.store.appointments
    kept = await appointments.add(world.draft("Bleibt", NOON + timedelta(hours=1)))
    gone = await appointments.add(world.draft("Geht"))
    await appointments.change(gone.id, world.draft("Geht", NOON + timedelta(days=1)))
    await appointments.change(gone.id, world.draft("Geht doch", NOON))
    with reading(world.path) as connection:
        query = "SELECT wrapped, sealed FROM subjects JOIN appointments USING (id) WHERE id = ?"
        sealed = list(connection.execute(query, (gone.id,)).fetchone())
        sealed += [s for (s,) in connection.execute("SELECT sealed FROM day_pages")]
        codes = "SELECT code_tag FROM invitations WHERE appointment = ?"
        sealed += [tag for (tag,) in connection.execute(codes, (gone.id,))]
    assert all(found(piece, raw_bytes(world.path)) for piece in sealed)
    await appointments.delete(gone.id)
    files = raw_bytes(world.path)
    assert gone.id.encode() not in files
    assert not any(found(piece, files) for piece in sealed)
    assert await appointments.get(kept.id) == kept


async def test_the_versions_before_a_deletion_are_gone_too(world: World) -> None:
    """Every state of a row passes through the write-ahead log."""
    appointments = world.store.appointments
    gone = await appointments.add(world.draft())
    versions = []
    for day in range(5):
        with reading(world.path) as connection:
            query = "SELECT sealed FROM appointments UNION ALL SELECT sealed FROM day_pages"
            versions += [sealed for (sealed,) in connection.execute(query)]
        await appointments.change(gone.id, world.draft(starts=NOON + timedelta(days=day)))
    await appointments.delete(gone.id)
    files = raw_bytes(world.path)
    assert not any(found(piece, files) for piece in versions)


def found(piece: bytes, files: bytes) -> bool:
    """Whether any 16 bytes of a sealed value lie in the files; a value may span pages."""
    return any(piece[i : i + 16] in files for i in range(1, len(piece) - 16, 16))
