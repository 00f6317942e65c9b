"""The directory: who is whom, what is kept of them, and what is open while the vault is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from practicebox.store.conditions import Locked, NoSuchPatient
from practicebox.store.patients.pages import PER_PAGE
from practicebox.store.patients.search import Found
from practicebox.store.records import NEW_PATIENT, AppointmentDraft, Patient
from practicebox.store.vault.keyring import renewed
from tests.store.world import NOON, World, reading

BORN = date(1980, 2, 29)
ALICE = Patient("Alice Krejčová", BORN, ("Mühlgasse 3", "80331 München"), "030 1", "a@example.org")


def draft(world: World, patient: Patient, patient_id: str | None = None) -> AppointmentDraft:
    return AppointmentDraft(
        patient, NOON, 45, world.founded.user_id, "Kontrolle", patient_id=patient_id
    )


@pytest.mark.parametrize(
    ("typed", "is_same"),
    [
        (Patient("Alice Krejčová", BORN), True),
        (Patient(" alice  KREJČOVÁ ", BORN, phone="030 2"), True),
        (Patient("Alice Krejc\u030cova\u0301", BORN), True),  # decomposed
        (Patient("Alice Krejcova", BORN), False),
        (Patient("Alice Krejčová", date(1980, 2, 28)), False),
        (Patient("Alice Krejčová"), False),
    ],
)
async def test_who_is_taken_for_the_same(world: World, typed: Patient, is_same: bool) -> None:
    first = await world.store.appointments.add(draft(world, ALICE))
    second = await world.store.appointments.add(draft(world, typed))
    assert (second.patient_id == first.patient_id) == is_same
    if is_same:
        assert second.patient == replace(ALICE, phone=typed.phone or ALICE.phone)


async def test_without_birth_date_only_equal_data_are_the_same(world: World) -> None:
    add = world.store.appointments.add
    one = await add(draft(world, Patient("Bob", phone="1")))
    assert (await add(draft(world, Patient("Bob", phone="1")))).patient_id == one.patient_id
    assert (await add(draft(world, Patient("Bob", phone="2")))).patient_id != one.patient_id
    assert (await add(draft(world, Patient("Bob")))).patient_id != one.patient_id


async def test_the_reception_decides(world: World) -> None:
    add = world.store.appointments.add
    one = await add(draft(world, ALICE))
    twin = await add(draft(world, ALICE, NEW_PATIENT))
    assert twin.patient_id != one.patient_id and twin.patient == ALICE
    corrected = Patient("Alice Novak", BORN)
    again = await add(draft(world, corrected, one.patient_id))
    assert again.patient_id == one.patient_id
    assert (await world.store.appointments.get(one.id)).patient == corrected
    names = [entry.patient_name for entry in await world.store.appointments.day(NOON.date())]
    assert sorted(names) == ["Alice Krejčová", "Alice Novak", "Alice Novak"]
    with pytest.raises(NoSuchPatient):
        await add(draft(world, ALICE, "A" * 16))


async def test_twins_keep_their_own_appointments(world: World) -> None:
    """A change that leaves the patient alone never moves an appointment to a namesake."""
    one = await world.store.appointments.add(draft(world, ALICE))
    twin = await world.store.appointments.add(draft(world, ALICE, NEW_PATIENT))
    for appointment in (one, twin):
        changed = await world.store.appointments.change(appointment.id, draft(world, ALICE))
        assert changed.patient_id == appointment.patient_id
        assert changed.codes == appointment.codes


async def test_the_directory_comes_back_after_a_restart(world: World) -> None:
    people = [Patient(f"Person {number:03}", BORN) for number in range(3 * PER_PAGE)]
    entered = await world.store.patients.add_all(people)
    await world.restart()
    with pytest.raises(Locked):
        world.store.patients.search("", 1)
    await world.log_in()
    await world.store.patients.settled()
    assert world.store.patients.progress().is_complete
    found = world.store.patients.search("son 200", 9)
    assert found == [Found(entered[200].id, "Person 200", BORN)]
    assert len(world.store.patients.search("", 1000)) == len(people)
    newest = world.store.patients.search("person", 2)
    assert [one.name for one in newest] == ["Person 383", "Person 382"]


async def test_locking_in_the_middle_leaves_no_name_open(world: World) -> None:
    await world.store.patients.add_all([Patient(f"P {n}", BORN) for n in range(9 * PER_PAGE)])
    await world.restart()
    await world.log_in()
    world.store.lock()
    with pytest.raises(Locked):
        world.store.patients.search("", 1)
    await world.log_in()
    await world.store.patients.settled()
    assert len(world.store.patients.search("p", 5000)) == 9 * PER_PAGE


async def test_a_damaged_name_page_is_made_again_from_the_rows(world: World) -> None:
    await world.store.patients.add_all([ALICE, Patient("Bob", BORN)])
    await world.stop()
    with reading(world.path) as connection:
        connection.execute("UPDATE name_pages SET sealed = x'01'")
    await world.start()
    await world.log_in()
    await world.store.patients.settled()
    assert [one.name for one in world.store.patients.search("", 9)] == ["Bob", "Alice Krejčová"]
    await world.store.patients.add_all([Patient("Carl", BORN)])
    await world.restart()
    await world.log_in()
    await world.store.patients.settled()
    assert len(world.store.patients.search("", 9)) == 3


async def test_what_is_written_after_a_departure_has_keys_of_its_own(world: World) -> None:
    """Who has left may keep the keys of that day, but reads nothing written since."""
    first = await world.store.appointments.add(draft(world, ALICE))
    vault = world.store.vault
    vault._keyring = renewed(vault.keyring(), world.store._box.random)
    world.store.appointments.forget()
    moved = replace(draft(world, ALICE), starts=NOON + timedelta(hours=1))
    second = await world.store.appointments.add(moved)
    assert second.patient_id == first.patient_id  # found by the tag of the earlier generation
    with reading(world.path) as connection:
        query = "SELECT id, generation FROM subjects WHERE id = ? OR instr(id, 'day_pages:')"
        rows = connection.execute(query, (first.patient_id,)).fetchall()
    assert {generation for _, generation in rows} == {2} and len(rows) == 2


async def test_neither_relation_nor_name_is_in_the_files(world: World) -> None:
    """The disk alone doesn't show which appointments are one person's."""
    await world.store.appointments.add(draft(world, ALICE))
    await world.store.appointments.add(draft(world, ALICE))
    with reading(world.path) as connection:
        (tag,) = connection.execute("SELECT duplicate FROM patients").fetchone()
        (id_,) = connection.execute("SELECT id FROM patients").fetchone()
        for table in ("appointments", "invitations", "visits", "day_pages"):
            for row in connection.execute(f"SELECT * FROM {table}"):
                assert id_ not in row and tag not in row
