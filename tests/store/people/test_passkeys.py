"""Passkeys: what they open, how they are made, and when they are gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.store.audit.audit import Action, By, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import (
    DeviceNotApproved,
    Locked,
    NoSession,
    NoSuchPasskey,
    NoSuchUser,
    SealBroken,
    TooManyPasskeys,
    WrongCredentials,
    WrongPasskey,
    WrongPassword,
)
from practicebox.store.people import passkey_rows
from tests.store.people.passkey_world import HOST, add, key, log_in, refuses
from tests.store.people.people_world import BERTS, SECOND, add_bert
from tests.store.world import MASTER, PASSWORD, World, raw_bytes, reading

NEW = "rote Kanne im Schrank"


async def noted(world: World) -> list[tuple[Action, str]]:
    """The log, oldest entry first."""
    page = await world.store.audit.page(Filter(), 50)
    entries = [one.entry for one in reversed(page.entries) if isinstance(one, Noted)]
    return [(entry.action, entry.detail) for entry in entries]


# What they open


async def test_a_passkey_and_the_workstation_open_a_locked_box(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    mine = await add(world)
    await world.restart()
    assert await world.store.passkeys.exist()
    session = await log_in(world, mine.shown())
    assert session.user.id == world.founded.user_id
    assert mine.asked == (world.founded.user_id, mine.verifier)
    assert (await world.store.appointments.get(appointment.id)).patient == appointment.patient
    assert (await world.store.session(session.token)).user == session.user


async def test_passkeys_are_listed_with_name_day_and_last_use(world: World) -> None:
    mine = await add(world, name="iPhone")
    [listed] = await world.store.passkeys.of(world.founded.user_id)
    assert (listed.name, listed.host, listed.credential_id) == ("iPhone", HOST, mine.credential_id)
    assert (listed.created, listed.used) == (world.clock(), None)
    world.clock.advance(timedelta(days=3))
    await log_in(world, mine.shown())
    [listed] = await world.store.passkeys.of(world.founded.user_id)
    assert (listed.name, listed.used) == ("iPhone", world.clock())
    world.store.lock()
    with pytest.raises(Locked):
        await world.store.passkeys.of(world.founded.user_id)


async def test_each_of_several_passkeys_opens(world: World) -> None:
    keys = [await add(world, key(letter)) for letter in (b"a", b"b", b"c")]
    for one in keys:
        await world.restart()
        assert await log_in(world, one.shown())


async def test_a_password_change_leaves_them_working(world: World) -> None:
    mine = await add(world)
    await world.store.change_password(world.founded.user_id, PASSWORD, NEW)
    await world.restart()
    assert await log_in(world, mine.shown())


async def test_a_passkey_uncovers_the_screen_of_its_user(world: World) -> None:
    mine, store, secret = await add(world), world.store, world.founded.device_secret
    await store.cover(world.session.id)
    store.lock()
    await store.passkeys.uncover(world.session.token, mine.shown(), secret)
    assert not (await store.session(world.session.token)).is_covered
    with pytest.raises(NoSession):
        await store.passkeys.uncover("nobody's", mine.shown(), secret)


async def test_a_colleagues_passkey_uncovers_nothing(world: World) -> None:
    berts, store, secret = key(b"b"), world.store, world.founded.device_secret
    await store.passkeys.add(await add_bert(world), BERTS, berts.new())
    await store.cover(world.session.id)
    with pytest.raises(WrongCredentials):
        await store.passkeys.uncover(world.session.token, berts.shown(), secret)
    assert (await store.session(world.session.token)).is_covered


async def test_another_workstation_uncovers_nothing(world: World) -> None:
    mine = await add(world)
    await world.store.people.approve("Empfang", SECOND)
    await world.store.cover(world.session.id)
    for secret in (SECOND, b"x" * 32, None):
        with pytest.raises(DeviceNotApproved):
            await world.store.passkeys.uncover(world.session.token, mine.shown(), secret)
    assert (await world.store.session(world.session.token)).is_covered


# Made and thrown away


async def test_a_new_passkey_takes_the_password(world: World) -> None:
    passkeys, user_id = world.store.passkeys, world.founded.user_id
    with pytest.raises(WrongPassword):
        await passkeys.check_password(user_id, "falsch")
    with pytest.raises(WrongPassword):
        await passkeys.add(user_id, "falsch", key().new())
    with pytest.raises(NoSuchUser):
        await passkeys.add("nobody", PASSWORD, key().new())
    await passkeys.check_password(user_id, PASSWORD)
    assert not await passkeys.exist()


async def test_one_passkey_has_one_owner(world: World) -> None:
    mine, bert = await add(world), await add_bert(world)
    with pytest.raises(WrongPasskey):
        await world.store.passkeys.add(bert, BERTS, mine.new())
    assert await log_in(world, mine.shown())


async def test_nobody_has_more_than_ten(world: World) -> None:
    for number in range(passkey_rows.MOST):
        await add(world, key(b"%d" % number))
    with pytest.raises(TooManyPasskeys):
        await add(world, key(b"one more"))


async def test_a_removed_passkey_opens_nothing_and_leaves_no_bytes(world: World) -> None:
    kept, gone = await add(world), await add(world, key(b"b"), name="Verloren")
    passkeys, user_id = world.store.passkeys, world.founded.user_id
    [listed] = [one for one in await passkeys.of(user_id) if one.name == "Verloren"]
    with reading(world.path) as connection:
        query = "SELECT private_key, sealed, tag FROM passkeys WHERE id = ?"
        pieces = connection.execute(query, (listed.id,)).fetchone()
    await passkeys.remove(user_id, listed.id)
    assert not any(piece[1:33] in raw_bytes(world.path) for piece in pieces)
    assert await refuses(world, gone.shown())
    assert await log_in(world, kept.shown())
    with pytest.raises(NoSuchPasskey):
        await passkeys.remove(user_id, listed.id)


async def test_only_its_owner_removes_a_passkey(world: World) -> None:
    mine, bert = await add(world), await add_bert(world)
    [listed] = await world.store.passkeys.of(world.founded.user_id)
    with pytest.raises(NoSuchPasskey):
        await world.store.passkeys.remove(bert, listed.id)
    assert await log_in(world, mine.shown())


async def test_whoever_leaves_takes_no_passkey_along(world: World) -> None:
    bert, mine, berts = await add_bert(world), await add(world), key(b"b")
    await world.store.passkeys.add(bert, BERTS, berts.new())
    with reading(world.path) as connection:
        query = "SELECT private_key, sealed FROM passkeys WHERE user = ?"
        pieces = connection.execute(query, (bert,)).fetchone()
    await world.store.people.off_board(bert)
    assert not any(piece[1:33] in raw_bytes(world.path) for piece in pieces)
    assert await refuses(world, berts.shown())
    with pytest.raises((WrongPassword, SealBroken)):
        await world.store.passkeys.add(bert, BERTS, key(b"c").new())
    await world.restart()
    assert await log_in(world, mine.shown())  # who stays has new slots, and the same passkey
    assert len(await world.store.passkeys.of(world.founded.user_id)) == 1


async def test_a_recovery_throws_away_the_users_passkeys_and_nobody_elses(world: World) -> None:
    bert, mine, berts = await add_bert(world), await add(world), key(b"b")
    await world.store.passkeys.add(bert, BERTS, berts.new())
    founded = await world.store.reset_access(MASTER, "aenne", NEW, "Laptop neu")
    assert await world.store.passkeys.of(world.founded.user_id) == []
    await world.restart()
    with pytest.raises(WrongCredentials):
        await log_in(world, mine.shown(), founded.device_secret)
    with pytest.raises(DeviceNotApproved):
        await log_in(world, berts.shown(), world.founded.device_secret)
    session = await log_in(world, berts.shown(), founded.device_secret)
    assert session.user.id == bert


async def test_a_passkey_made_while_the_access_is_recovered_is_not_kept(world: World) -> None:
    """Its private key is the old one: it would open nothing for ever."""
    box, user_id = world.store._box, world.founded.user_id
    old = await box.database.run(
        lambda connection: connection.execute("SELECT public_key FROM users").fetchone()[0]
    )
    await world.store.reset_access(MASTER, "aenne", NEW, "Laptop neu")
    await world.store.passkeys.add(user_id, NEW, key(b"b").new())
    [listed] = await world.store.passkeys.of(user_id)
    row = passkey_rows.NewRow(user_id, replace(listed, id="late"), 1, b"sealed", old)
    with pytest.raises(WrongPasskey):
        await box.database.transaction(
            lambda connection: passkey_rows.add(
                connection, box.vault.keyring(), box.key, row, box.random
            )
        )


async def test_every_deed_is_in_the_log(world: World) -> None:
    store, user_id = world.store, world.founded.user_id
    by = By(user_id, world.session.device_id)
    mine = key()
    await store.passkeys.add(user_id, PASSWORD, mine.new("iPhone"), by)
    await refuses(world, mine.shown(secret=bytes(32)))
    session = await log_in(world, mine.shown())
    with pytest.raises(DeviceNotApproved):
        await log_in(world, mine.shown(), b"s" * 32)
    [listed] = await store.passkeys.of(user_id)
    await store.cover(session.id)
    await store.passkeys.uncover(session.token, mine.shown(), world.founded.device_secret)
    await store.passkeys.remove(user_id, listed.id, by)
    assert (await noted(world))[-7:] == [
        (Action.PASSKEY_ADDED, "iPhone"),
        (Action.LOGIN_FAILED, ""),
        (Action.LOGIN_BY_PASSKEY, "iPhone"),
        (Action.LOGIN_FAILED, "device"),
        (Action.SCREEN_LOCKED, ""),
        (Action.SCREEN_UNLOCKED, ""),
        (Action.PASSKEY_REMOVED, "iPhone"),
    ]
