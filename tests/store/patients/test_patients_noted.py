"""Who entered a patient into the directory stands in the audit log, and nothing more of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.records import NEW_PATIENT, Patient
from tests.store.audit.audit_box import log_of
from tests.store.sql.old_version import make_old
from tests.store.world import ALICE, NOON, World


async def added(world: World) -> list[Noted]:
    return [one for one in await log_of(world) if one.entry.action is Action.PATIENT_ADDED]


def by(world: World) -> By:
    return By(world.session.user.id, world.session.device_id)


async def test_a_patient_who_is_new_is_noted_with_who_planned_the_appointment(world: World) -> None:
    appointment = await world.store.appointments.add(world.full_draft(), by(world))
    [noted] = await added(world)
    entry = noted.entry
    assert (entry.actor, entry.device) == (world.session.user.id, world.session.device_id)
    assert (entry.subject, entry.detail, noted.at) == (appointment.patient_id, "", NOON)
    assert entry.action.about == "practice"  # kept longer than what tells of a consultation


async def test_whoever_is_known_already_is_not_noted_again(world: World) -> None:
    first = await world.store.appointments.add(world.full_draft(), by(world))
    later = replace(world.full_draft(), starts=NOON + timedelta(days=1))
    await world.store.appointments.add(later, by(world))
    await world.store.appointments.change(first.id, replace(later, reason="anders"), by(world))
    await world.store.patients.change(first.patient_id, replace(ALICE, phone="1"), by(world))
    assert len(await added(world)) == 1


async def test_an_appointment_that_turns_out_to_be_somebody_elses_notes_that_one(
    world: World,
) -> None:
    appointment = await world.store.appointments.add(world.full_draft(), by(world))
    draft = replace(world.full_draft(), patient=Patient("Novák, Bob"))
    changed = await world.store.appointments.change(appointment.id, draft, by(world))
    split = await world.store.patients.assign(appointment.id, NEW_PATIENT, by(world))
    assert [one.entry.subject for one in await added(world)] == [
        appointment.patient_id,
        changed.patient_id,
        split.patient_id,
    ]
    assert {one.entry.actor for one in await added(world)} == {world.session.user.id}


async def test_patients_without_an_appointment_are_noted_each(world: World) -> None:
    people = [ALICE, Patient("Novák, Bob"), ALICE]
    entered = await world.store.patients.add_all(people, by(world))
    subjects = [one.entry.subject for one in await added(world)]
    assert subjects == list(dict.fromkeys(record.id for record in entered))
    assert len(subjects) == 2


async def test_a_plan_that_fails_notes_nobody(world: World) -> None:
    lost = replace(world.full_draft(), patient_id="AAAAAAAAAAAAAAAA")
    with pytest.raises(NoSuchPatient):
        await world.store.appointments.add_all([world.full_draft(), lost], by(world))
    assert await added(world) == []
    assert world.store.patients.search("", 9) == []


async def test_patients_of_an_earlier_version_are_nobodys_deed(world: World) -> None:
    planned = await world.store.appointments.add(world.full_draft(), by(world))
    before = await added(world)
    await make_old(world, {planned.id: ALICE})
    await world.start()
    await world.log_in()
    await world.store.patients.settled()
    [related] = world.store.patients.search("", 9)
    assert related.id not in {one.entry.subject for one in before}
    assert await added(world) == before
