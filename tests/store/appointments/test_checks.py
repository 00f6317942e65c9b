"""The last technical check of each appointment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.store.appointments.checks import Check, Verdict
from practicebox.store.conditions import NoSuchAppointment
from tests.store.world import NOON, World, all_rows, reading


async def test_a_check_is_noted_and_found_while_the_vault_is_locked(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    world.store.lock()
    await world.store.checks.note(a.id, Verdict.NO_UDP, NOON)
    assert await world.store.checks.of([a.id]) == {a.id: Check(Verdict.NO_UDP, NOON)}


async def test_a_later_check_replaces_the_earlier_one(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    await world.store.checks.note(a.id, Verdict.REFUSED, NOON)
    later = NOON + timedelta(minutes=3)
    await world.store.checks.note(a.id, Verdict.GOOD, later)
    assert await world.store.checks.of([a.id]) == {a.id: Check(Verdict.GOOD, later)}


async def test_a_list_of_appointments_is_looked_up_at_once(world: World) -> None:
    planned = await world.store.appointments.add_all([world.draft() for _ in range(60)])
    for appointment in planned[::2]:
        await world.store.checks.note(appointment.id, Verdict.SLOW, NOON)
    found = await world.store.checks.of([a.id for a in planned] + ["unknown"])
    assert set(found) == {a.id for a in planned[::2]}
    assert await world.store.checks.of([]) == {}


async def test_a_check_without_an_appointment_is_refused(world: World) -> None:
    with pytest.raises(NoSuchAppointment):
        await world.store.checks.note("unknown", Verdict.GOOD, NOON)
    with reading(world.path) as connection:
        assert all_rows(connection)["checks"] == []


async def test_a_check_goes_with_its_appointment(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    await world.store.checks.note(a.id, Verdict.GOOD, NOON)
    await world.store.appointments.delete(a.id)
    with reading(world.path) as connection:
        assert all_rows(connection)["checks"] == []


async def test_a_check_outlives_a_cancellation_and_a_move(world: World) -> None:
    """The device stays the same."""
    a = await world.store.appointments.add(world.draft())
    await world.store.checks.note(a.id, Verdict.GOOD, NOON)
    await world.store.appointments.change(a.id, world.draft(starts=NOON + timedelta(days=1)))
    await world.store.appointments.cancel(a.id)
    assert a.id in await world.store.checks.of([a.id])


async def test_the_row_says_nothing_but_a_word_and_a_time(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    await world.store.checks.note(a.id, Verdict.NO_CAMERA, NOON)
    with reading(world.path) as connection:
        assert all_rows(connection)["checks"] == [(a.id, "no-camera", "2026-03-02T11:00:00Z")]


def test_every_verdict_has_a_light() -> None:
    lights = {verdict.value: verdict.light for verdict in Verdict}
    assert [word for word, light in lights.items() if light == "green"] == ["good"]
    assert lights["no-udp"] == lights["slow"] == lights["sound-only"] == "yellow"
    assert lights["no-camera"] == lights["refused"] == lights["no-path"] == "red"
