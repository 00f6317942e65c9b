"""Appointments of versions before the directory get their patients after an unlocking."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from practicebox.store.conditions import Locked
from practicebox.store.patients import relate as patients_relate
from practicebox.store.patients.directory import Directory
from practicebox.store.patients.patients import Patients
from practicebox.store.records import AppointmentDraft, Patient
from tests.store.sql.old_version import make_old, patient_ids, unrelated
from tests.store.world import NOON, World, reading

BORN = date(1980, 2, 29)
OLD = Patient("Alice Krejčová", BORN, ("Altgasse 1",), "030 1")
NEW = Patient("alice krejčová", BORN, ("Neugasse 2",), "", "alice@example.org")
NAMESAKE = Patient("Alice Krejčová", date(1999, 1, 1))
PEOPLE = (OLD, NAMESAKE, NEW, Patient("Bob"), Patient("Bob"), Patient("Bob", phone="1"))


async def plan(world: World, people: tuple[Patient, ...]) -> dict[str, Patient]:
    organiser = world.founded.user_id
    drafts = [
        AppointmentDraft(patient, NOON + timedelta(hours=place), 30, organiser, "Kontrolle")
        for place, patient in enumerate(people)
    ]
    added = await world.store.appointments.add_all(drafts)
    return {one.id: patient for one, patient in zip(added, people, strict=True)}


async def test_every_appointment_gets_its_patient(world: World) -> None:
    patients = await plan(world, PEOPLE)
    await make_old(world, patients)
    await world.start()
    await world.log_in()
    await world.store.patients.settled()
    ids = list(patients)
    alice, namesake, again, bob, same_bob, other_bob = patient_ids(world, ids)
    assert alice == again and bob == same_bob
    assert len({alice, namesake, bob, other_bob}) == 4
    known = await world.store.patients.get(alice)
    assert known.patient == Patient(
        "Alice Krejčová", BORN, ("Neugasse 2",), "030 1", "alice@example.org"
    )
    assert known.appointments == (ids[0], ids[2])
    assert [found.id for found in world.store.patients.search("krejcova", 9)] == [namesake, alice]
    assert unrelated(world) == 0
    day = await world.store.appointments.day(NOON.date())
    assert [entry.patient_name for entry in day][:3] == ["Alice Krejčová"] * 3


async def test_old_appointments_are_usable_before_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = await plan(world, PEOPLE)
    await make_old(world, patients)
    await world.start()
    monkeypatch.setattr(Patients, "wake", lambda self: Directory(world.store.vault.keyring()))
    await world.log_in()
    first, *_, last = patients
    appointment = await world.store.appointments.get(first)
    assert (appointment.patient, appointment.patient_id) == (OLD, "")
    assert len(await world.store.appointments.day(NOON.date())) == len(PEOPLE)
    moved = AppointmentDraft(OLD, NOON + timedelta(days=1), 30, appointment.organiser, "")
    changed = await world.store.appointments.change(first, moved)
    assert changed.patient_id and changed.codes == appointment.codes
    await world.store.appointments.delete(last)
    assert unrelated(world) == len(PEOPLE) - 2


async def test_it_goes_on_where_it_was_interrupted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = tuple(Patient(f"Person {number % 7}", BORN) for number in range(20))
    patients = await plan(world, people)
    await make_old(world, patients)
    monkeypatch.setattr(patients_relate, "STEP", 4)
    monkeypatch.setattr(patients_relate, "START", patients_relate.Slice(("", ""), 4))
    real, calls = patients_relate.relate_some, []

    def dies_in_the_third(*arguments: object) -> patients_relate.Slice:
        calls.append(arguments)
        done = real(*arguments)  # type: ignore[arg-type]  # passed on as they came
        if len(calls) == 3:
            raise Locked  # after its writes, before their commit
        return done

    monkeypatch.setattr(patients_relate, "relate_some", dies_in_the_third)
    await world.start()
    await world.log_in()
    await world.store.patients.settled()
    assert unrelated(world) == 20 - 2 * 4
    await world.restart()
    await world.log_in()
    await world.store.patients.settled()
    assert unrelated(world) == 0
    found = world.store.patients.search("person", 50)
    assert len(found) == 7
    related = [
        id_ for one in found for id_ in (await world.store.patients.get(one.id)).appointments
    ]
    assert sorted(related) == sorted(patients)


async def test_a_damaged_appointment_stops_nothing(world: World) -> None:
    patients = await plan(world, PEOPLE)
    await make_old(world, patients)
    damaged = list(patients)[1]
    with reading(world.path) as connection:
        connection.execute("UPDATE appointments SET sealed = x'01' WHERE id = ?", (damaged,))
    await world.start()
    await world.log_in()
    await world.store.patients.settled()
    assert unrelated(world) == 1
    await world.store.appointments.delete(damaged)
    assert unrelated(world) == 0
