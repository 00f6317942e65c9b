"""Finding an appointment by access code or link while the vault is locked."""

from __future__ import annotations

import hmac

import pytest

from practicebox.practice.link import join_token
from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Appointment, Invitation
from tests.store.world import NOON, World, raw_bytes


async def invited(world: World) -> Appointment:
    """An appointment, the vault locked after it was planned."""
    appointment = await world.store.appointments.add(world.draft())
    world.store.lock()
    return appointment


async def test_each_code_leads_to_its_role(world: World) -> None:
    a = await invited(world)
    for code, role in ((a.codes.doctor, "doctor"), (a.codes.patient, "patient")):
        found = await world.store.invitations.by_code(code)
        assert (found.appointment_id, found.role) == (a.id, role)
        assert (found.starts, found.minutes, found.state) == (NOON, 45, "planned")


async def test_any_spelling_of_a_code_is_understood(world: World) -> None:
    a = await invited(world)
    for spelling in (
        a.codes.patient.upper(),
        a.codes.patient.replace("-", " "),
        f" {a.codes.patient}",
    ):
        assert (await world.store.invitations.by_code(spelling)).appointment_id == a.id


@pytest.mark.parametrize("code", ["000-000-000", "", "nonsense", "x" * 5000, "\ud800"])
async def test_unknown_and_malformed_codes_are_one(world: World, code: str) -> None:
    await invited(world)
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.by_code(code)


async def test_the_link_leads_to_the_patients_invitation(world: World) -> None:
    a = await invited(world)
    found = await world.store.invitations.by_link(a.link.rid, join_token(a.link))
    assert found == Invitation(a.id, "patient", NOON, 45, "planned")


async def test_a_wrong_token_or_locator_is_unknown(world: World) -> None:
    a = await invited(world)
    token = join_token(a.link)
    for rid, given in (
        (a.link.rid, bytes(32)),
        (a.link.rid, b""),
        (a.link.rid, token[:-1]),
        (a.link.rid, a.link.secret),
        (bytes(8), token),
        (b"", b""),
    ):
        with pytest.raises(UnknownInvitation):
            await world.store.invitations.by_link(rid, given)


async def test_an_unknown_locator_is_compared_like_a_known_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = await invited(world)
    compared: list[int] = []
    compare_digest = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(len(one))
        return compare_digest(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for rid in (a.link.rid, bytes(8)):
        with pytest.raises(UnknownInvitation):
            await world.store.invitations.by_link(rid, bytes(32))
    assert compared == [32, 32]


async def test_a_cancelled_appointment_says_so(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    await world.store.appointments.cancel(a.id)
    assert (await world.store.invitations.by_code(a.codes.patient)).state == "cancelled"


async def test_codes_of_a_deleted_appointment_are_unknown(world: World) -> None:
    a = await world.store.appointments.add(world.draft())
    await world.store.appointments.delete(a.id)
    for code in (a.codes.patient, a.codes.doctor):
        with pytest.raises(UnknownInvitation):
            await world.store.invitations.by_code(code)
    with pytest.raises(UnknownInvitation):
        await world.store.invitations.by_link(a.link.rid, join_token(a.link))


async def test_codes_still_work_after_a_restart(world: World) -> None:
    a = await invited(world)
    await world.restart()
    assert (await world.store.invitations.by_code(a.codes.patient)).appointment_id == a.id


async def test_neither_codes_nor_link_are_in_the_files(world: World) -> None:
    a = await invited(world)
    files = raw_bytes(world.path)
    for code in (a.codes.doctor, a.codes.patient):
        assert code.encode() not in files
        assert code.replace("-", "").encode() not in files
    for secret in (a.link.rid, a.link.secret, join_token(a.link)):
        assert secret not in files
        assert secret.hex().encode() not in files
