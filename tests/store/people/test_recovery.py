"""The way back with the master password: who gets in afterwards, and what stays untouched."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from practicebox.store.conditions import (
    DeviceNotApproved,
    NoSession,
    NoSuchUser,
    NotFounded,
    SealBroken,
    WrongCredentials,
    WrongMasterPassword,
)
from practicebox.store.people import devices, staff
from practicebox.store.people.records_sessions import Session
from practicebox.store.people.staff import NewUser
from practicebox.store.records import Founded, Person
from practicebox.store.store import Store
from practicebox.store.vault import slots
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import SALT_BYTES, Cost, stretch
from tests.store.world import CHEAP, MASTER, PASSWORD, Boxes, World, all_rows, raw_bytes, reading

NEW = "rote Kanne im Schrank"
BERTS = "grüner Teller im Flur"
BERT = Person(salutation="Herr", first_name="Bert", last_name="Winter")


class CountingArgon(Argon):
    """Argon2id that remembers at what cost it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Cost] = []

    async def stretch(self, password: str, salt: bytes, cost: Cost) -> bytes:
        self.runs.append(cost)
        return await super().stretch(password, salt, cost)


async def reset(world: World) -> Founded:
    """Änne lost everything but the master password."""
    return await world.store.reset_access(MASTER, " AENNE", NEW, " Laptop neu ")


async def add_bert(world: World) -> None:
    """A second user, whose password the reset doesn't know."""
    box, salt = world.store._box, bytes(SALT_BYTES)
    key = slots.new_user_key("bert", stretch(BERTS, salt, CHEAP.user), box.random)
    user = NewUser("bert", "Bert", "clinician", BERT, key, salt, CHEAP.user)
    keyring = box.vault.keyring()
    await box.database.transaction(
        lambda connection: staff.add_user(connection, keyring, box.key, user, box.random)
    )


async def log_in(world: World, password: str, secret: bytes, user: str = "aenne") -> Session:
    return await world.store.login("sonne", user, password, secret)


