"""Participants of a conference: their ways in, the release that opens their door, how many fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practicebox.practice.conference import BESIDE, Release
from practicebox.practice.link import join_token
from practicebox.store.audit.audit import BY_BOX
from practicebox.store.conditions import (
    NoSuchAppointment,
    NoSuchParticipant,
    NoVisit,
    TooManyParticipants,
    UnknownInvitation,
)
from practicebox.store.records import Appointment
from practicebox.store.records_conference import Participant, ParticipantDraft
from tests.store.world import NOON, World, raw_bytes

INTERPRETER = ParticipantDraft("Dilek Öztürk", "interpreter", "dilek@example.org", "0170 55")


async def conference(world: World) -> Appointment:
    return await world.store.appointments.add(replace(world.draft(), kind="conference"))


async def invited(world: World, draft: ParticipantDraft = INTERPRETER) -> Participant:
    planned = await conference(world)
    return await world.store.participants.add(planned.id, draft, BY_BOX)


def release(world: World, by: str = "patient") -> Release:
    return Release(by, "paper", NOON.date(), world.session.user.id, NOON)  # type: ignore[arg-type]


async def is_open(world: World, one: Participant) -> bool:
    return (await world.store.invitations.by_code(one.codes.patient)).is_open


async def test_everybody_has_codes_and_a_link_of_their_own(world: World) -> None:
    planned = await conference(world)
    add = world.store.participants.add
    one, two = [await add(planned.id, INTERPRETER, BY_BOX) for _ in range(2)]
    codes = {c for p in (planned, one, two) for c in (p.codes.doctor, p.codes.patient)}
    assert len(codes) == 6
    assert await world.store.participants.of(planned.id) == [one, two]
    found = await world.store.invitations.by_link(two.link.rid, join_token(two.link))
    assert (found.appointment_id, found.participant_id) == (planned.id, two.id)
    assert (await world.store.invitations.by_code(planned.codes.patient)).participant_id == ""


async def test_the_door_opens_with_a_release_and_closes_without(world: World) -> None:
    one = await invited(world)
    assert not one.may_enter and not await is_open(world, one)
    with pytest.raises(NoSuchAppointment):
        await world.store.visits.start(one.appointment_id, one.id)
    participants = world.store.participants
    await participants.release(one.appointment_id, one.id, release(world), BY_BOX)
    assert await is_open(world, one)
    token = await world.store.visits.start(one.appointment_id, one.id)
    visit = await world.store.visits.find(token)
    assert (visit.participant_id, visit.is_conference) == (one.id, True)
    await participants.revoke(one.appointment_id, one.id, BY_BOX)
    assert not await is_open(world, one)
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)
    told = await participants.get(one.appointment_id, one.id)
    assert told.release is None and told.revoked == NOON


async def test_the_gate_stands_while_the_vault_is_locked(world: World) -> None:
    closed, opened = await invited(world), await invited(world)
    await world.store.participants.release(opened.appointment_id, opened.id, release(world), BY_BOX)
    await world.restart()
    assert not world.store.vault.is_unlocked
    assert not await is_open(world, closed) and await is_open(world, opened)
    assert await world.store.visits.start(opened.appointment_id, opened.id)
    with pytest.raises(NoSuchAppointment):
        await world.store.visits.start(closed.appointment_id, closed.id)


async def test_a_second_patient_needs_no_release_and_only_interpreters_a_contract(
    world: World,
) -> None:
    assert (await invited(world, ParticipantDraft("Bernd", "patient"))).may_enter
    educator = await invited(world, ParticipantDraft("Carla", "educator"))
    with pytest.raises(ValueError, match="role"):
        await world.store.participants.release(
            educator.appointment_id, educator.id, release(world, "contract"), BY_BOX
        )
    interpreter = await invited(world)
    by_contract = release(world, "contract")
    await world.store.participants.release(
        interpreter.appointment_id, interpreter.id, by_contract, BY_BOX
    )
    told = await world.store.participants.get(interpreter.appointment_id, interpreter.id)
    assert told.release == by_contract


async def test_nine_people_fit_in_all(world: World) -> None:
    planned = await conference(world)
    for _ in range(BESIDE):
        await world.store.participants.add(planned.id, INTERPRETER, BY_BOX)
    with pytest.raises(TooManyParticipants):
        await world.store.participants.add(planned.id, INTERPRETER, BY_BOX)


async def test_who_is_removed_has_no_way_in_any_more(world: World) -> None:
    one = await invited(world, ParticipantDraft("Bernd", "patient"))
    token = await world.store.visits.start(one.appointment_id, one.id)
    await world.store.participants.remove(one.appointment_id, one.id, BY_BOX)
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.by_code(one.codes.patient)
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)
    with pytest.raises(NoSuchParticipant):
        await world.store.participants.remove(one.appointment_id, one.id, BY_BOX)


async def test_nobody_of_another_appointment_can_be_named(world: World) -> None:
    one, other = await invited(world), await conference(world)
    with pytest.raises(NoSuchParticipant):
        await world.store.participants.release(other.id, one.id, release(world), BY_BOX)
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.of_doctor_towards(other.id, one.id)
    with pytest.raises(NoSuchAppointment):
        await world.store.visits.start(other.id, one.id)


async def test_an_appointment_of_another_kind_lets_only_its_patient_in(world: World) -> None:
    one = await invited(world, ParticipantDraft("Bernd", "patient"))
    await world.store.appointments.change(one.appointment_id, world.draft())
    assert not await is_open(world, one)


async def test_somebody_elses_appointment_forgets_who_came_along(world: World) -> None:
    one = await invited(world)
    await world.store.appointments.change(
        one.appointment_id, replace(world.draft("Ganz, Anders"), kind="conference")
    )
    assert await world.store.participants.of(one.appointment_id) == []


async def test_moving_takes_their_visits_along_and_deleting_takes_all(world: World) -> None:
    one = await invited(world, ParticipantDraft("Bernd", "patient"))
    token = await world.store.visits.start(one.appointment_id, one.id)
    later = replace(world.draft(starts=NOON + timedelta(days=1)), kind="conference")
    await world.store.appointments.change(one.appointment_id, later)
    assert (await world.store.visits.find(token)).starts == later.starts
    await world.store.appointments.delete(one.appointment_id)
    with pytest.raises(NoVisit):
        await world.store.visits.find(token)
    with pytest.raises(NoSuchAppointment):
        await world.store.participants.of(one.appointment_id)


async def test_no_name_and_no_code_lies_in_clear(world: World) -> None:
    one = await invited(world)
    await world.stop()
    kept = raw_bytes(world.path)
    for text in ("Dilek", "dilek@example.org", "interpreter", one.codes.patient):
        assert text.encode() not in kept
