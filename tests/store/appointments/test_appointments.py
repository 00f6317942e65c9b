"""Planning, changing, cancelling and deleting appointments."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from practicebox.store.box import Box
from practicebox.store.conditions import (
    Locked,
    NoSuchAppointment,
    NoVisit,
    UnknownInvitation,
)
from practicebox.store.records import AppointmentDraft, Patient
from practicebox.store.store import Store
from tests.store.world import ALICE, NOON, World


async def test_a_planned_appointment_comes_back_whole(world: World) -> None:
    draft = world.full_draft()
    added = await world.store.appointments.add(draft)
    assert (added.patient, added.starts, added.minutes) == (ALICE, NOON, 45)
    assert (added.organiser, added.reason, added.kind) == (draft.organiser, draft.reason, "phone")
    assert (added.state, added.created) == ("planned", NOON)
    assert added.ends == NOON + timedelta(minutes=45)
    await world.restart()
    await world.log_in()
    assert await world.store.appointments.get(added.id) == added


async def test_moments_of_other_zones_are_kept_in_utc(world: World) -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9))).replace(microsecond=999)
    added = await world.store.appointments.add(world.draft(starts=tokyo))
    assert (added.starts, added.starts.tzinfo) == (NOON, UTC)
    assert await world.store.appointments.get(added.id) == added


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_an_impossible_duration_is_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="minutes"):
        AppointmentDraft(ALICE, NOON, minutes, "u", "")


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        AppointmentDraft(ALICE, datetime(2026, 3, 2, 11, 0), 45, "u", "")


async def test_ids_are_random_and_tell_nothing(world: World) -> None:
    added = await world.store.appointments.add_all([world.draft()] * 50)
    ids = {appointment.id for appointment in added}
    assert len(ids) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", id_) for id_ in ids)


async def test_every_appointment_has_its_own_codes_and_link(world: World) -> None:
    added = await world.store.appointments.add_all([world.draft()] * 50)
    assert len({code for a in added for code in (a.codes.doctor, a.codes.patient)}) == 100
    assert len({a.link.rid for a in added} | {a.link.secret for a in added}) == 100


async def test_taken_codes_are_drawn_again(world: World) -> None:
    """The source of randomness repeats the codes of the first appointment once, then goes on."""
    first = await world.store.appointments.add(world.draft())
    drawn = bytes.fromhex(
        (first.codes.doctor[:7] + first.codes.patient[:7] + first.codes.patient[8:] + "0").replace(
            "-", ""
        )
    )
    asked: list[int] = []

    def random(count: int) -> bytes:
        asked.append(count)
        first_code = count == 8 and asked.count(8) == 1
        return drawn if first_code else world.store._box.random(count)

    second = await with_random(world, random).appointments.add(world.draft())
    assert asked.count(8) == 3  # the taken pair, a free pair, the locator of the link
    assert second.codes != first.codes


async def test_a_random_source_that_only_repeats_itself_does_not_hang_the_box(
    world: World,
) -> None:
    box: Box = world.store._box

    def random(count: int) -> bytes:
        return b"\1\2\3\4\5\6\7\x08" if count == 8 else box.random(count)

    store = with_random(world, random)
    with pytest.raises(RuntimeError, match="repeats"):
        await store.appointments.add_all([world.draft()] * 2)
    assert await store.appointments.day(NOON.date()) == []


async def test_a_change_keeps_codes_link_and_creation(world: World) -> None:
    added = await world.store.appointments.add(world.full_draft())
    moved = replace(ALICE, phone="")
    draft = replace(world.full_draft(), patient=moved, minutes=20, reason="", kind="video")
    world.clock.advance(timedelta(hours=1))
    changed = await world.store.appointments.change(added.id, draft)
    expected = replace(added, patient=moved, minutes=20, reason="", kind="video")
    assert changed == expected
    assert await world.store.appointments.get(added.id) == expected


async def test_another_name_is_somebody_else_and_gets_another_way_in(world: World) -> None:
    added = await world.store.appointments.add(world.full_draft())
    token = await world.store.visits.start(added.id)
    draft = replace(world.full_draft(), patient=Patient("Novák, Bob"))
    changed = await world.store.appointments.change(added.id, draft)
    assert changed.patient_id != added.patient_id
    assert changed.codes != added.codes and changed.link != added.link
    assert (await world.store.invitations.by_code(changed.codes.patient)).appointment_id
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.by_code(added.codes.patient)
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)


async def test_a_cancelled_appointment_stays_readable(world: World) -> None:
    added = await world.store.appointments.add(world.draft())
    cancelled = await world.store.appointments.cancel(added.id)
    assert cancelled == replace(added, state="cancelled")
    assert await world.store.appointments.get(added.id) == cancelled
    assert await world.store.appointments.cancel(added.id) == cancelled
    (entry,) = await world.store.appointments.day(NOON.date())
    assert entry.state == "cancelled"


async def test_a_deleted_appointment_is_gone(world: World) -> None:
    added = await world.store.appointments.add(world.draft())
    await world.store.appointments.delete(added.id)
    for use in (world.store.appointments.get, world.store.appointments.delete):
        with pytest.raises(NoSuchAppointment):
            await use(added.id)
    assert await world.store.appointments.day(NOON.date()) == []


async def test_an_unknown_appointment_is_named(world: World) -> None:
    appointments = world.store.appointments
    for use in (appointments.get, appointments.cancel, appointments.delete):
        with pytest.raises(NoSuchAppointment):
            await use("A" * 16)
    with pytest.raises(NoSuchAppointment):
        await appointments.change("A" * 16, world.draft())


async def test_several_appointments_are_planned_all_or_none(world: World) -> None:
    drafts = [world.draft(), world.draft(name="\ud800")]  # no text that could be kept
    with pytest.raises(UnicodeEncodeError):
        await world.store.appointments.add_all(drafts)
    assert await world.store.appointments.day(NOON.date()) == []
    assert await world.store.appointments.upcoming(NOON, 10) == []


async def test_a_locked_vault_refuses_everything(world: World) -> None:
    added = await world.store.appointments.add(world.draft())
    world.store.lock()
    appointments = world.store.appointments
    calls: list[Callable[[], object]] = [
        lambda: appointments.add(world.draft()),
        lambda: appointments.get(added.id),
        lambda: appointments.change(added.id, world.draft()),
        lambda: appointments.cancel(added.id),
        lambda: appointments.delete(added.id),
        lambda: appointments.day(NOON.date()),
        lambda: appointments.upcoming(NOON, 1),
        lambda: appointments.past(NOON, 1),
        lambda: appointments.search("a", 1, past=False, now=NOON),
    ]
    for call in calls:
        with pytest.raises(Locked):
            await call()  # type: ignore[misc]  # every one of them returns an awaitable
    await world.log_in()
    assert await appointments.get(added.id) == added


async def test_locking_while_a_list_is_read_leaves_nothing_open(world: World) -> None:
    await world.store.appointments.add(world.draft())
    world.store.appointments.forget()
    reading_task = asyncio.create_task(world.store.appointments.day(NOON.date()))
    await asyncio.sleep(0)  # the request is on its way to the database thread
    world.store.lock()
    assert len(await reading_task) == 1
    with pytest.raises(Locked):
        await world.store.appointments.day(NOON.date())


async def test_a_write_is_seen_even_if_its_caller_is_gone(world: World) -> None:
    assert await world.store.appointments.day(NOON.date()) == []
    task = asyncio.create_task(world.store.appointments.add(world.draft()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await world.store.practice()  # the thread has come past the write
    assert len(await world.store.appointments.day(NOON.date())) == 1


def with_random(world: World, random: Callable[[int], bytes]) -> Store:
    """The same store with another source of randomness."""
    return Store(replace(world.store._box, random=random), world.store._folder)
