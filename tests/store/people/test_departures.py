"""Off-boarding: what the leaver keeps, which is nothing, and what everybody else keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.practice import one_time_code
from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import (
    MainUser,
    MasterPasswordNeeded,
    NoSession,
    NoSuchUser,
    SealBroken,
    UnknownCode,
    WrongCredentials,
    WrongMasterPassword,
)
from practicebox.store.people.endings import Ending
from practicebox.store.vault import slots
from practicebox.store.vault.keyring import open_keyring
from tests.store.people.people_world import (
    BERT,
    BERTS,
    SECOND,
    Told,
    add_bert,
    as_before,
    bert_logs_in,
    invite,
)
from tests.store.world import MASTER, NOON, PASSWORD, World, reading


async def test_whoever_leaves_gets_in_nowhere_any_more(world: World, told: Told) -> None:
    user_id = await add_bert(world)
    session = await bert_logs_in(world)
    await world.store.people.off_board(user_id)
    assert told.said == [(frozenset({session.id}), Ending.DEPARTED)]
    with pytest.raises(NoSession):
        await world.store.session(session.token)
    with pytest.raises(WrongCredentials):
        await bert_logs_in(world)
    with pytest.raises(WrongMasterPassword):
        await world.store.reset_access(BERTS, "bert", BERTS, "Laptop")
    with pytest.raises(NoSuchUser):
        await world.store.reset_access(MASTER, "bert", BERTS, "Laptop")
    [_, bert] = await world.store.people.everybody()
    assert (bert.person, bert.state) == (BERT, "departed")  # for appointments of the past


async def test_what_a_leaver_took_along_opens_nothing_new(world: World) -> None:
    """Even the old keyring, which no honest box ever gives away."""
    user_id = await add_bert(world)
    old = world.store.vault.keyring()
    await world.store.people.off_board(user_id)
    appointment = await world.store.appointments.add(world.draft())
    new = world.store.vault.keyring()
    assert (new.vault_key, new.device_key) != (old.vault_key, old.device_key)
    assert new.current.number == old.current.number + 1
    with reading(world.path) as connection:
        sealed, generation = connection.execute(
            "SELECT keyring, generation FROM practice"
        ).fetchone()
        (of_row,) = connection.execute(
            "SELECT generation FROM subjects WHERE id = ?", (appointment.id,)
        ).fetchone()
        (master,) = connection.execute("SELECT slot FROM master_slot").fetchone()
    assert generation == of_row == new.current.number
    with pytest.raises(SealBroken):
        open_keyring(old.vault_key, sealed)
    with pytest.raises(SealBroken):
        old.generation(of_row)
    assert old.master is not None
    for key in (old.master.seal_key, old.master.public_key, old.vault_key):
        with pytest.raises(WrongMasterPassword):
            slots.open_master(key, master)


async def test_whoever_stays_needs_no_new_password_and_no_new_device(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.store.people.approve("Empfang", SECOND)
    await world.store.people.off_board(await add_bert(world))
    carla = await world.store.people.invite("reception", replace(BERT, first_name="Carla"))
    await world.store.people.enrol(one_time_code.read(carla.code), "Carla", BERTS, None)
    await world.restart()
    assert await world.store.login("sonne", "carla", BERTS, SECOND)
    await world.restart()
    assert await world.log_in()
    assert (await world.store.appointments.get(appointment.id)).patient == appointment.patient
    await world.restart()
    assert await world.store.login("sonne", "aenne", PASSWORD, SECOND)


async def test_an_invitation_outlives_the_departure_of_somebody_else(world: World) -> None:
    carla = await world.store.people.invite("reception", replace(BERT, first_name="Carla"))
    await world.store.people.off_board(await add_bert(world))
    await world.restart()
    code = one_time_code.read(carla.code)
    await world.store.people.enrol(code, "Carla", BERTS, world.founded.device_secret)
    assert await world.store.login("sonne", "carla", BERTS, world.founded.device_secret)


async def test_what_was_handed_in_before_still_opens(world: World) -> None:
    user_id = await add_bert(world)
    await world.store.submit("letter", b"handed in early")
    await world.store.people.off_board(user_id)
    world.clock.advance(timedelta(minutes=1))
    await world.store.submit("letter", b"handed in late")
    await world.restart()
    await world.log_in()
    assert [one.payload for one in await world.store.submissions()] == [
        b"handed in early",
        b"handed in late",
    ]


async def test_the_master_password_still_recovers_after_a_departure(world: World) -> None:
    await world.store.people.off_board(await add_bert(world))
    await world.restart()
    founded = await world.store.reset_access(MASTER, "aenne", BERTS, "Neu")
    await world.restart()
    assert await world.store.login("sonne", "aenne", BERTS, founded.device_secret)


async def test_calendar_patients_and_log_go_on_after_a_departure(world: World) -> None:
    """Pages and indexes that were open under the old keys are read again, not lost."""
    store, user_id = world.store, await add_bert(world)
    await store.appointments.add(world.draft())
    before = await store.appointments.day(NOON.date())
    await store.people.off_board(user_id)
    await store.appointments.add(world.draft("Bañuelos, Jesús", NOON + timedelta(hours=1)))
    after = await store.appointments.day(NOON.date())
    assert [entry.patient_name for entry in after] == [
        *(entry.patient_name for entry in before),
        "Bañuelos, Jesús",
    ]
    assert await store.audit.verify() == ()
    await world.restart()
    await world.log_in()
    assert len(await world.store.appointments.day(NOON.date())) == 2
    assert await world.store.audit.verify() == ()


async def test_every_deed_is_in_the_log(world: World) -> None:
    user_id, code = await invite(world)
    people, by = world.store.people, By(world.founded.user_id, world.session.device_id)
    await people.enrol(code, "Bert", BERTS, None)
    device = await people.approve("Empfang", SECOND, by)
    other = await people.approve("Labor", b"3" * 32, by)
    await people.lock_device(device.id, by)
    await people.unlock_device(device.id, by)
    await people.revoke_device(device.id, by)
    await people.stolen(other.id, by)
    session = await bert_logs_in(world)
    await world.store.cover(session.id)
    await people.end_session(session.id, None, by)
    await people.off_board(user_id, by=by)
    page = await world.store.audit.page(Filter(), 50)
    noted = [one.entry for one in reversed(page.entries) if isinstance(one, Noted)]
    martin = {(one.action, one.subject) for one in noted if one.actor == by.actor}
    assert martin >= {
        (Action.DEVICE_APPROVED, device.id),
        (Action.DEVICE_LOCKED, device.id),
        (Action.DEVICE_UNLOCKED, device.id),
        (Action.DEVICE_REVOKED, device.id),
        (Action.DEVICE_STOLEN, other.id),
        (Action.SESSION_ENDED, user_id),
        (Action.USER_REMOVED, user_id),
    }
    bert = [one.action for one in noted if one.actor == user_id]
    assert bert == [Action.USER_ADDED, Action.LOGIN, Action.SCREEN_LOCKED]


async def test_the_main_user_stays(world: World) -> None:
    with pytest.raises(MainUser):
        await world.store.people.off_board(world.founded.user_id)
    with pytest.raises(NoSuchUser):
        await world.store.people.off_board("nobody")


async def test_an_invitation_can_be_withdrawn(world: World) -> None:
    user_id, code = await invite(world)
    await world.store.people.off_board(user_id)
    with pytest.raises(UnknownCode):
        await world.store.people.enrol(code, "Bert", BERTS, None)
    with pytest.raises(NoSuchUser):
        await world.store.people.off_board(user_id)


async def test_the_short_name_is_free_again(world: World) -> None:
    await world.store.people.off_board(await add_bert(world))
    assert await add_bert(world)
    assert await bert_logs_in(world)


async def test_a_box_from_before_needs_the_master_password_once(world: World) -> None:
    """Its slot can't be filled by anybody who doesn't know the master password."""
    await as_before(world)
    user_id = await add_bert(world)
    people = world.store.people
    assert await people.needs_master_password()
    with pytest.raises(MasterPasswordNeeded):
        await people.off_board(user_id)
    assert await bert_logs_in(world)  # nothing is half done
    with pytest.raises(WrongMasterPassword):
        await people.off_board(user_id, "another")
    await people.off_board(user_id, MASTER)
    assert not await people.needs_master_password()
    await people.off_board(await add_bert(world))
    await world.restart()
    assert await world.store.reset_access(MASTER, "aenne", BERTS, "Neu")
