"""Agreements: given, revoked, sealed with the patient, there after new keys and in a backup."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.practice.reminders import Way
from practicebox.store.backup.ledger import Level
from practicebox.store.conditions import Locked, NoSuchPatient
from practicebox.store.outbox.agreements import Agreement, Agreements, joined
from tests.store.people.people_world import add_bert
from tests.store.world import ALICE, NOON, World, raw_bytes, reading

DAY = timedelta(days=1)


async def alice(world: World) -> str:
    (record,) = await world.store.patients.add_all([ALICE])
    return record.id


async def test_an_agreement_is_given_once_and_ends(world: World) -> None:
    patient, agreements = await alice(world), world.store.agreements
    given = world.clock()
    await agreements.note(patient, {Way.MAIL: True, Way.SMS: False})
    world.clock.advance(timedelta(days=1))
    await agreements.note(patient, {Way.MAIL: True})
    assert (await agreements.of(patient)).of == {Way.MAIL: (Agreement(given, "box"),)}
    revoked = world.clock()
    await agreements.note(patient, {Way.MAIL: False})
    found = await agreements.of(patient)
    assert found.of[Way.MAIL] == (Agreement(given, "box", revoked, "box"),)
    assert found.since(Way.MAIL) is None
    world.clock.advance(timedelta(days=1))
    await agreements.note(patient, {Way.MAIL: True})
    assert (await agreements.of(patient)).since(Way.MAIL) == world.clock()


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_entries_that_become_one_what_was_said_last_counts(order: int) -> None:
    one = Agreements({Way.MAIL: (Agreement(NOON, "a"),)})
    before = Agreement(NOON - DAY, "b", NOON - DAY / 2, "b")
    after = Agreement(NOON - DAY, "b", NOON + DAY, "b")
    for other, since in ((before, NOON), (after, None)):
        both = one, Agreements({Way.MAIL: (other,)})
        assert joined(*both[::order]).since(Way.MAIL) == since
    assert joined(one, Agreements()) == one


async def test_whoever_was_entered_twice_still_agrees(world: World) -> None:
    store = world.store
    other = replace(ALICE, born=None, phone="")
    stays, goes = await store.patients.add_all([ALICE, other])
    await store.agreements.note(goes.id, {Way.SMS: True})
    await store.upkeep.merge(stays.id, goes.id, ALICE)
    assert (await store.agreements.of(stays.id)).since(Way.SMS) == world.clock()


async def test_it_opens_after_somebody_has_left_and_the_patient_was_changed(world: World) -> None:
    patient = await alice(world)
    await world.store.agreements.note(patient, {Way.MAIL: True})
    await world.store.people.off_board(await add_bert(world))
    await world.store.patients.change(patient, replace(ALICE, phone="0151 999"))
    assert (await world.store.agreements.of(patient)).since(Way.MAIL)
    with reading(world.path) as connection:
        query = "SELECT generation FROM agreements"
        assert connection.execute(query).fetchall() == [(2,)]


async def test_settings_and_agreements_are_proved_in_a_backup(world: World) -> None:
    patient = await alice(world)
    await world.store.agreements.note(patient, {Way.SMS: True})
    await world.store.sealed_settings.keep("mail", {"password": "streng geheim"})
    await world.store.backups.make()
    assert (await world.store.backups.prove()).level is Level.WHOLE
    assert b"streng geheim" not in raw_bytes(world.path)


async def test_a_locked_box_knows_nothing_of_them(world: World) -> None:
    patient = await alice(world)
    world.store.lock()
    with pytest.raises(Locked):
        await world.store.agreements.of(patient)
    with pytest.raises(Locked):
        await world.store.sealed_settings.get("mail")


async def test_nobody_agrees_who_is_not_there(world: World) -> None:
    with pytest.raises(NoSuchPatient):
        await world.store.agreements.note("nobody", {Way.MAIL: True})
    with pytest.raises(NoSuchPatient):
        await world.store.agreements.of(world.founded.user_id)  # a subject, and no patient
