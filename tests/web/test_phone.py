"""The telephone in place of the picture, and the clinician's socket while the vault is locked."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse, WSServerHandshakeError

from tests.web.both_doors import PLANNED, Doors, both_doors, details
from tests.web.staff_box import Browser

HELLO = {"kind": "hello", "instance": "0123456789abcdef"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def socket(browser: Browser, path: str) -> ClientWebSocketResponse:
    origin = f"http://{browser.client.host}:{browser.client.port}"
    opened = await browser.client.ws_connect(path, headers={"Origin": origin})
    await opened.send_json(HELLO)
    return opened


async def heard(opened: ClientWebSocketResponse) -> dict[str, object]:
    message: dict[str, object] = json.loads(await opened.receive_str(timeout=5))
    return message


async def test_going_on_by_phone_changes_the_appointment_and_tells_the_patient(
    doors: Doors,
) -> None:
    appointment = await doors.plan()
    doors.box.clock.time = appointment.starts - timedelta(minutes=5)
    await doors.join_by_link(appointment)
    patient = await socket(doors.patient, "/visit/signal")
    assert (await heard(patient))["kind"] == "welcome"
    await patient.send_json({"kind": "call-me"})
    await patient.ping()
    doors.box.clock.time = appointment.created  # the receptionist's session is still fresh
    page = await doors.staff.post(f"/appointments/{appointment.id}/phone", {})
    assert page.status == 303 and page.location == f"/appointments/{appointment.id}?said=phone"
    assert await heard(patient) == {"kind": "ended", "how": "phone"}
    changed = await doors.box.store.appointments.get(appointment.id)
    assert (changed.kind, changed.codes, changed.starts) == (
        "phone",
        appointment.codes,
        appointment.starts,
    )
    assert doors.box.services.rooms.calling() == frozenset()
    assert "Telefontermin" in (await details(doors, appointment)).words
    await patient.close()


async def test_a_phone_appointment_that_is_changed_stays_one(doors: Doors) -> None:
    appointment = await doors.plan()
    await doors.staff.post(f"/appointments/{appointment.id}/phone", {})
    path = f"/appointments/{appointment.id}/edit"
    page = await doors.staff.post(path, {**PLANNED, "reason": "Labor"})
    assert page.status == 303
    changed = await doors.box.store.appointments.get(appointment.id)
    assert (changed.kind, changed.reason) == ("phone", "Labor")


async def test_nobody_but_the_staff_makes_it_a_phone_appointment(doors: Doors) -> None:
    appointment = await doors.plan()
    stranger = await doors.box.other_browser()
    assert (await stranger.post(f"/appointments/{appointment.id}/phone", {})).location == "/login"
    assert (await doors.patient.post(f"/appointments/{appointment.id}/phone", {})).status == 404
    assert (await doors.staff.post("/appointments/nothing/phone", {})).status == 404
    assert (await doors.box.store.appointments.get(appointment.id)).kind == "video"


async def test_the_clinicians_socket_comes_back_while_the_vault_is_locked(doors: Doors) -> None:
    """A restart of the box locks it; the consultation goes on before anybody logs in."""
    appointment = await doors.plan()
    doors.box.store.lock()
    clinician = await socket(doors.staff, f"/appointments/{appointment.id}/signal")
    assert (await heard(clinician))["role"] == "clinician"
    await clinician.close()
    assert (await doors.staff.get(f"/appointments/{appointment.id}")).location == "/login"


async def test_the_clinicians_socket_needs_a_session_and_an_appointment(doors: Doors) -> None:
    appointment = await doors.plan()
    stranger = await doors.box.other_browser()
    for browser, path, status in (
        (stranger, f"/appointments/{appointment.id}/signal", 401),
        (doors.staff, "/appointments/nothing/signal", 404),
    ):
        with pytest.raises(WSServerHandshakeError) as caught:
            await socket(browser, path)
        assert caught.value.status == status
    await doors.staff.post("/logout", {})
    with pytest.raises(WSServerHandshakeError) as caught:
        await socket(doors.staff, f"/appointments/{appointment.id}/signal")
    assert caught.value.status == 401
