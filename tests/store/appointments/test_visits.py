"""Patients' browsers that have been let in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.store.conditions import NoSuchAppointment, NoVisit
from tests.store.world import NOON, World, raw_bytes, reading


async def test_a_visit_begins_and_is_found_while_the_vault_is_locked(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    world.store.lock()
    token = await world.store.visits.start(a.id)
    visit = await world.store.visits.find(token)
    assert (visit.appointment_id, visit.starts, visit.minutes, visit.state) == (
        a.id,
        NOON,
        45,
        "planned",
    )
    assert len(visit.id) == 16


async def test_two_visits_of_one_appointment_are_two(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    tokens = [await world.store.visits.start(a.id) for _ in range(2)]
    assert len({(await world.store.visits.find(token)).id for token in tokens}) == 2


@pytest.mark.parametrize("token", ["", "x", "\ud800", "A" * 10_000])
async def test_an_unknown_token_is_no_visit(world: World, token: str) -> None:
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)


async def test_a_visit_ends_an_hour_after_the_appointment(world: World) -> None:
    a = await world.store.appointments.add(world.draft(minutes=45))
    token = await world.store.visits.start(a.id)
    world.clock.advance(timedelta(minutes=45 + 60) - timedelta(seconds=1))
    assert await world.store.visits.find(token)
    world.clock.advance(timedelta(seconds=1))
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)


async def test_a_visit_moves_along_with_its_appointment(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    token = await world.store.visits.start(a.id)
    await world.store.appointments.change(a.id, world.draft(starts=NOON + timedelta(hours=5)))
    world.clock.advance(timedelta(hours=5))
    assert (await world.store.visits.find(token)).starts == NOON + timedelta(hours=5)


async def test_cancelling_ends_visits_and_allows_no_new_one(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    token = await world.store.visits.start(a.id)
    await world.store.appointments.cancel(a.id)
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)
    with pytest.raises(NoSuchAppointment):
        await world.store.visits.start(a.id)


async def test_deleting_ends_visits(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    token = await world.store.visits.start(a.id)
    await world.store.appointments.delete(a.id)
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)
    with pytest.raises(NoSuchAppointment):
        await world.store.visits.start(a.id)


async def test_visits_that_are_over_are_forgotten(world: World) -> None:
    old = await world.store.appointments.add(world.draft())
    await world.store.visits.start(old.id)
    world.clock.advance(timedelta(days=1))
    new = await world.store.appointments.add(world.draft(starts=world.clock()))
    await world.store.visits.start(new.id)
    with reading(world.path) as connection:
        assert connection.execute("SELECT appointment FROM visits").fetchall() == [(new.id,)]


async def test_the_token_is_not_in_the_files(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    token = await world.store.visits.start(a.id)
    assert token.encode() not in raw_bytes(world.path)
