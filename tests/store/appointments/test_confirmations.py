"""Service confirmations: kept while locked, read when unlocked, gone with the appointment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.practice.confirmation import Break, Held
from practicebox.practice.day import Event
from practicebox.store.audit.audit import PATIENT, By
from practicebox.store.conditions import Locked, NoSuchAppointment
from practicebox.store.records import Appointment
from tests.store.world import World

DAY = timedelta(days=1)
DESK = By("a user's id", "a device")


def what(appointment: Appointment) -> Held:
    began = appointment.starts + timedelta(minutes=1)
    broke = began + timedelta(minutes=3)
    return Held(
        began,
        began + timedelta(minutes=20),
        (Break(broke, broke + timedelta(minutes=1)),),
    )


async def test_a_locked_box_takes_it_and_an_unlocked_one_reads_it(world: World) -> None:
    one = await world.store.appointments.add(world.draft())
    world.store.lock()
    assert await world.store.confirmations.add(one.id, what(one), "screen", By(PATIENT))
    assert await world.store.confirmations.is_there(one.id)
    with pytest.raises(Locked):
        await world.store.confirmations.get(one.id)
    await world.log_in()
    found = await world.store.confirmations.get(one.id)
    assert found is not None
    assert (found.way, found.by, found.held) == ("screen", "", what(one))


async def test_the_first_one_stands_until_it_is_taken_back(world: World) -> None:
    one = await world.store.appointments.add(world.draft())
    kept = world.store.confirmations
    assert await kept.add(one.id, what(one), "desk", DESK)
    assert not await kept.add(one.id, what(one), "screen", By(PATIENT))
    found = await kept.get(one.id)
    assert found is not None
    assert (found.way, found.by) == ("desk", DESK.actor)
    await kept.take_back(one.id, DESK)
    assert await kept.get(one.id) is None
    assert await kept.add(one.id, what(one), "paper", DESK)


async def test_only_what_is_planned_can_be_confirmed(world: World) -> None:
    one = await world.store.appointments.add(world.draft())
    await world.store.appointments.cancel(one.id)
    for id_ in (one.id, "nothing"):
        with pytest.raises(NoSuchAppointment):
            await world.store.confirmations.add(id_, what(one), "screen", By(PATIENT))


async def test_what_is_missing(world: World) -> None:
    one = await world.store.appointments.add(world.draft())
    other = await world.store.appointments.add(world.draft("Benda, Jiří"))
    await world.store.appointments.add(world.draft("Nobody came"))
    kept, since, now = world.store.confirmations, one.starts - DAY, one.starts
    for appointment in (one, other):
        await world.store.attendance.note(appointment.id, Event.BEGAN, now)
    assert await kept.missing(since, now) == [], "they go on"
    await world.store.attendance.note(one.id, Event.ENDED, now)
    assert await kept.missing(since, now) == [(one.id, one.starts)]
    later = now + 2 * DAY
    assert {id_ for id_, _ in await kept.missing(since, later)} == {one.id, other.id}
    assert await kept.missing(now + DAY, later) == []
    await kept.add(one.id, what(one), "desk", DESK)
    assert await kept.missing(since, later) == [(other.id, other.starts)]
    await world.store.appointments.cancel(other.id)
    assert await kept.missing(since, later) == []


async def test_it_goes_with_its_appointment(world: World) -> None:
    one = await world.store.appointments.add(world.draft())
    await world.store.confirmations.add(one.id, what(one), "desk", DESK)
    await world.store.appointments.delete(one.id)
    assert not await world.store.confirmations.is_there(one.id)
