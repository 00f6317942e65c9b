"""Users and devices: their rows, their revocation."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from practicebox.store.box import Box
from practicebox.store.conditions import (
    DeviceNotApproved,
    LastDevice,
    NoSession,
    NoSuchDevice,
    NoSuchUser,
    SealBroken,
)
from practicebox.store.people import devices
from practicebox.store.records import Device
from tests.store.world import PASSWORD, World, raw_bytes, reading


async def test_a_revoked_device_is_locked_out_at_once(world: World) -> None:
    other = await approve_another_device(world)
    session = await world.log_in()
    await world.store.people.revoke_device(session.device_id)
    with pytest.raises(DeviceNotApproved):
        await world.log_in()
    for token in (world.session.token, session.token):
        with pytest.raises(NoSession):
            await world.store.session(token)
    assert await world.store.login("sonne", "aenne", PASSWORD, other)
    states = {device.id: device.state for device in await world.store.devices()}
    assert states[session.device_id] == "revoked"


async def test_the_slot_of_a_revoked_device_is_gone_from_the_disk(world: World) -> None:
    await approve_another_device(world)
    with reading(world.path) as connection:
        query = "SELECT slot FROM devices WHERE id = ?"
        (slot,) = connection.execute(query, (world.session.device_id,)).fetchone()
    await world.store.people.revoke_device(world.session.device_id)
    assert slot not in raw_bytes(world.path)


async def test_the_last_device_cannot_be_revoked(world: World) -> None:
    with pytest.raises(LastDevice):
        await world.store.people.revoke_device(world.session.device_id)
    with pytest.raises(NoSuchDevice):
        await world.store.people.revoke_device("another")


async def test_a_changed_person_is_read_again(world: World) -> None:
    person = replace(world.session.user.person, last_name="Winter", title="")
    await world.store.change_person(world.founded.user_id, person)
    session = await world.store.session(world.session.token)
    assert session.user.person == person
    with pytest.raises(NoSuchUser):
        await world.store.change_person("nobody", person)


@pytest.mark.parametrize("table", ["users", "devices"])
async def test_a_swapped_or_damaged_row_is_refused(world: World, table: str) -> None:
    with reading(world.path) as connection:
        (sealed,) = connection.execute(f"SELECT sealed FROM {table}").fetchone()
        for spoiled in (sealed[:-1], sealed[:-1] + b"\0\0", b"", hashlib.sha512(sealed).digest()):
            connection.execute(f"UPDATE {table} SET sealed = ?", (spoiled,))
            with pytest.raises(SealBroken):
                await (world.store.users if table == "users" else world.store.devices)()


async def test_a_swapped_public_key_of_a_user_is_refused(world: World) -> None:
    """A new generation would otherwise hand the vault to whoever put it there."""
    with reading(world.path) as connection:
        connection.execute("UPDATE users SET public_key = ?", (b"f" * 32,))
    with pytest.raises(SealBroken):
        await world.store.users()


async def approve_another_device(world: World) -> bytes:
    """A second workstation, put there as an approval would."""
    box: Box = world.store._box
    device = Device("desktop", "Empfang", "approved", world.clock())
    keyring, secret = box.vault.keyring(), b"2" * 32
    await box.database.transaction(
        lambda c: devices.add_device(c, keyring, box.key, device, secret, box.random)
    )
    return secret
