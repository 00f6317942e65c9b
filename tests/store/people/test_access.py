"""Logging in, recovering, changing the password."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from practicebox.store.conditions import (
    DeviceNotApproved,
    Locked,
    NoSuchUser,
    SealBroken,
    WrongCredentials,
    WrongDevice,
    WrongMasterPassword,
    WrongPassword,
)
from practicebox.store.store import Store
from practicebox.store.vault import slots
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import Cost, stretch
from practicebox.store.vault.slots import UserKey
from tests.store.world import (
    CHEAP,
    MASTER,
    PASSWORD,
    World,
    all_rows,
    raw_bytes,
    reading,
)


class CountingArgon(Argon):
    """Argon2id that remembers at what cost it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Cost] = []

    async def stretch(self, password: str, salt: bytes, cost: Cost) -> bytes:
        self.runs.append(cost)
        return await super().stretch(password, salt, cost)


@pytest.mark.parametrize(
    ("organisation", "user"),
    [("Sonne", "Aenne"), (" sonne ", "AENNE"), ("SONNE\t", "aenne ")],
)
async def test_case_and_blanks_of_short_names_are_forgiven(
    world: World, organisation: str, user: str
) -> None:
    await world.restart()
    secret = world.founded.device_secret
    session = await world.store.login(organisation, user, PASSWORD, secret)
    assert session.user.id == world.founded.user_id
    assert world.store.vault.is_unlocked


@pytest.mark.parametrize(
    ("organisation", "user", "password"),
    [
        ("mond", "aenne", PASSWORD),
        ("", "aenne", PASSWORD),
        ("sonne", "bert", PASSWORD),
        ("sonne", "Änne Sommer", PASSWORD),
        ("sonne", "aenne", PASSWORD.upper()),
        ("sonne", "aenne", PASSWORD + " "),
        ("sonne", "aenne", ""),
        ("sonne", "\ud800", "\ud800"),
    ],
)
async def test_whatever_is_wrong_gets_one_answer_and_the_same_work(
    world: World, organisation: str, user: str, password: str
) -> None:
    await world.restart()
    argon = CountingArgon()
    store = Store(replace(world.store._box, argon=argon), world.store._folder)
    with pytest.raises(WrongCredentials):
        await store.login(organisation, user, password, world.founded.device_secret)
    assert argon.runs == [CHEAP.user]
    assert not store.vault.is_unlocked
    argon.close()


@pytest.mark.parametrize("secret", [None, b"", bytes(32), b"s" * 32])
async def test_an_unknown_device_is_named_only_with_the_right_password(
    world: World, secret: bytes | None
) -> None:
    await world.restart()
    with pytest.raises(DeviceNotApproved):
        await world.store.login("sonne", "aenne", PASSWORD, secret)
    with pytest.raises(WrongCredentials):
        await world.store.login("sonne", "aenne", "falsch", secret)
    assert not world.store.vault.is_unlocked


async def test_the_master_password_opens_without_a_device(world: World) -> None:
    await world.restart()
    with pytest.raises(WrongMasterPassword):
        await world.store.recover(MASTER.lower())
    assert not world.store.vault.is_unlocked
    await world.store.recover(MASTER)
    assert [user.short_name for user in await world.store.users()] == ["Aenne"]


async def test_a_new_password_works_and_the_old_one_does_not(world: World) -> None:
    await world.store.change_password(world.founded.user_id, PASSWORD, "rote Tasse im Schrank")
    await world.restart()
    with pytest.raises(WrongCredentials):
        await world.log_in()
    secret = world.founded.device_secret
    assert await world.store.login("sonne", "aenne", "rote Tasse im Schrank", secret)


async def test_a_password_change_encrypts_no_record_anew(world: World) -> None:
    await world.store.appointments.add(world.draft())
    with reading(world.path) as connection:
        before = all_rows(connection)
        query = "SELECT slot, sealed FROM users"
        user_before = connection.execute(query).fetchall()
        await world.store.change_password(world.founded.user_id, PASSWORD, "rote Tasse")
        after = all_rows(connection)
        assert connection.execute(query).fetchall() == user_before
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"users", "audit", "audit_head"}


async def test_the_old_password_is_needed_for_a_new_one(world: World) -> None:
    with pytest.raises(WrongPassword):
        await world.store.change_password(world.founded.user_id, "falsch", "rote Tasse")
    with pytest.raises(NoSuchUser):
        await world.store.change_password("nobody", PASSWORD, "rote Tasse")
    assert await world.log_in()


async def test_of_two_password_changes_at_once_one_wins(world: World) -> None:
    change = world.store.change_password
    user_id = world.founded.user_id
    results = await asyncio.gather(
        change(user_id, PASSWORD, "rote Tasse"),
        change(user_id, PASSWORD, "gelbe Tasse"),
        return_exceptions=True,
    )
    assert sorted(map(repr, results)) == ["None", "WrongPassword()"]


async def test_a_manipulated_cost_does_not_exhaust_the_box(world: World) -> None:
    with reading(world.path) as connection:
        connection.execute("UPDATE users SET memory = ?", (1 << 42,))
    with pytest.raises(SealBroken):
        await world.log_in()


async def test_a_foreign_public_key_of_the_practice_is_noticed_at_login(world: World) -> None:
    await world.restart()
    with reading(world.path) as connection:
        connection.execute("UPDATE practice SET public_key = ?", (b"f" * 32,))
    with pytest.raises(SealBroken):
        await world.log_in()
    assert not world.store.vault.is_unlocked


async def test_locking_takes_everything_away(world: World) -> None:
    await world.store.appointments.add(world.draft())
    await world.store.appointments.day(world.clock().date())
    world.store.lock()
    for locked in (
        world.store.users,
        world.store.devices,
        world.store.submissions,
        lambda: world.store.appointments.day(world.clock().date()),
        lambda: world.store.appointments.upcoming(world.clock(), 10),
        lambda: world.store.session(world.session.token),
        lambda: world.store.change_person(world.founded.user_id, world.session.user.person),
    ):
        with pytest.raises(Locked):
            await locked()
    assert world.store.appointments._agenda is None


@pytest.mark.slow
async def test_a_stolen_box_stays_shut_even_to_who_knows_the_password(world: World) -> None:
    """Every 32 bytes of database and box.key are tried as the device's secret and as D itself."""
    await world.store.appointments.add(world.draft())
    await world.stop()
    loot = raw_bytes(world.path)
    with reading(world.path) as connection:
        columns = "salt, public_key, private_key, slot"
        salt, public_key, sealed, slot = connection.execute(
            f"SELECT {columns} FROM users"
        ).fetchone()
        device_id, device_slot = connection.execute("SELECT id, slot FROM devices").fetchone()
    user_id, password_key = world.founded.user_id, stretch(PASSWORD, salt, CHEAP.user)
    private_key = slots.open_user_key(user_id, UserKey(public_key, sealed), password_key)
    for start in range(len(loot) - 31):
        candidate = loot[start : start + 32]
        if not any(candidate):
            continue  # an empty stretch of a database page
        with pytest.raises(WrongDevice):
            slots.open_device(device_id, candidate, device_slot)
        with pytest.raises(WrongDevice):
            slots.open_grant(user_id, private_key, candidate, slot)
