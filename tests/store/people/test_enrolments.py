"""Joining by one-time code: who gets in by it, and what it is worth on the disk."""

from __future__ import annotations

import pytest

from practicebox.practice import one_time_code
from practicebox.store.conditions import (
    Locked,
    NoSuchUser,
    SealBroken,
    ShortNameTaken,
    UnknownCode,
    WrongCredentials,
    WrongDevice,
    WrongPassword,
)
from practicebox.store.people.enrolments import LIFETIME, MOST_TRIES
from practicebox.store.vault import slots
from practicebox.store.vault.kdf import stretch
from tests.store.people.people_world import (
    BERT,
    BERTS,
    add_bert,
    bert_logs_in,
    invite,
    wrong,
)
from tests.store.world import CHEAP, World, raw_bytes, reading


async def test_a_colleague_joins_by_code_and_opens_the_vault_with_a_key_of_her_own(
    world: World,
) -> None:
    user_id, code = await invite(world)
    with reading(world.path) as connection:
        (before,) = connection.execute(
            "SELECT public_key FROM users WHERE id = ?", (user_id,)
        ).fetchone()
    assert await world.store.people.enrol(code, "Bert", BERTS, None) == user_id
    with reading(world.path) as connection:
        (after,) = connection.execute(
            "SELECT public_key FROM users WHERE id = ?", (user_id,)
        ).fetchone()
    assert before != after
    await world.restart()
    session = await bert_logs_in(world)
    assert (session.user.short_name, session.user.role, session.user.person) == (
        "Bert",
        "clinician",
        BERT,
    )
    assert world.store.vault.is_unlocked


async def test_an_invited_user_is_listed_but_is_nobody_who_can_log_in(world: World) -> None:
    user_id, _ = await invite(world)
    assert [user.id for user in await world.store.users()] == [world.founded.user_id]
    [_, invited] = await world.store.people.everybody()
    assert (invited.id, invited.state, invited.short_name) == (user_id, "invited", "")
    assert invited.code_expires == world.clock() + LIFETIME
    for name in ("", user_id):
        with pytest.raises(WrongCredentials):
            await world.store.login("sonne", name, BERTS, world.founded.device_secret)


async def test_a_code_works_once(world: World) -> None:
    _, code = await invite(world)
    await world.store.people.enrol(code, "Bert", BERTS, None)
    with pytest.raises(UnknownCode):
        await world.store.people.enrol(code, "Berta", BERTS, None)


async def test_a_code_is_worth_nothing_after_a_week(world: World) -> None:
    _, code = await invite(world)
    world.clock.advance(LIFETIME)
    with pytest.raises(UnknownCode):
        await world.store.people.enrol(code, "Bert", BERTS, None)


async def test_five_wrong_guesses_kill_a_code(world: World) -> None:
    user_id, code = await invite(world)
    for _ in range(MOST_TRIES):
        with pytest.raises(UnknownCode):
            await world.store.people.enrol(wrong(code), "Bert", BERTS, None)
    with pytest.raises(UnknownCode):
        await world.store.people.enrol(code, "Bert", BERTS, None)
    again = await world.store.people.renew_code(user_id)
    assert await world.store.people.enrol(one_time_code.read(again.code), "Bert", BERTS, None)


async def test_another_code_replaces_the_earlier_one(world: World) -> None:
    user_id, code = await invite(world)
    await world.store.people.renew_code(user_id)
    with pytest.raises(UnknownCode):
        await world.store.people.enrol(code, "Bert", BERTS, None)
    with pytest.raises(NoSuchUser):
        await world.store.people.renew_code(world.founded.user_id)


async def test_a_short_name_belongs_to_one_user_and_costs_no_try(world: World) -> None:
    _, code = await invite(world)
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(ShortNameTaken):
            await world.store.people.enrol(code, " AENNE", BERTS, None)
    assert await world.store.people.enrol(code, "Bert", BERTS, None)


async def test_a_locked_box_takes_a_code_only_from_an_approved_device(world: World) -> None:
    _, code = await invite(world)
    await world.restart()
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(Locked):
            await world.store.people.enrol(code, "Bert", BERTS, None)
    await world.store.people.enrol(code, "Bert", BERTS, world.founded.device_secret)
    assert await bert_logs_in(world)


async def test_the_disk_alone_opens_no_invitation(world: World) -> None:
    """The code, its key and the private key behind it are on the disk in no form that opens
    without the code; with the code, but without a device, the slot stays closed."""
    user_id, code = await invite(world)
    disk = raw_bytes(world.path)
    for text in (code.secret, str(code), BERT.last_name):
        assert text.encode() not in disk
    with reading(world.path) as connection:
        salt, public_key, sealed, slot = connection.execute(
            "SELECT salt, public_key, private_key, slot FROM users WHERE id = ?", (user_id,)
        ).fetchone()
    key = slots.UserKey(public_key, sealed)
    for guess in (wrong(code).secret, code.locator, ""):
        with pytest.raises(WrongPassword):
            slots.open_user_key(user_id, key, stretch(guess, salt, CHEAP.user))
    private_key = slots.open_user_key(user_id, key, stretch(code.secret, salt, CHEAP.user))
    with pytest.raises(WrongDevice):
        slots.open_grant(user_id, private_key, bytes(32), slot)


async def test_nobody_is_invited_as_a_second_main_user(world: World) -> None:
    with pytest.raises(ValueError, match="one Hauptnutzer"):
        await world.store.people.invite("admin", BERT)


async def test_a_role_changed_on_the_disk_is_refused(world: World) -> None:
    user_id = await add_bert(world)
    with reading(world.path) as connection:
        connection.execute("UPDATE users SET role = 'admin' WHERE id = ?", (user_id,))
    with pytest.raises(SealBroken):
        await world.store.people.everybody()
    with pytest.raises(SealBroken):
        await bert_logs_in(world)
