"""Another name or role for a colleague: what counts at once, what stays, what is noted."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Literal

import pytest

from practicebox.store.audit.audit import Action, By, Entry
from practicebox.store.conditions import Locked, MainUser, NoSession, NoSuchUser, SealBroken
from practicebox.store.people import staff
from practicebox.store.people.endings import Ending
from practicebox.store.records import Person, User
from tests.store.audit.audit_box import log_of
from tests.store.people.people_world import BERT, Told, add_bert, bert_logs_in, invite
from tests.store.world import PERSON, World, raw_bytes, reading

MARRIED = replace(BERT, title="Dr.", last_name="Winter-Krejčová")


def by(world: World) -> By:
    return By(world.session.user.id, world.session.device_id)


async def bert(world: World) -> User:
    return (await world.store.people.everybody())[1]


def no_disk(*_: object) -> list[str]:
    raise sqlite3.OperationalError("disk I/O error")


async def deeds(world: World) -> list[Entry]:
    wanted = (Action.USER_CHANGED, Action.ROLE_CHANGED)
    return [one.entry for one in await log_of(world) if one.entry.action in wanted]


def role_in_clear(world: World, user_id: str) -> str:
    with reading(world.path) as connection:
        (role,) = connection.execute("SELECT role FROM users WHERE id = ?", (user_id,)).fetchone()
    return str(role)


async def test_another_role_counts_everywhere_at_once(world: World, told: Told) -> None:
    user_id = await add_bert(world)
    session = await bert_logs_in(world)
    assert await world.store.people.change(user_id, "reception", BERT, by(world))
    assert told.said == [(frozenset({session.id}), Ending.ROLE)]
    for find in (world.store.session, world.store.bearer):
        with pytest.raises(NoSession):
            await find(session.token)
    assert await world.store.session(world.session.token)  # nobody else is logged out
    again = await bert_logs_in(world)
    assert again.user.role == (await bert(world)).role == "reception"
    assert role_in_clear(world, user_id) == "reception"
    world.store.lock()
    assert (await world.store.bearer(again.token)).role == "reception"


async def test_a_role_can_be_given_back(world: World) -> None:
    user_id = await add_bert(world)
    roles: tuple[Literal["clinician", "reception"], ...] = ("reception", "clinician", "reception")
    for role in roles:
        assert await world.store.people.change(user_id, role, BERT, by(world))
        assert (await bert_logs_in(world)).user.role == role
    await world.restart()
    assert (await bert_logs_in(world)).user.role == "reception"


async def test_another_name_logs_nobody_out(world: World, told: Told) -> None:
    user_id = await add_bert(world)
    session = await bert_logs_in(world)
    assert not await world.store.people.change(user_id, "clinician", MARRIED, by(world))
    assert told.said == []
    assert (await world.store.session(session.token)).user.person == MARRIED
    assert (await world.store.session(session.token)).user.short_name == "Bert"


async def test_each_change_is_noted_with_who_made_it(world: World) -> None:
    user_id = await add_bert(world)
    await world.store.people.change(user_id, "clinician", MARRIED, by(world))
    await world.store.people.change(user_id, "reception", MARRIED, by(world))
    await world.store.people.change(user_id, "clinician", BERT, by(world))
    assert await deeds(world) == [
        by(world).did(Action.USER_CHANGED, user_id),
        by(world).did(Action.ROLE_CHANGED, user_id, "reception"),
        by(world).did(Action.USER_CHANGED, user_id),
        by(world).did(Action.ROLE_CHANGED, user_id, "clinician"),
    ]


async def test_where_everything_is_so_already_nothing_is_written(world: World, told: Told) -> None:
    user_id = await add_bert(world)
    await bert_logs_in(world)
    with reading(world.path) as connection:
        query = "SELECT sealed FROM users WHERE id = ?"
        before = connection.execute(query, (user_id,)).fetchone()
        assert not await world.store.people.change(user_id, "clinician", BERT, by(world))
        assert connection.execute(query, (user_id,)).fetchone() == before
    assert (await deeds(world), told.said) == ([], [])


async def test_who_is_invited_joins_with_the_new_name_and_role(world: World) -> None:
    user_id, code = await invite(world)
    await world.store.people.change(user_id, "reception", MARRIED, by(world))
    assert (await bert(world)).state == "invited"
    await world.store.people.enrol(code, "Bert", "grüner Teller im Flur", None)
    joined = (await bert_logs_in(world)).user
    assert (joined.role, joined.person, joined.state) == ("reception", MARRIED, "active")


async def test_the_main_user_stays_what_he_is(world: World) -> None:
    for role in ("clinician", "reception"):
        with pytest.raises(MainUser):
            await world.store.people.change(world.founded.user_id, role, PERSON, by(world))
    user_id = await add_bert(world)
    with pytest.raises(ValueError, match="one Hauptnutzer"):
        await world.store.people.change(user_id, "admin", BERT, by(world))
    assert role_in_clear(world, world.founded.user_id) == "admin"
    assert role_in_clear(world, user_id) == "clinician"
    assert await deeds(world) == []


async def test_who_has_left_or_never_was_there_is_not_found(world: World) -> None:
    user_id = await add_bert(world)
    await world.store.people.off_board(user_id)
    for unknown in (user_id, "nobody"):
        with pytest.raises(NoSuchUser):
            await world.store.people.change(unknown, "reception", BERT, by(world))
    assert (await bert(world)).state == "departed"


async def test_a_locked_vault_changes_nothing(world: World) -> None:
    user_id = await add_bert(world)
    world.store.lock()
    with pytest.raises(Locked):
        await world.store.people.change(user_id, "reception", BERT, by(world))
    assert role_in_clear(world, user_id) == "clinician"


async def test_role_and_sessions_change_together_or_not_at_all(
    world: World, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = await add_bert(world)
    session = await bert_logs_in(world)
    with monkeypatch.context() as patch:
        patch.setattr("practicebox.store.people.sessions.end_where", no_disk)
        with pytest.raises(sqlite3.OperationalError):
            await world.store.people.change(user_id, "reception", MARRIED, by(world))
    assert (await world.store.session(session.token)).user.role == "clinician"
    assert ((await bert(world)).person, await deeds(world), told.said) == (BERT, [], [])


async def test_a_role_that_somebody_with_the_disk_changed_back_is_refused(world: World) -> None:
    user_id = await add_bert(world)
    await world.store.people.change(user_id, "reception", BERT, by(world))
    with reading(world.path) as connection:
        connection.execute("UPDATE users SET role = 'clinician' WHERE id = ?", (user_id,))
    with pytest.raises(SealBroken):
        await bert_logs_in(world)


async def test_names_are_sealed_like_before(world: World) -> None:
    user_id = await add_bert(world)
    await world.store.people.change(user_id, "reception", MARRIED, by(world))
    assert b"Winter-Krej" not in raw_bytes(world.path)
    keyring = world.store.vault.keyring()
    with reading(world.path) as connection:
        assert staff.user(connection, keyring, user_id).person == MARRIED


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "\u202eOlaf",
        "x" * 10_000,
        "'; DROP TABLE users; --",
        "\x00",
        "😀",
    ],
)
async def test_a_hostile_name_is_only_a_name(world: World, name: str) -> None:
    user_id = await add_bert(world)
    hostile = Person(salutation=name, title=name, first_name=name, last_name=name)
    await world.store.people.change(user_id, "reception", hostile, by(world))
    assert (await bert(world)).person == hostile
    assert len(await world.store.people.everybody()) == 2
