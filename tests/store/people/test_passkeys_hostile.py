"""Passkeys: what they don't open, and what somebody with the disk can do to them."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.bindings import crypto_scalarmult_base

from practicebox.store.backup import restore
from practicebox.store.backup import rows as backup_rows
from practicebox.store.backup.conditions import CopyDamaged
from practicebox.store.conditions import (
    DeviceLocked,
    DeviceNotApproved,
    SealBroken,
    WrongCredentials,
)
from practicebox.store.people import passkey_rows
from practicebox.store.vault import slots
from practicebox.store.vault.slots import PasskeyPlace
from tests.store.backup.backup_world import backup_of, silent
from tests.store.people.passkey_world import HOST, Key, add, change, key, log_in, refuses
from tests.store.people.people_world import BERTS, SECOND, add_bert
from tests.store.world import MASTER, World, raw_bytes, reading

# What they don't open


@pytest.mark.parametrize(
    "alter",
    [
        lambda secret: bytes([secret[0] ^ 1]) + secret[1:],
        lambda secret: secret[:-1] + bytes([secret[-1] ^ 0x80]),
        lambda secret: bytes(32),
        lambda secret: secret[:31],
        lambda secret: secret + b"\0",
        lambda secret: b"",
        lambda secret: secret * 4,
    ],
)
async def test_another_secret_opens_nothing(world: World, alter: Callable[[bytes], bytes]) -> None:
    mine = await add(world)
    await world.restart()
    assert await refuses(world, mine.shown(secret=alter(mine.secret)))
    assert mine.asked is None, "nothing is verified before the secret has opened"
    assert not world.store.vault.is_unlocked


async def test_an_unknown_passkey_opens_nothing(world: World) -> None:
    mine = await add(world)
    await world.restart()
    for other in (b"", b"credential b", mine.credential_id + b"\0"):
        assert await refuses(world, mine.shown(credential_id=other))
    assert not world.store.vault.is_unlocked


async def test_a_wrong_answer_opens_nothing_even_with_the_secret(world: World) -> None:
    mine = await add(world)
    mine.is_right = False
    await world.restart()
    assert await refuses(world, mine.shown())
    assert not world.store.vault.is_unlocked


async def test_a_copy_that_signed_less_often_is_refused(world: World) -> None:
    mine = await add(world)
    copied = replace(mine)
    mine.count = 7
    await log_in(world, mine.shown())
    assert await refuses(world, copied.shown())  # signs for the second time
    mine.count -= 1
    assert await refuses(world, mine.shown())  # the eighth time once more
    assert await log_in(world, mine.shown())


async def test_a_passkey_that_counts_nothing_is_taken_as_it_is(world: World) -> None:
    """Those that are kept in several places at once always say 0."""
    mine = key()
    mine.count = 0
    await add(world, mine)
    for _ in range(2):
        mine.count = -1
        assert await log_in(world, mine.shown())


async def test_one_answer_counts_once(world: World) -> None:
    mine = await add(world)
    shown = mine.shown()
    results = await asyncio.gather(
        log_in(world, shown), log_in(world, shown), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Session", "WrongCredentials"]


async def test_an_unapproved_workstation_is_named_only_to_the_right_passkey(world: World) -> None:
    mine = await add(world)
    await world.restart()
    for secret in (b"s" * 32, bytes(32)):
        with pytest.raises(DeviceNotApproved) as raised:
            await log_in(world, mine.shown(), secret)
        assert raised.value.user_id == world.founded.user_id
        with pytest.raises(WrongCredentials):
            await log_in(world, mine.shown(secret=b"wrong" + bytes(27)), secret)
    with pytest.raises(DeviceNotApproved):
        await world.store.passkeys.login(mine.shown(), None)
    assert not world.store.vault.is_unlocked


async def test_a_locked_workstation_stays_locked(world: World) -> None:
    mine = await add(world)
    device = await world.store.people.approve("Empfang", SECOND)
    await world.store.people.lock_device(device.id)
    with pytest.raises(DeviceLocked):
        await log_in(world, mine.shown(), SECOND)


# Somebody with the disk


async def test_a_planted_passkey_opens_nothing(world: World) -> None:
    """The disk's finder has a passkey and a key pair of their own, and box.key as well."""
    await add(world)
    user_id, box, mine = world.founded.user_id, world.store._box, key(b"x")
    own_private = os.urandom(32)
    place = PasskeyPlace(user_id, "planted")
    for private_key in (own_private, own_private[:5], b""):
        sealed = slots.seal_passkey(place, private_key, mine.verifier, mine.secret, os.urandom)
        with reading(world.path) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO passkeys SELECT 'planted', user, ?, ?, 0, created,"
                " generation, sealed FROM passkeys WHERE user = ? LIMIT 1",
                (passkey_rows.tag(box.key, mine.credential_id), sealed, user_id),
            )
        assert await refuses(world, mine.shown())
    # With the user's public key exchanged as well the seal opens, and the slot does not.
    sealed = slots.seal_passkey(place, own_private, mine.verifier, mine.secret, os.urandom)
    change(world, "UPDATE passkeys SET private_key = ? WHERE id = 'planted'", sealed)
    change(world, "UPDATE users SET public_key = ?", crypto_scalarmult_base(own_private))
    await world.restart()
    with pytest.raises(SealBroken):
        await log_in(world, mine.shown())
    assert not world.store.vault.is_unlocked


