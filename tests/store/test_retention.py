"""What is known of consultations goes in time, on a right clock, also from a locked box."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from practicebox.practice.codes import CodePair
from practicebox.store.audit.audit import Action
from practicebox.store.audit.log import Filter, Gone
from practicebox.store.conditions import NoSuchAppointment, UnknownInvitation
from practicebox.store.records import Appointment
from practicebox.store.retention import KEPT
from practicebox.store.sql.database import NAME
from tests.store.world import NOON, World

DAY = timedelta(days=1)


async def planned(world: World, name: str, starts: datetime) -> Appointment:
    return await world.store.appointments.add(world.draft(name, starts))


async def still_there(world: World, appointment: Appointment) -> bool:
    try:
        await world.store.appointments.get(appointment.id)
    except NoSuchAppointment:
        return False
    return True


async def test_an_appointment_is_gone_90_days_after_it_began_at_the_latest(world: World) -> None:
    """For every minute of a day, with a run every day at the worst time of day."""
    starts = [datetime(2026, 3, 1, 23, 0, tzinfo=UTC) + timedelta(hours=h) for h in (0, 12, 23)]
    appointments = [await planned(world, "Sonne, Anna", one) for one in starts]
    run = NOON.replace(hour=1)
    while any([await still_there(world, one) for one in appointments]):
        world.clock.moment = run
        await world.store.retention.run()
        for one in appointments:
            if await still_there(world, one):
                assert run + DAY - one.starts <= KEPT
        run += DAY
    assert run - starts[-1] > timedelta(days=85)  # and not much earlier


async def test_nothing_of_it_is_left_in_the_database(world: World) -> None:
    old = await planned(world, "Canary, Cora", NOON)
    await world.store.visits.start(old.id)
    world.clock.advance(KEPT)
    assert await world.store.retention.run() == 1
    with closing(sqlite3.connect(world.path / NAME)) as disk:
        for table in ("appointments", "invitations", "visits", "checks", "day_pages"):
            assert disk.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        ids = [row[0] for row in disk.execute("SELECT id FROM subjects")]
    assert old.id not in ids
    assert not [i for i in ids if i.startswith(("day_pages:", "audit.2026-03-02.consultation"))]
    assert old.id.encode() not in (world.path / NAME).read_bytes()
    assert (world.path / f"{NAME}-wal").stat().st_size == 0


async def test_younger_appointments_stay_and_are_listed(world: World) -> None:
    await planned(world, "Alt, Anna", NOON)
    young = await planned(world, "Jung, Jana", NOON + 30 * DAY)
    world.clock.advance(KEPT)
    await world.store.retention.run()
    (left,) = await world.store.appointments.past(world.clock.moment, 10)
    assert left.id == young.id
    assert await world.store.appointments.search("Alt", 10, past=True, now=world.clock()) == []


async def test_a_locked_box_deletes_too(world: World) -> None:
    old = await planned(world, "Alt, Anna", NOON)
    world.store.lock()
    world.clock.advance(KEPT)
    assert await world.store.retention.run() == 1
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.of_doctor(old.id)
    await world.log_in()
    assert not await still_there(world, old)
    assert (await world.store.audit.head()).alarms == ()


async def test_the_log_forgets_the_consultation_and_stays_whole(world: World) -> None:
    old = await planned(world, "Alt, Anna", NOON)
    await world.store.visits.start(old.id)
    world.clock.advance(KEPT)
    await world.store.retention.run()
    assert await world.store.audit.verify() == ()
    page = await world.store.audit.page(Filter(), 100)
    told = [e.entry.action for e in page.entries if not isinstance(e, Gone)]
    assert Action.PATIENT_JOINED not in told
    assert Action.APPOINTMENT_ADDED not in told
    assert told[0] is Action.METADATA_DELETED
    assert [e for e in page.entries if isinstance(e, Gone)]


async def test_many_old_appointments_go_in_slices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("practicebox.store.retention.SLICE", 3)
    for minute in range(10):
        await planned(world, "Alt, Anna", NOON + timedelta(minutes=minute))
    world.clock.advance(KEPT)
    assert await world.store.retention.run() == 10
    assert await world.store.retention.run() == 0


async def test_the_outlook_names_day_count_and_due(world: World) -> None:
    assert await world.store.retention.outlook() is None
    await planned(world, "A", NOON)
    await planned(world, "B", NOON)
    await planned(world, "C", NOON + DAY)
    outlook = await world.store.retention.outlook()
    assert outlook is not None
    assert (outlook.day, outlook.count) == (date(2026, 3, 2), 2)
    world.clock.moment = datetime.combine(outlook.due, NOON.time(), UTC) - DAY
    assert await world.store.retention.run() == 0
    world.clock.advance(DAY)
    assert await world.store.retention.run() == 2


async def test_an_empty_box_has_nothing_to_delete(world: World) -> None:
    assert await world.store.retention.run() == 0
    page = await world.store.audit.page(Filter(), 10)
    assert Action.METADATA_DELETED not in {
        e.entry.action for e in page.entries if not isinstance(e, Gone)
    }


async def test_codes_of_a_deleted_appointment_are_unknown(world: World) -> None:
    codes: CodePair = (await planned(world, "Alt, Anna", NOON)).codes
    world.clock.advance(KEPT)
    await world.store.retention.run()
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.by_code(codes.patient)
