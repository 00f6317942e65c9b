"""The door: who is asked, what a locked box keeps, and what becomes of it at the next login."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.practice.consents import CONSENT, PRIVACY
from practicebox.practice.form_text import FormText
from practicebox.store.audit.audit import PATIENT, By
from practicebox.store.backup.ledger import Level
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.consents.consents import Draft
from practicebox.store.consents.door import Given, OldVersion
from practicebox.store.records import Appointment
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import seal_submission
from tests.store.world import ALICE, NOON, World, raw_bytes, reading

BY = By("u" * 16, "d" * 16)
FIRST = Given({CONSENT: 1, PRIVACY: 1}, "1,1 20,20;5,5")
DAY = timedelta(days=1)


async def plan(world: World, name: str = ALICE.name, days: int = 1) -> Appointment:
    return await world.store.appointments.add(world.draft(name, NOON + days * DAY))


async def asks(world: World, appointment: Appointment) -> bool:
    return await world.store.consent_door.asks(appointment.id)


async def test_nobody_is_asked_until_it_is_switched_on(world: World) -> None:
    appointment, door = await plan(world), world.store.consent_door
    assert not await asks(world, appointment)
    await door.switch(True, BY)
    assert await asks(world, appointment)
    await door.switch(False, BY)
    assert not await asks(world, appointment)


async def test_whoever_may_be_inside_is_let_back_when_asking_begins(world: World) -> None:
    now, later = await plan(world, days=0), await plan(world, "Ben Berg", 1)
    for appointment in (now, later):
        await world.store.visits.start(appointment.id)
    await world.store.consent_door.switch(True, BY)
    assert not await asks(world, now)
    assert await asks(world, later)


async def test_a_locked_box_takes_it_and_asks_once(world: World) -> None:
    appointment, door = await plan(world), world.store.consent_door
    await door.switch(True, BY)
    await world.stop()
    await world.start()
    await world.store.consent_door.give(appointment.id, FIRST)
    await world.store.consent_door.give(appointment.id, FIRST)
    assert not await asks(world, appointment)
    for secret in (FIRST.signature.encode(), b'"versions"'):
        assert secret not in raw_bytes(world.path)
    await world.log_in()
    await world.store.patients.settled()
    given = await world.store.consents.of(appointment.patient_id)
    assert [(one.form, one.version, one.how, one.by, one.at) for one in given] == [
        (form, 1, "page", PATIENT, NOON) for form in (CONSENT, PRIVACY)
    ]
    assert [one.signature for one in given] == [FIRST.signature, ""]
    with reading(world.path) as connection:
        assert connection.execute("SELECT count(*) FROM consents_waiting").fetchone() == (0,)
    assert not await asks(world, appointment)
    assert not await asks(world, await plan(world, days=30)), "and never again"
    assert await asks(world, await plan(world, "Ben Berg")), "others are"


async def test_the_pass_follows_the_patient_and_the_day(world: World) -> None:
    store = world.store
    await store.consent_door.switch(True, BY)
    first, second, stranger = await plan(world), await plan(world, days=3), await plan(world, "Ben")
    until = (NOON + 2 * DAY).date()
    for form in (CONSENT, PRIVACY):
        await store.consents.note(first.patient_id, Draft(form, "word", NOON, until), BY)
    assert not await asks(world, first)
    assert await asks(world, second), "it has run out by then"
    draft = world.draft(ALICE.name, NOON + 2 * DAY)
    await store.appointments.change(second.id, replace(draft, patient_id=first.patient_id))
    assert not await asks(world, second)
    await store.patients.assign(first.id, stranger.patient_id)
    assert await asks(world, first)
    (one, _) = await store.consents.of(second.patient_id)
    await store.consents.revoke(second.patient_id, one.id, BY)
    assert await asks(world, second)


async def test_another_text_is_asked_for_once_more(world: World) -> None:
    store, appointment, now = world.store, await plan(world), await plan(world, days=0)
    await store.consent_door.switch(True, BY)
    await store.consent_door.give(appointment.id, FIRST)
    new = FormText("Neu", "Kurz", "Lang")
    await store.form_texts.publish(CONSENT, new, renew=False, by=BY)
    assert not await asks(world, appointment)
    await store.form_texts.publish(CONSENT, new, renew=True, by=BY)
    assert await asks(world, appointment)
    assert not await asks(world, now), "whoever may be inside isn't sent out"
    with pytest.raises(OldVersion):
        await store.consent_door.give(appointment.id, FIRST)
    await store.consent_door.give(appointment.id, Given({CONSENT: 3, PRIVACY: 1}))
    assert not await asks(world, appointment)


async def test_of_two_entries_that_become_one_no_link_asks_again(world: World) -> None:
    store = world.store
    await store.consent_door.switch(True, BY)
    stays, goes = await plan(world), await plan(world, "Alise Krejčová")
    await store.consent_door.give(goes.id, FIRST)
    await store.upkeep.merge(stays.patient_id, goes.patient_id, ALICE)
    assert not await asks(world, stays)
    assert not await asks(world, goes)


async def test_what_waits_is_proved_in_a_backup(world: World) -> None:
    appointment = await plan(world)
    await world.store.consent_door.switch(True, BY)
    await world.stop()
    await world.start()
    await world.store.consent_door.give(appointment.id, FIRST)
    await world.store.backups.make()
    await world.log_in()
    assert (await world.store.backups.prove()).level is Level.WHOLE


async def test_what_somebody_forged_with_the_disk_stops_nothing(world: World) -> None:
    appointment = await plan(world)
    await world.stop()
    with reading(world.path) as connection:
        query = "SELECT generation, public_key FROM practice"
        generation, key = connection.execute(query).fetchone()
        for number, blob in enumerate((b"", b"[]", b'{"at": "x", "versions": {}}')):
            place = associated("consents_waiting", str(number), generation)
            sealed = seal_submission(key, place, blob)
            connection.execute(
                "INSERT INTO consents_waiting VALUES (?, ?, ?, ?)",
                (str(number), appointment.id, generation, sealed),
            )
    await world.start()
    await world.log_in()
    await world.store.patients.settled()
    assert await world.store.consents.of(appointment.patient_id) == ()
    assert world.store.patients.progress().is_complete


async def test_nobody_agrees_for_an_appointment_that_is_off(world: World) -> None:
    appointment = await plan(world)
    await world.store.appointments.cancel(appointment.id)
    with pytest.raises(NoSuchAppointment):
        await world.store.consent_door.give(appointment.id, FIRST)
