"""Records from practice software: sealed while locked, taken once, gone with their patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from practicebox.practice.day import Event
from practicebox.practice.gdt import Charset, Field, Record, encode
from practicebox.practice.gdt_fields import Message, read
from practicebox.store.audit.audit import BY_BOX
from practicebox.store.conditions import Locked, NoSuchGdtRecord, TooManyGdtRecords
from practicebox.store.gdt import records
from practicebox.store.gdt.links import Link
from practicebox.store.records import NEW_PATIENT, Appointment, Patient
from tests.store.world import NOON, World, reading

BERTA = Patient("Berta Kanarienvogel", date(1944, 5, 12))


def order(last_name: str = "Kanarienvogel", number: str = "4711") -> Message:
    fields = (
        Field("3000", number),
        Field("3101", last_name),
        Field("3102", "Berta"),
        Field("3103", "12051944"),
        Field("8402", "VIDEO1"),
    )
    return read(encode(Record("6302", fields, Charset.ANSI)))


def in_clear(world: World) -> bool:
    """Whether the name can be read in any file of the box."""
    return any(b"Kanarienvogel" in path.read_bytes() for path in world.path.iterdir())


async def planned(world: World, days: int = 0, patient: Patient = BERTA) -> Appointment:
    draft = replace(world.draft(starts=NOON + timedelta(days=days)), patient=patient)
    return await world.store.appointments.add(draft)


async def test_a_record_that_comes_while_the_vault_is_locked_is_read_after_a_login(
    world: World,
) -> None:
    await world.restart()
    record_id = await world.store.gdt.take(order(), b"PBOXEDV1.gdt/1")
    assert record_id and await world.store.gdt.count() == 1
    with pytest.raises(Locked):
        await world.store.gdt.waiting()
    assert not in_clear(world)
    await world.log_in()
    (waiting,) = await world.store.gdt.waiting()
    assert waiting.message.person.name == "Berta Kanarienvogel"
    assert (await world.store.gdt.get(record_id)).received == NOON
    assert "Kanarienvogel" not in repr(waiting)


async def test_the_same_file_is_taken_once_also_after_it_was_discarded(world: World) -> None:
    gdt = world.store.gdt
    first = await gdt.take(order(), b"a")
    assert first and await gdt.take(order(), b"a") is None
    await gdt.discard(first, BY_BOX)
    assert await gdt.take(order(), b"a") is None
    assert await gdt.take(order(), b"b") is not None  # sent once more, later
    with pytest.raises(NoSuchGdtRecord):
        await gdt.discard(first, BY_BOX)
    with pytest.raises(NoSuchGdtRecord):
        await gdt.get(first)


async def test_more_than_anybody_looks_at_is_not_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MOST", 2)
    await world.store.gdt.take(order(), b"1")
    await world.store.gdt.take(order(), b"2")
    with pytest.raises(TooManyGdtRecords):
        await world.store.gdt.take(order(), b"3")


async def test_an_appointment_keeps_the_number_of_its_record(world: World) -> None:
    gdt = world.store.gdt
    record_id = await gdt.take(order(), b"a")
    assert record_id
    appointment = await planned(world)
    assert await gdt.link_of(appointment) is None
    await gdt.planned(record_id, appointment)
    assert await gdt.link_of(appointment) == Link(
        appointment.patient_id, "4711", "Kanarienvogel", "Berta", "VIDEO1"
    )
    assert await gdt.waiting() == []
    later = await planned(world, days=7)
    assert await gdt.link_of(later) == await gdt.link_of(appointment)
    assert not in_clear(world)


async def test_an_appointment_that_is_somebody_elses_now_is_not_reported_under_the_old_number(
    world: World,
) -> None:
    gdt = world.store.gdt
    record_id = await gdt.take(order(), b"a")
    assert record_id
    appointment = await planned(world)
    await gdt.planned(record_id, appointment)
    other = await world.store.patients.assign(appointment.id, NEW_PATIENT)
    assert await gdt.link_of(other) is None


async def test_the_number_stays_with_the_person_when_two_entries_become_one(world: World) -> None:
    gdt, store = world.store.gdt, world.store
    record_id = await gdt.take(order(), b"a")
    assert record_id
    appointment = await planned(world)
    await gdt.planned(record_id, appointment)
    stays = await store.patients.add(appointment.patient)
    await store.upkeep.merge(stays.id, appointment.patient_id, appointment.patient)
    joined = await store.appointments.get(appointment.id)
    link = await gdt.link_of(joined)
    assert link
    assert (link.number, link.patient_id) == ("4711", stays.id)


async def test_who_is_deleted_leaves_no_record_and_no_link(world: World) -> None:
    gdt = world.store.gdt
    record_id = await gdt.take(order(), b"a")
    assert record_id
    appointment = await planned(world)
    await gdt.planned(record_id, appointment)
    await gdt.take(order(), b"b")
    await gdt.take(order("Sommer"), b"c")
    await gdt.begin_sending(appointment.id)
    await world.store.patients.delete(appointment.patient_id)
    (left,) = await gdt.waiting()
    assert left.message.person.last_name == "Sommer"
    with reading(world.path) as connection:
        for table in ("gdt_links", "gdt_sent"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


async def test_the_copy_for_the_patient_has_number_and_waiting_records(world: World) -> None:
    gdt = world.store.gdt
    record_id = await gdt.take(order(), b"a")
    assert record_id
    appointment = await planned(world)
    await gdt.planned(record_id, appointment)
    await gdt.take(order(), b"b")
    export = await world.store.patients.export(appointment.patient_id)
    assert export.numbers == ("4711",) and len(export.orders) == 1


async def test_what_nobody_looked_at_goes_after_three_months(world: World) -> None:
    await world.store.gdt.take(order(), b"a")
    world.clock.advance(timedelta(days=80))
    await world.store.gdt.take(order("Sommer"), b"b")
    world.clock.advance(timedelta(days=10))
    await world.store.retention.run()
    assert await world.store.gdt.count() == 1


async def test_a_report_leaves_once_unless_it_is_asked_for_again(world: World) -> None:
    gdt, appointment = world.store.gdt, await planned(world)
    assert await gdt.sending(appointment.id) is None
    assert await gdt.begin_sending(appointment.id)
    assert not await gdt.begin_sending(appointment.id)
    in_doubt = await gdt.sending(appointment.id)
    assert in_doubt and in_doubt.state == "sending"
    await gdt.sent(appointment.id)
    done = await gdt.sending(appointment.id)
    assert done and done.state == "sent"
    assert not await gdt.begin_sending(appointment.id)
    assert await gdt.begin_sending(appointment.id, again=True)
    await gdt.not_sent(appointment.id)
    assert await gdt.begin_sending(appointment.id)
    assert not await gdt.begin_sending("gone")


async def test_an_ended_consultation_is_to_be_reported_once_it_does_not_begin_again(
    world: World,
) -> None:
    gdt = world.store.gdt
    record_id = await gdt.take(order(), b"a")
    assert record_id
    appointment = await planned(world)
    await gdt.planned(record_id, appointment)
    note = world.store.attendance.note
    minutes = [NOON + timedelta(minutes=n) for n in range(5)]
    assert await gdt.ended_before(minutes[4]) == []
    await note(appointment.id, Event.BEGAN, minutes[0])
    assert await gdt.ended_before(minutes[4]) == []
    await note(appointment.id, Event.ENDED, minutes[1])
    assert await gdt.ended_before(minutes[0]) == []
    assert await gdt.ended_before(minutes[1]) == [appointment.id]
    await note(appointment.id, Event.BEGAN, minutes[2])
    assert await gdt.ended_before(minutes[4]) == []
    await note(appointment.id, Event.ENDED, minutes[3])
    assert await gdt.ended_before(minutes[4]) == [appointment.id]
    await gdt.begin_sending(appointment.id)
    assert await gdt.ended_before(minutes[4]) == []


async def test_who_is_known_is_found_by_name_and_birth_date(world: World) -> None:
    appointment = await planned(world)
    await world.store.gdt.take(order(), b"a")
    (waiting,) = await world.store.gdt.waiting()
    known = await world.store.gdt.known(waiting.message.person)
    assert known and known.id == appointment.patient_id
    nobody = replace(waiting.message.person, born=None)
    assert await world.store.gdt.known(nobody) is None