async def test_a_passkey_moved_to_another_row_opens_nothing(world: World) -> None:
    first, second, berts = await add(world), await add(world, key(b"b")), key(b"c")
    bert = await add_bert(world)
    await world.store.passkeys.add(bert, BERTS, berts.new())
    tag = passkey_rows.tag(world.store._box.key, first.credential_id)
    for one in (second, berts):
        other = passkey_rows.tag(world.store._box.key, one.credential_id)
        move = (
            "UPDATE passkeys SET private_key ="
            " (SELECT private_key FROM passkeys WHERE tag = ?) WHERE tag = ?"
        )
        change(world, move, other, tag)
        assert await refuses(world, one.shown(credential_id=first.credential_id))
        assert await refuses(world, first.shown())
    change(world, "UPDATE passkeys SET user = ? WHERE tag = ?", world.founded.user_id, other)
    assert await refuses(world, berts.shown())


async def test_a_name_moved_to_another_row_is_noticed(world: World) -> None:
    await add(world, name="iPhone")
    await add(world, key(b"b"), name="Schlüssel")
    change(world, "UPDATE passkeys SET sealed = (SELECT max(sealed) FROM passkeys)")
    with pytest.raises(SealBroken):
        await world.store.passkeys.of(world.founded.user_id)


async def test_another_verifier_can_not_be_put_in_its_place(world: World) -> None:
    mine = await add(world)
    with reading(world.path) as connection:
        (sealed,) = connection.execute("SELECT private_key FROM passkeys").fetchone()
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        change(world, "UPDATE passkeys SET private_key = ?", bytes(altered))
        assert await refuses(world, mine.shown())


async def test_nothing_of_a_passkey_is_readable_on_the_disk(world: World) -> None:
    mine = Key(os.urandom(32), os.urandom(32), os.urandom(32))
    await add(world, mine, name="Kanarienvogel")
    await log_in(world, mine.shown())
    while_open = raw_bytes(world.path)
    await world.stop()
    for content in (while_open, raw_bytes(world.path)):
        for piece in (b"Kanarienvogel", HOST.encode(), mine.credential_id, mine.verifier):
            for needle in (piece, piece.hex().encode()):
                assert needle not in content
        assert mine.secret not in content


async def test_a_backup_has_opened_them_too(world: World) -> None:
    await add(world)
    keyring = world.store.vault.keyring()
    with reading(world.path) as connection:
        backup_rows.open_all(connection, keyring, lambda done, total: None)
        connection.execute("UPDATE passkeys SET sealed = substr(sealed, 1, 60)")
        with pytest.raises(CopyDamaged):
            backup_rows.open_all(connection, keyring, lambda done, total: None)


async def test_a_restored_box_knows_its_passkeys(world: World) -> None:
    mine = await add(world)
    file = Path(shutil.copy(await backup_of(world), world.path.parent))
    await world.stop()
    shutil.rmtree(world.path)
    restore.restore(file, world.path, (MASTER,), world.clock(), os.urandom, silent)
    await world.start()
    assert await log_in(world, mine.shown())
