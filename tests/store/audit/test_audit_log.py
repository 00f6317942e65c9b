"""The log of a whole box: what gets into it, and what comes out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit.audit import BOX, PATIENT, Action, By
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import DeviceNotApproved, WrongCredentials
from practicebox.store.sql.database import NAME
from practicebox.store.sql.migrations import MIGRATIONS
from tests.store.audit.audit_box import actions, kinds, log_of
from tests.store.world import PASSWORD, World


async def test_a_day_in_the_practice(world: World) -> None:
    by = By(world.session.user.id, world.session.device_id)
    appointment = await world.store.appointments.add(world.draft(), by)
    await world.store.appointments.change(appointment.id, world.draft("Neu, Nina"), by)
    await world.store.visits.start(appointment.id)
    await world.store.appointments.cancel(appointment.id, by)
    await world.store.appointments.delete(appointment.id, by)
    await world.store.change_password(by.actor, PASSWORD, "ein neuer langer Satz")
    await world.store.logout(world.session.token)
    noted = await log_of(world)
    assert [one.entry.action for one in noted] == [
        Action.FOUNDED,
        Action.LOGIN,
        Action.PATIENT_ADDED,
        Action.APPOINTMENT_ADDED,
        Action.PATIENT_ADDED,
        Action.APPOINTMENT_CHANGED,
        Action.PATIENT_JOINED,
        Action.APPOINTMENT_CANCELLED,
        Action.APPOINTMENT_DELETED,
        Action.PASSWORD_CHANGED,
        Action.LOGOUT,
    ]
    assert {one.entry.actor for one in noted} == {by.actor, PATIENT}
    of_appointments = [one for one in noted if one.entry.action.about == "consultation"]
    assert {one.entry.subject for one in of_appointments} == {appointment.id}


async def test_a_deed_that_fails_leaves_no_entry(world: World) -> None:
    before = await actions(world)
    with pytest.raises(LookupError):
        await world.store.appointments.cancel("unknown")
    assert await actions(world) == before


async def test_failed_logins_are_noted_with_account_and_workstation(world: World) -> None:
    secret = world.founded.device_secret
    for user, given in (("aenne", secret), ("nobody", secret)):
        with pytest.raises(WrongCredentials):
            await world.store.login("sonne", user, "wrong", given)
    with pytest.raises(DeviceNotApproved):
        await world.store.login("sonne", "aenne", PASSWORD, bytes(32))
    failed = [n.entry for n in await log_of(world) if n.entry.action is Action.LOGIN_FAILED]
    assert [(e.subject, e.device, e.detail) for e in failed] == [
        (world.session.user.id, world.session.device_id, ""),
        ("", world.session.device_id, ""),
        (world.session.user.id, "", "device"),
    ]


async def test_what_happens_while_locked_is_in_the_log_after_the_next_login(world: World) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.restart()
    await world.store.visits.start(appointment.id)
    with pytest.raises(WrongCredentials):
        await world.store.login("sonne", "aenne", "wrong", world.founded.device_secret)
    await world.log_in()
    noted = (await log_of(world))[-3:]
    assert [n.entry.action for n in noted] == [
        Action.PATIENT_JOINED,
        Action.LOGIN_FAILED,
        Action.LOGIN,
    ]
    assert [n.while_locked for n in noted] == [True, True, False]
    assert await kinds(world) == set()


async def test_the_key_that_signed_while_locked_isnt_left_in_the_write_ahead_log(
    world: World,
) -> None:
    appointment = await world.store.appointments.add(world.draft())
    await world.restart()
    with closing(sqlite3.connect(world.path / NAME)) as disk:
        (key,) = disk.execute("SELECT key FROM audit_seal").fetchone()
    await world.store.visits.start(appointment.id)
    for name in (NAME, f"{NAME}-wal"):
        assert key not in (world.path / name).read_bytes()


async def test_old_entries_are_pruned_without_a_gap(world: World) -> None:
    await world.store.audit.keep(90, world.session.user.id, "")
    for _ in range(5):
        world.clock.advance(timedelta(days=30))
        await world.log_in()
    count = len(await log_of(world))
    await world.store.retention.run()
    left = await log_of(world)
    assert len(left) < count
    assert left[-1].entry.action is Action.LOG_PRUNED
    assert left[-1].entry.actor == BOX
    assert left[0].at >= world.clock() - timedelta(days=91)
    assert await world.store.audit.verify() == ()
    await world.restart()
    await world.log_in()
    assert await kinds(world) == set()


async def test_the_filter_finds_by_person_action_and_time(world: World) -> None:
    by = By(world.session.user.id, world.session.device_id)
    await world.store.appointments.add(world.draft(), by)
    world.clock.advance(timedelta(days=1))
    await world.store.audit.record(By(PATIENT).did(Action.PATIENT_JOINED, "x"))
    joined = Filter(actions=frozenset({Action.PATIENT_JOINED}))
    assert len(await log_of(world, joined)) == 1
    assert {n.entry.actor for n in await log_of(world, Filter(actor=by.actor))} == {by.actor}
    today = Filter(since=world.clock() - timedelta(hours=1))
    assert [n.entry.action for n in await log_of(world, today)] == [Action.PATIENT_JOINED]
    before = Filter(until=world.clock() - timedelta(hours=1))
    assert Action.PATIENT_JOINED not in {n.entry.action for n in await log_of(world, before)}


async def test_pages_follow_one_another_without_loss(world: World) -> None:
    for _ in range(25):
        await world.store.audit.record(By(BOX).did(Action.BACKUP_MADE))
    numbers, before = [], None
    while True:
        page = await world.store.audit.page(Filter(), 10, before)
        numbers += [entry.number for entry in page.entries]
        before = page.before
        if before is None:
            break
    assert numbers == list(range(27, 0, -1))


async def test_an_upgrade_is_noted_at_the_next_unlocking(world: World) -> None:
    keyring, random = world.store.vault.keyring(), world.store._box.random

    def pretend(connection: sqlite3.Connection) -> None:
        head = audit_chain.read_head(connection, keyring)
        audit_head.write(connection, keyring, random, replace(head, schema=5))

    assert Action.UPGRADED not in await actions(world)
    await world.store._box.database.transaction(pretend)
    await world.restart()
    await world.log_in()
    upgraded = [n.entry for n in await log_of(world) if n.entry.action is Action.UPGRADED]
    assert [entry.detail for entry in upgraded] == [f"5-{len(MIGRATIONS)}"]
