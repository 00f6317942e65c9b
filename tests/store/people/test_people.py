"""Several users and devices: their sessions, and that nothing but the master password recovers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.store.conditions import (
    DeviceNotApproved,
    NoSession,
    NoSuchDevice,
    WrongCredentials,
    WrongMasterPassword,
    WrongPassword,
)
from practicebox.store.people.endings import Ending
from tests.store.people.people_world import (
    BERTS,
    SECOND,
    Told,
    add_bert,
    approved,
    bert_logs_in,
    invite,
)
from tests.store.world import MASTER, PASSWORD, World


async def test_a_login_elsewhere_ends_the_older_session(world: World, told: Told) -> None:
    await approved(world)
    newer = await world.store.login("sonne", "aenne", PASSWORD, SECOND)
    assert told.said == [(frozenset({world.session.id}), Ending.TAKEN_OVER)]
    with pytest.raises(NoSession):
        await world.store.session(world.session.token)
    assert await world.store.session(newer.token)
    assert world.store.endings.reason(world.session.id) is Ending.TAKEN_OVER


async def test_two_users_may_share_a_device(world: World, told: Told) -> None:
    await add_bert(world)
    await bert_logs_in(world)
    assert await world.store.session(world.session.token)
    assert told.said == []


async def test_sessions_are_listed_and_ended_by_their_own_users(world: World) -> None:
    bert = await add_bert(world)
    session = await bert_logs_in(world)
    people = world.store.people
    found = {(one.id, one.user.short_name, one.device.name) for one in await people.present()}
    assert found == {
        (session.id, "Bert", "Laptop Änne"),
        (world.session.id, "Aenne", "Laptop Änne"),
    }
    with pytest.raises(NoSession):
        await people.end_session(world.session.id, bert)
    await people.end_session(session.id, None)
    with pytest.raises(NoSession):
        await world.store.session(session.token)
    world.clock.advance(timedelta(hours=12))
    assert await people.present() == []


async def test_the_screen_is_uncovered_by_the_password_of_its_user(world: World) -> None:
    await add_bert(world)
    session, secret = world.session, world.founded.device_secret
    await world.store.cover(session.id)
    assert (await world.store.session(session.token)).is_covered
    with pytest.raises(WrongPassword):
        await world.store.uncover(session.token, BERTS, secret)
    with pytest.raises(DeviceNotApproved):
        await world.store.uncover(session.token, PASSWORD, None)
    world.store.lock()
    await world.store.uncover(session.token, PASSWORD, secret)
    assert not (await world.store.session(session.token)).is_covered


async def test_a_session_is_uncovered_only_on_its_own_device(world: World) -> None:
    await approved(world)
    with pytest.raises(DeviceNotApproved):
        await world.store.uncover(world.session.token, PASSWORD, SECOND)
    with pytest.raises(NoSession):
        await world.store.uncover("another", PASSWORD, SECOND)


async def test_nothing_but_the_master_password_recovers(world: World) -> None:
    """Not a password of any user, nor a device, nor a one-time code, alone or together."""
    await add_bert(world)
    _, code = await invite(world)
    await world.restart()
    for guess in (PASSWORD, BERTS, str(code), world.founded.device_secret.hex(), ""):
        with pytest.raises(WrongMasterPassword):
            await world.store.recover(guess)
        with pytest.raises(WrongMasterPassword):
            await world.store.reset_access(guess, "aenne", PASSWORD, "Neu")
    for user, password in (("aenne", PASSWORD), ("bert", BERTS)):
        with pytest.raises(DeviceNotApproved):
            await world.store.login("sonne", user, password, None)
        with pytest.raises(WrongCredentials):
            await world.store.login("sonne", user, MASTER, world.founded.device_secret)
    assert not world.store.vault.is_unlocked


async def test_after_a_recovery_the_others_need_only_the_new_device(world: World) -> None:
    await add_bert(world)
    device = await approved(world)
    await world.store.people.lock_device(device.id)
    founded = await world.store.reset_access(MASTER, "aenne", "etwas ganz Neues", "Neu")
    with pytest.raises(DeviceNotApproved):
        await bert_logs_in(world)
    with pytest.raises(NoSuchDevice):
        await world.store.people.unlock_device(device.id)
    await world.restart()
    assert await bert_logs_in(world, founded.device_secret)
