"""Two entries of one person become one: letters go on working, and nothing of the other is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from practicebox.store.audit.audit import Action
from practicebox.store.conditions import Locked, NoSuchPatient
from practicebox.store.records import Appointment, AppointmentDraft, Patient
from tests.store.audit.audit_box import log_of
from tests.store.world import NOON, World, reading

ALICE = Patient("Alice Krejčová", date(1944, 5, 12), ("Lindenallee 7",), "030 1")
TWICE = Patient("Alice Krejcova", date(1944, 12, 5), (), "", "a@example.org", payer="gkv")
JOINED = replace(ALICE, email=TWICE.email, payer="gkv")


def draft(world: World, patient: Patient, days: int = 0) -> AppointmentDraft:
    starts = NOON + timedelta(days=days)
    return AppointmentDraft(patient, starts, 45, world.founded.user_id, "Kontrolle")


async def two(world: World) -> tuple[Appointment, list[Appointment]]:
    add = world.store.appointments.add
    first = await add(draft(world, ALICE))
    return first, [await add(draft(world, TWICE, days)) for days in (0, 3)]


async def test_the_appointments_go_to_the_one_that_stays(world: World) -> None:
    store = world.store
    first, others = await two(world)
    merged = await store.upkeep.merge(first.patient_id, others[0].patient_id, JOINED)
    assert merged.patient == JOINED
    assert set(merged.appointments) == {first.id, *(one.id for one in others)}
    for old in (first, *others):
        now = await store.appointments.get(old.id)
        assert (now.patient, now.patient_id) == (JOINED, first.patient_id)
        assert (now.codes, now.link, now.starts) == (old.codes, old.link, old.starts)
        assert (await store.invitations.by_code(old.codes.patient)).appointment_id == old.id
    names = [entry.patient_name for entry in await store.appointments.day(NOON.date())]
    assert names == [ALICE.name, ALICE.name]
    assert [one.id for one in store.patients.search("", 9)] == [first.patient_id]


async def test_who_waits_is_not_sent_away(world: World) -> None:
    first, (other, _) = await two(world)
    token = await world.store.visits.start(other.id)
    await world.store.upkeep.merge(first.patient_id, other.patient_id, JOINED)
    assert (await world.store.visits.find(token)).appointment_id == other.id


async def test_the_key_of_the_other_is_gone_and_the_log_says_so(world: World) -> None:
    first, (other, _) = await two(world)
    await world.store.upkeep.merge(first.patient_id, other.patient_id, JOINED)
    with pytest.raises(NoSuchPatient):
        await world.store.patients.get(other.patient_id)
    with reading(world.path) as connection:
        query = "SELECT count(*) FROM subjects WHERE id = ?"
        assert connection.execute(query, (other.patient_id,)).fetchone() == (0,)
    log = [one.entry for one in await log_of(world)]
    [noted] = [entry for entry in log if entry.action is Action.PATIENT_MERGED]
    assert noted.subject == first.patient_id


async def test_nothing_happens_where_one_is_gone_or_both_are_the_same(world: World) -> None:
    first, (other, _) = await two(world)
    merge = world.store.upkeep.merge
    with pytest.raises(NoSuchPatient):
        await merge(first.patient_id, first.patient_id, JOINED)
    await world.store.patients.delete(other.patient_id)
    for pair in ((first.patient_id, other.patient_id), (other.patient_id, first.patient_id)):
        with pytest.raises(NoSuchPatient):
            await merge(*pair, JOINED)
    assert (await world.store.patients.get(first.patient_id)).patient == ALICE


async def test_it_is_still_so_after_a_restart(world: World) -> None:
    first, (other, _) = await two(world)
    await world.store.upkeep.merge(first.patient_id, other.patient_id, JOINED)
    await world.restart()
    await world.log_in()
    await world.store.patients.settled()
    [found] = world.store.patients.search("krejcova", 9)
    assert found.id == first.patient_id
    assert (await world.store.appointments.get(other.id)).patient == JOINED


async def test_a_patient_is_known_after_the_first_consultation(world: World) -> None:
    new = replace(ALICE, standing="new")
    appointment = await world.store.appointments.add(draft(world, new))
    await world.store.upkeep.met(appointment.id)
    record = await world.store.patients.get(appointment.patient_id)
    assert record.patient == replace(new, standing="existing")
    world.store.lock()
    with pytest.raises(Locked):
        await world.store.upkeep.met(appointment.id)
