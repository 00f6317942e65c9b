"""Checklists: sealed, noted in the log, gone with the appointment, counted for a whole day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.practice import kinds
from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import Locked, NoSuchAppointment
from tests.store.world import NOON, World, raw_bytes, reading

HOUR = timedelta(hours=1)
BY = By("u" * 16, "d" * 16)


async def test_it_is_sealed_and_says_who_and_when(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.store.checklists.tick(appointment.id, kinds.VIDEO_CONSENT, BY)
    checklist = await world.store.checklists.of(appointment.id)
    assert checklist.ticks == {kinds.VIDEO_CONSENT: kinds.Tick(NOON, BY.actor)}
    await world.stop()
    assert b"video_consent" not in raw_bytes(world.path)
    await world.start()
    with pytest.raises(Locked):
        await world.store.checklists.of(appointment.id)
    await world.log_in()
    assert await world.store.checklists.of(appointment.id) == checklist


async def test_it_goes_with_the_appointment(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.store.checklists.tick(appointment.id, kinds.VIDEO_CONSENT, BY)
    await world.store.appointments.delete(appointment.id)
    with reading(world.path) as connection:
        assert connection.execute("SELECT count(*) FROM checklists").fetchone() == (0,)
    with pytest.raises(NoSuchAppointment):
        await world.store.checklists.tick(appointment.id, kinds.VIDEO_CONSENT, BY)
    with pytest.raises(NoSuchAppointment):
        await world.store.checklists.of(appointment.id)


async def test_only_what_is_on_a_list_is_kept(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    with pytest.raises(ValueError, match="not on any"):
        await world.store.checklists.tick(appointment.id, "Knie", BY)


async def test_the_forms_of_a_day_are_counted_per_patient(world: World) -> None:
    add = world.store.appointments.add
    first, second = await add(world.draft()), await add(world.draft(starts=NOON + HOUR))
    other = await add(world.draft("Ben Berg", NOON + 2 * HOUR))
    entries = await world.store.appointments.day(NOON.date())

    async def missing() -> dict[str, int]:
        found = await world.store.checklists.papers(entries)
        return {id_: one.missing for id_, one in found.items()}

    assert await missing() == {first.id: 2, second.id: 2, other.id: 2}
    for item in (kinds.VIDEO_CONSENT, kinds.VIDEO_PRIVACY):
        await world.store.checklists.tick(first.id, item, BY)
    assert await missing() == {first.id: 0, second.id: 0, other.id: 2}
    await world.store.checklists.tick(first.id, kinds.VIDEO_PRIVACY, BY, done=False)
    assert await missing() == {first.id: 1, second.id: 1, other.id: 2}
    page = await world.store.audit.page(Filter(), 50)
    log = [noted.entry.action for noted in page.entries if isinstance(noted, Noted)]
    assert Action.PAPERS_TICKED in log and Action.PAPERS_UNTICKED in log
