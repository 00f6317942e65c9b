"""Programs: their tokens, their slots, and what becomes of them when keys change."""

from __future__ import annotations

import pytest

from practicebox.practice import programs as tokens
from practicebox.store.audit.audit import By
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import (
    Locked,
    NoSuchProgram,
    TooManyPrograms,
    UnknownToken,
    WrongDevice,
)
from practicebox.store.people.endings import Ending
from practicebox.store.people.programs import MOST
from practicebox.store.vault import slots
from tests.store.people.people_world import SECOND, Told, add_bert, approved
from tests.store.world import MASTER, World, raw_bytes, reading

READ = ("appointments:read",)


async def added(world: World) -> tuple[str, str]:
    """A program: its id and its token."""
    program, token = await world.store.programs.add(" Praxisverwaltung ", READ, By("admin"))
    return program.id, token


def secret_of(token: str) -> bytes:
    return tokens.read(token)


async def test_a_token_lets_its_program_in(world: World) -> None:
    program_id, token = await added(world)
    program = await world.store.programs.enter(token)
    assert (program.id, program.name, program.scopes) == (program_id, "Praxisverwaltung", READ)
    [listed] = await world.store.programs.all()
    assert listed.used == world.clock().date()
    actions = [
        noted.entry.action.value  # type: ignore[union-attr]  # nothing is gone yet
        for noted in (await world.store.audit.page(Filter(), 1)).entries
    ]
    assert actions == ["program-added"]


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "", lambda t: t.upper()])
async def test_another_text_is_an_unknown_token(world: World, change: object) -> None:
    assert callable(change)
    _, token = await added(world)
    for text in (change(token), tokens.write(b"x" * 32), "pbx_" + "a" * 56, "pbx_" + "ä" * 56):
        with pytest.raises(UnknownToken):
            await world.store.programs.enter(text)


async def test_a_locked_vault_is_not_opened_by_a_token(world: World) -> None:
    _, token = await added(world)
    await world.restart()
    with pytest.raises(Locked):
        await world.store.programs.enter(token)
    with pytest.raises(UnknownToken):
        await world.store.programs.enter(tokens.write(b"x" * 32))
    assert not world.store.vault.is_unlocked
    await world.log_in()
    assert await world.store.programs.enter(token)


async def test_token_and_disk_together_do_not_open_the_vault(world: World) -> None:
    """The slot has a second half, the device key, which only an approved workstation opens."""
    program_id, token = await added(world)
    with reading(world.path) as connection:
        (slot,) = connection.execute("SELECT slot FROM programs").fetchone()
    private_key, _ = slots.program_pair(secret_of(token))
    with pytest.raises(WrongDevice):
        slots.open_grant(program_id, private_key, bytes(32), slot)
    right = world.store.vault.keyring()
    opened = slots.open_grant(program_id, private_key, right.device_key, slot)
    assert opened == right.vault_key


async def test_the_disk_has_no_token_no_name_and_no_scope(world: World) -> None:
    _, token = await added(world)
    on_disk = raw_bytes(world.path)
    for told in (token, token.removeprefix("pbx_"), "Praxisverwaltung", "appointments:read"):
        assert told.encode() not in on_disk
    assert secret_of(token) not in on_disk


async def test_a_revoked_program_stays_out_and_keeps_its_name(world: World, told: Told) -> None:
    program_id, token = await added(world)
    with reading(world.path) as connection:
        (slot,) = connection.execute("SELECT slot FROM programs").fetchone()
    await world.store.programs.revoke(program_id, By("admin"))
    assert told.said == [(frozenset({program_id}), Ending.DEVICE)]
    with pytest.raises(UnknownToken):
        await world.store.programs.enter(token)
    with pytest.raises(NoSuchProgram):
        await world.store.programs.revoke(program_id)
    assert slot not in raw_bytes(world.path)
    [listed] = await world.store.programs.all()
    assert (listed.name, listed.state) == ("Praxisverwaltung", "revoked")


async def test_a_program_goes_on_after_a_departure_and_a_theft(world: World) -> None:
    """New vault key, new device key, new generation: each time the slot is filled anew."""
    _, token = await added(world)
    before = world.store.vault.keyring()
    await world.store.people.off_board(await add_bert(world))
    assert world.store.vault.keyring().vault_key != before.vault_key
    assert await world.store.programs.enter(token)
    stolen = await approved(world)
    await world.store.people.stolen(stolen.id)
    await world.restart()
    await world.log_in()
    assert await world.store.programs.enter(token)


async def test_recovery_revokes_every_program(world: World, told: Told) -> None:
    """Whoever recovers has lost control of something; tokens are devices, and all of them go."""
    program_id, token = await added(world)
    await world.store.reset_access(MASTER, "aenne", "ganz neuer Satz hier", "Neuer Laptop")
    with pytest.raises(UnknownToken):
        await world.store.programs.enter(token)
    [(ended, reason)] = told.said
    assert program_id in ended and reason is Ending.RECOVERED


async def test_a_slot_that_somebody_with_the_disk_has_planted_opens_nothing(world: World) -> None:
    """Also with box.key at hand, and a copy of a true row."""
    program_id, token = await added(world)
    other, other_token = await world.store.programs.add("Zweite", READ)
    with reading(world.path) as connection:
        query = "SELECT tag, slot FROM programs WHERE id = ?"
        tag, slot = connection.execute(query, (program_id,)).fetchone()
        connection.execute("UPDATE programs SET tag = x'00' WHERE id = ?", (program_id,))
        connection.execute(
            "UPDATE programs SET tag = ?, slot = ? WHERE id = ?", (tag, slot, other.id)
        )
    for text in (token, other_token):
        with pytest.raises(UnknownToken):
            await world.store.programs.enter(text)


async def test_an_old_slot_from_before_a_departure_is_refused(world: World) -> None:
    _, token = await added(world)
    with reading(world.path) as connection:
        (slot,) = connection.execute("SELECT slot FROM programs").fetchone()
    await world.store.people.off_board(await add_bert(world))
    with reading(world.path) as connection:
        connection.execute("UPDATE programs SET slot = ?", (slot,))
    with pytest.raises(UnknownToken):
        await world.store.programs.enter(token)


async def test_there_are_only_so_many_programs(world: World) -> None:
    ids = [(await world.store.programs.add(f"Nr. {n}", READ))[0].id for n in range(MOST)]
    with pytest.raises(TooManyPrograms):
        await world.store.programs.add("Noch eine", READ)
    await world.store.programs.revoke(ids[0])
    assert await world.store.programs.add("Noch eine", READ)


async def test_a_program_that_was_revoked_by_hand_is_not_granted_anew(world: World) -> None:
    program_id, _ = await added(world)
    await world.store.programs.revoke(program_id)
    await world.store.people.approve("Empfang", SECOND)
    await world.store.people.off_board(await add_bert(world))
    with reading(world.path) as connection:
        assert connection.execute("SELECT slot FROM programs").fetchone() == (None,)