async def test_the_new_password_on_the_new_device_opens_all_old_records(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.restart()
    founded = await reset(world)
    assert founded.user_id == world.founded.user_id
    await world.restart()
    session = await log_in(world, NEW, founded.device_secret)
    assert (session.user.short_name, session.user.role) == ("Aenne", "admin")
    assert session.user.person == world.session.user.person
    kept = await world.store.appointments.get(appointment.id)
    assert kept.patient == appointment.patient


async def test_old_password_and_old_device_open_nothing_any_more(world: World) -> None:
    founded = await reset(world)
    with pytest.raises(WrongCredentials):
        await log_in(world, PASSWORD, founded.device_secret)
    with pytest.raises(DeviceNotApproved):
        await log_in(world, NEW, world.founded.device_secret)
    devices = await world.store.devices()
    assert [(d.name, d.state) for d in devices if d.state == "approved"] == [
        ("Laptop neu", "approved")
    ]
    assert [d.name for d in devices if d.state == "revoked"] == ["Laptop Änne"]


async def test_a_copied_slot_of_an_old_device_does_not_bring_it_back(world: World) -> None:
    with reading(world.path) as connection:
        [(device_id, slot)] = connection.execute("SELECT id, slot FROM devices").fetchall()
        await reset(world)
        query = "UPDATE devices SET state = 'approved', slot = ? WHERE id = ?"
        connection.execute(query, (slot, device_id))
    with pytest.raises(DeviceNotApproved):
        await log_in(world, NEW, world.founded.device_secret)


async def test_others_keep_their_passwords_but_need_the_new_device(world: World) -> None:
    await add_bert(world)
    assert await log_in(world, BERTS, world.founded.device_secret, "bert")
    founded = await reset(world)
    await world.restart()
    with pytest.raises(DeviceNotApproved):
        await log_in(world, BERTS, world.founded.device_secret, "bert")
    session = await log_in(world, BERTS, founded.device_secret, "bert")
    assert session.user.person == BERT


async def test_all_sessions_end_also_those_of_others(world: World) -> None:
    await add_bert(world)
    berts = await log_in(world, BERTS, world.founded.device_secret, "bert")
    await reset(world)
    for session in (world.session, berts):
        with pytest.raises(NoSession):
            await world.store.session(session.token)


async def test_the_master_password_still_works_and_works_again(world: World) -> None:
    first = await reset(world)
    await world.restart()
    await world.store.recover(MASTER)
    second = await world.store.reset_access(MASTER, "aenne", PASSWORD, "Empfang")
    with pytest.raises(DeviceNotApproved):
        await log_in(world, PASSWORD, first.device_secret)
    assert await log_in(world, PASSWORD, second.device_secret)


async def test_no_record_is_encrypted_anew(world: World) -> None:
    await world.store.appointments.add(world.draft())
    await world.store.submit("form", b"answers")
    await add_bert(world)
    bert, device = "SELECT * FROM users WHERE id = 'bert'", "SELECT id, sealed FROM devices"
    with reading(world.path) as connection:
        before, [bert_before] = all_rows(connection), connection.execute(bert).fetchall()
        devices_before = connection.execute(device).fetchall()
        await reset(world)
        after, [bert_after] = all_rows(connection), connection.execute(bert).fetchall()
        assert set(devices_before) < set(connection.execute(device).fetchall())
    changed = {table for table in before if before[table] != after[table]}
    changed -= {"audit", "audit_head"}  # a line more
    assert changed == {"practice", "users", "devices", "subjects", "sessions"}
    assert set(before["subjects"]) < set(after["subjects"])  # the new device, nothing else
    assert len(after["subjects"]) == len(before["subjects"]) + 1
    assert sum(a != b for a, b in zip(bert_before, bert_after, strict=True)) == 1  # the slot
    [submission] = await world.store.submissions()
    assert submission.payload == b"answers"


@pytest.mark.parametrize(
    ("master", "user", "condition"),
    [
        (MASTER.lower(), "aenne", WrongMasterPassword),
        ("", "aenne", WrongMasterPassword),
        (PASSWORD, "aenne", WrongMasterPassword),
        ("\ud800", "niemand", WrongMasterPassword),
        (MASTER, "niemand", NoSuchUser),
        (MASTER, "\ud800", NoSuchUser),
    ],
)
async def test_whatever_is_wrong_changes_nothing_and_takes_the_same_work(
    world: World, master: str, user: str, condition: type[Exception]
) -> None:
    await world.restart()
    argon = CountingArgon()
    store = Store(replace(world.store._box, argon=argon), world.store._folder)
    with reading(world.path) as connection:
        before = all_rows(connection)
        with pytest.raises(condition):
            await store.reset_access(master, user, NEW, "Laptop neu")
        assert all_rows(connection) == before
    assert argon.runs == [CHEAP.master, CHEAP.user]
    assert not store.vault.is_unlocked
    argon.close()
    assert await world.log_in()


async def test_there_is_nothing_to_recover_before_the_founding(boxes: Boxes, world: World) -> None:
    store = await boxes.open(world.path.parent / "empty")
    with pytest.raises(NotFounded):
        await store.reset_access(MASTER, "aenne", NEW, "Laptop neu")


async def test_it_is_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(devices, "add_device", broken)  # the last step
    with reading(world.path) as connection:
        before = all_rows(connection)
        with pytest.raises(OSError):
            await reset(world)
        assert all_rows(connection) == before
    assert await world.log_in()


async def test_a_foreign_public_key_gets_no_slot(world: World) -> None:
    """Whoever can write to the database must not be handed the vault key by a recovery."""
    await add_bert(world)
    with reading(world.path) as connection:
        connection.execute("UPDATE users SET public_key = ? WHERE id = 'bert'", (b"f" * 32,))
        before = all_rows(connection)
        with pytest.raises(SealBroken):
            await reset(world)
        assert all_rows(connection) == before


async def test_a_foreign_public_key_of_the_practice_stops_it_before_anything_is_written(
    world: World,
) -> None:
    with reading(world.path) as connection:
        connection.execute("UPDATE practice SET public_key = ?", (b"f" * 32,))
        before = all_rows(connection)
        with pytest.raises(SealBroken):
            await reset(world)
        assert all_rows(connection) == before


async def test_of_two_resets_at_once_the_later_one_counts_and_both_are_whole(world: World) -> None:
    await add_bert(world)
    founded = await asyncio.gather(reset(world), reset(world))
    await world.restart()
    opened = []
    for one in founded:
        try:
            opened.append(await log_in(world, BERTS, one.device_secret, "bert"))
        except DeviceNotApproved:
            continue
    assert len(opened) == 1
    assert await log_in(world, NEW, founded[1].device_secret)


async def test_an_unlocked_vault_holds_the_new_device_key(world: World) -> None:
    old = world.store.vault.keyring()
    await reset(world)
    new = world.store.vault.keyring()
    assert new.device_key != old.device_key
    assert (new.vault_key, new.generations) == (old.vault_key, old.generations)


async def test_the_old_slots_are_gone_from_the_disk(world: World) -> None:
    with reading(world.path) as connection:
        query = "SELECT slot FROM users UNION ALL SELECT slot FROM devices"
        old = [slot for (slot,) in connection.execute(query)]
    await reset(world)
    content = raw_bytes(world.path)
    assert len(old) == 2 and not any(slot in content for slot in old)
