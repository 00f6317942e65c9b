"""Workstations: approved, locked for a while, revoked, stolen."""

from __future__ import annotations

import pytest

from practicebox.store.conditions import (
    DeviceLocked,
    DeviceNotApproved,
    LastDevice,
    Locked,
    NoSession,
    NoSuchDevice,
    WrongDevice,
)
from practicebox.store.people.endings import Ending
from practicebox.store.vault import slots
from practicebox.store.vault.kdf import stretch
from tests.store.people.people_world import (
    BERTS,
    SECOND,
    Told,
    add_bert,
    approved,
    bert_logs_in,
    states,
)
from tests.store.world import CHEAP, PASSWORD, World, raw_bytes, reading


async def test_an_approved_device_lets_every_user_in(world: World) -> None:
    await add_bert(world)
    with pytest.raises(DeviceNotApproved):
        await bert_logs_in(world, SECOND)
    assert (await approved(world)).name == "Empfang"
    await world.restart()
    assert await bert_logs_in(world, SECOND)


async def test_nothing_is_approved_while_the_vault_is_locked(world: World) -> None:
    await world.restart()
    with pytest.raises(Locked):
        await approved(world)


async def test_a_locked_device_stays_out_until_it_is_unlocked(world: World, told: Told) -> None:
    device = await approved(world)
    await add_bert(world)
    session = await bert_logs_in(world, SECOND)
    await world.store.people.lock_device(device.id)
    assert told.said == [(frozenset({session.id}), Ending.DEVICE)]
    with pytest.raises(NoSession):
        await world.store.session(session.token)
    with pytest.raises(DeviceLocked):
        await bert_logs_in(world, SECOND)
    assert await states(world) == ["approved", "locked"]
    await world.restart()
    with pytest.raises(DeviceLocked):
        await bert_logs_in(world, SECOND)
    await world.log_in()
    await world.store.people.unlock_device(device.id)
    assert await bert_logs_in(world, SECOND)


async def test_a_locked_device_has_no_slot_on_the_disk(world: World) -> None:
    device = await approved(world)
    with reading(world.path) as connection:
        query = "SELECT slot FROM devices WHERE id = ?"
        (slot,) = connection.execute(query, (device.id,)).fetchone()
    await world.store.people.lock_device(device.id)
    assert slot not in raw_bytes(world.path)


async def test_the_last_device_can_be_neither_locked_nor_stolen(world: World) -> None:
    people, own = world.store.people, world.session.device_id
    for deed in (people.lock_device, people.revoke_device, people.stolen):
        with pytest.raises(LastDevice):
            await deed(own)
        with pytest.raises(NoSuchDevice):
            await deed("another")
    device = await approved(world)
    await people.lock_device(device.id)
    with pytest.raises(LastDevice):
        await people.lock_device(own)


async def test_a_revoked_device_never_comes_back(world: World) -> None:
    device = await approved(world)
    await world.store.people.lock_device(device.id)
    await world.store.people.revoke_device(device.id)
    for deed in (world.store.people.unlock_device, world.store.people.revoke_device):
        with pytest.raises(NoSuchDevice):
            await deed(device.id)
    assert await states(world) == ["approved", "revoked"]


async def test_a_stolen_device_leaves_with_a_device_key_that_fits_nowhere(world: World) -> None:
    """The thief has a copy of the disk from before, the device and Bert's password."""
    await add_bert(world)
    stolen, third = await approved(world), b"3" * 32
    await world.store.people.approve("Labor", third)
    with reading(world.path) as connection:
        (old_slot,) = connection.execute(
            "SELECT slot FROM devices WHERE id = ?", (stolen.id,)
        ).fetchone()
    old = world.store.vault.keyring()
    await world.store.people.stolen(stolen.id)
    with pytest.raises(DeviceNotApproved):
        await bert_logs_in(world, SECOND)
    new = world.store.vault.keyring()
    assert new.device_key != old.device_key
    assert (new.vault_key, new.generations) == (old.vault_key, old.generations)
    with reading(world.path) as connection:
        salt, public_key, sealed, slot = connection.execute(
            "SELECT salt, public_key, private_key, slot FROM users WHERE tag = ?",
            (world.store._box.key.tag("user", b"bert"),),
        ).fetchone()
    private_key = slots.open_user_key(
        (await bert_logs_in(world, third)).user.id,
        slots.UserKey(public_key, sealed),
        stretch(BERTS, salt, CHEAP.user),
    )
    device_key = slots.open_device(stolen.id, SECOND, old_slot)
    with pytest.raises(WrongDevice):
        slots.open_grant("", private_key, device_key, slot)
    for secret in (world.founded.device_secret, third):
        await world.restart()
        assert await bert_logs_in(world, secret)


async def test_a_device_locked_before_a_departure_can_come_back_after_it(world: World) -> None:
    device = await approved(world)
    await world.store.people.lock_device(device.id)
    await world.store.people.off_board(await add_bert(world))
    await world.store.people.unlock_device(device.id)
    await world.restart()
    assert await world.store.login("sonne", "aenne", PASSWORD, SECOND)
