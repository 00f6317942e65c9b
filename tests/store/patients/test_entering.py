"""Patients of a file: all in one transaction, who is known stays one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from practicebox.store.audit.audit import BY_BOX, Action
from practicebox.store.conditions import Locked
from practicebox.store.patients.entering import Entered
from practicebox.store.patients.pages import PER_PAGE
from practicebox.store.records import Patient
from practicebox.store.vault.keyring import renewed
from tests.store.audit.audit_box import actions
from tests.store.world import World

BORN = date(1944, 5, 12)
ALICE = Patient("Alice Krejčová", BORN, ("Weg 1",), "030 1", language="cs")


async def enter(world: World, *patients: Patient, update: bool = False) -> list[Entered]:
    told: list[int] = []
    return await world.store.upkeep.enter(patients, BY_BOX, update=update, done=told.append)


async def test_everybody_is_found_also_after_a_restart(world: World) -> None:
    many = [Patient(f"Person {n:04}", BORN) for n in range(2 * PER_PAGE + 5)]
    await world.store.patients.add(ALICE)
    assert set(await enter(world, *many)) == {Entered.ADDED}
    for _ in range(2):
        assert len(world.store.patients.search("person", 999)) == len(many)
        [found] = world.store.patients.search("0130", 9)
        assert (await world.store.patients.get(found.id)).patient == many[130]
        await world.restart()
        await world.log_in()
        await world.store.patients.settled()
    assert (await actions(world)).count(Action.PATIENTS_IMPORTED) == 1
    assert (await actions(world)).count(Action.PATIENT_ADDED) == 1  # Alice; one entry for all


async def test_who_is_known_is_skipped_or_completed(world: World) -> None:
    record = await world.store.patients.add(ALICE)
    typed = Patient(" ALICE  Krejčová", BORN, (), "030 2", "a@example.org")
    assert await enter(world, typed, Patient("Bob")) == [Entered.SKIPPED, Entered.ADDED]
    assert (await world.store.patients.get(record.id)).patient == ALICE
    assert await enter(world, typed, update=True) == [Entered.UPDATED]
    now = (await world.store.patients.get(record.id)).patient
    assert now == replace(ALICE, phone="030 2", email="a@example.org")
    assert len(world.store.patients.search("", 9)) == 2


async def test_without_birth_dates_nobody_is_taken_for_somebody_else(world: World) -> None:
    bob = await world.store.patients.add(Patient("Bob", phone="1"))
    assert await enter(world, Patient("Bob", phone="2"), update=True) == [Entered.UNSURE]
    assert (await world.store.patients.get(bob.id)).patient.phone == "1"


async def test_keys_that_changed_meanwhile_stop_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has left must not read what is written now."""
    vault = world.store.vault
    old = vault.keyring()
    keyrings = iter([old])
    monkeypatch.setattr(
        vault, "keyring", lambda: next(keyrings, renewed(old, lambda count: bytes(count)))
    )
    with pytest.raises(Locked):
        await enter(world, ALICE)
