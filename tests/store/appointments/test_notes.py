"""Notes of an appointment: sealed, only added to, gone with it, proved in a backup."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.store.appointments import notes
from practicebox.store.appointments.notes import Note, TooManyNotes
from practicebox.store.audit.audit import By
from practicebox.store.backup.ledger import Level
from practicebox.store.conditions import Locked, NoSuchAppointment
from tests.store.world import NOON, World, raw_bytes, reading

BY = By("u" * 16, "d" * 16)
HOUR = timedelta(hours=1)


async def test_what_was_noted_first_stays(world: World) -> None:
    appointment, kept = await world.store.appointments.add(world.draft()), world.store.notes
    await kept.add(appointment.id, "Wunde heilt.", BY)
    world.clock.advance(HOUR)
    await kept.add(appointment.id, "Nachtrag: Fäden ziehen.", BY)
    expected = (
        Note(NOON, BY.actor, "Wunde heilt."),
        Note(NOON + HOUR, BY.actor, "Nachtrag: Fäden ziehen."),
    )
    assert await kept.of(appointment.id) == expected
    export = await world.store.patients.export(appointment.patient_id)
    assert export.notes == {appointment.id: expected}
    await world.store.backups.make()
    assert (await world.store.backups.prove()).level is Level.WHOLE
    await world.stop()
    assert b"Wunde" not in raw_bytes(world.path)
    await world.start()
    with pytest.raises(Locked):
        await world.store.notes.of(appointment.id)


async def test_they_go_with_the_appointment(world: World) -> None:
    appointment, kept = await world.store.appointments.add(world.draft()), world.store.notes
    await kept.add(appointment.id, "Wunde heilt.", BY)
    await world.store.appointments.delete(appointment.id)
    assert await kept.of(appointment.id) == ()
    with pytest.raises(NoSuchAppointment):
        await kept.add(appointment.id, "Noch etwas", BY)
    with reading(world.path) as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)


async def test_there_is_an_end_to_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST", 2)
    appointment, kept = await world.store.appointments.add(world.draft()), world.store.notes
    for text in ("eins", "zwei"):
        await kept.add(appointment.id, text, BY)
    with pytest.raises(TooManyNotes):
        await kept.add(appointment.id, "drei", BY)
