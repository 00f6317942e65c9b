"""Who came when: kept in order, also while the vault is locked, and gone with the appointment."""

from __future__ import annotations

from datetime import timedelta

from practicebox.practice.day import Event, Happened
from practicebox.store.appointments.attendance import MOST
from tests.store.world import NOON, World

MINUTE = timedelta(minutes=1)


async def test_events_come_back_in_order(world: World) -> None:
    first = await world.store.appointments.add(world.draft())
    second = await world.store.appointments.add(world.draft("Ben Berg", NOON + 60 * MINUTE))
    attendance = world.store.attendance
    await attendance.note(first.id, Event.ARRIVED, NOON)
    await attendance.note(second.id, Event.ARRIVED, NOON + MINUTE)
    await attendance.note(first.id, Event.BEGAN, NOON + 2 * MINUTE)
    assert await attendance.of([first.id, second.id, "nobody"]) == {
        first.id: [Happened(Event.ARRIVED, NOON), Happened(Event.BEGAN, NOON + 2 * MINUTE)],
        second.id: [Happened(Event.ARRIVED, NOON + MINUTE)],
    }
    assert await attendance.of([]) == {}


async def test_a_locked_box_notes_who_comes(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    world.store.lock()
    await world.store.attendance.note(appointment.id, Event.ARRIVED, NOON)
    assert await world.store.attendance.of([appointment.id]) == {
        appointment.id: [Happened(Event.ARRIVED, NOON)]
    }


async def test_it_goes_with_the_appointment_and_needs_one(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.store.attendance.note(appointment.id, Event.ARRIVED, NOON)
    await world.store.appointments.delete(appointment.id)
    await world.store.attendance.note(appointment.id, Event.LEFT, NOON)
    assert await world.store.attendance.of([appointment.id]) == {}


async def test_a_line_that_comes_and_goes_writes_no_more_than_so_much(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    for _ in range(MOST + 5):
        await world.store.attendance.note(appointment.id, Event.ARRIVED, NOON)
    assert len((await world.store.attendance.of([appointment.id]))[appointment.id]) == MOST
