"""The day at a glance: each step as the reception reads it, live news, announced delays."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse

from practicebox.practice.day import Event
from practicebox.store.records import Appointment
from practicebox.web.staff.attendance import ATTENDING, Attending
from practicebox.web.staff.watch import WATCH
from tests.web.both_doors import Doors, both_doors
from tests.web.staff_box import Browser

HELLO = {"kind": "hello", "instance": "0123456789abcdef"}
TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}  # it is 9:00 in Berlin
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def socket(browser: Browser, path: str) -> ClientWebSocketResponse:
    origin = f"http://{browser.client.host}:{browser.client.port}"
    return await browser.client.ws_connect(path, headers={"Origin": origin})


async def comes(doors: Doors, appointment: Appointment) -> ClientWebSocketResponse:
    """The patient enters the waiting room by the link."""
    status, _ = await doors.join_by_link(appointment)
    assert status == 200
    patient = await socket(doors.patient, "/visit/signal")
    await patient.send_json(HELLO)
    assert await told(patient, "welcome")
    return patient


async def told(patient: ClientWebSocketResponse, kind: str) -> dict[str, object]:
    while True:
        message: dict[str, object] = json.loads(await patient.receive_str(timeout=5))
        if message["kind"] == kind:
            return message


def attending(doors: Doors) -> Attending:
    app: Any = doors.staff.client.app
    found: Attending = app[ATTENDING]
    return found


async def says(doors: Doors, words: str) -> str:
    """The start page, once it says so."""
    for _ in range(500):
        page = (await doors.staff.get("/")).words
        if words in page:
            break
        await asyncio.sleep(0.01)
    assert words in page
    return page


async def test_the_steps_of_an_appointment(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    assert "09:30 Alice Krejčová erwartet" in (await doors.staff.get("/")).words
    doors.box.clock.forward(20 * MINUTE)
    patient = await comes(doors, appointment)
    await says(doors, "wartet, seit 09:20 Uhr (0 Min.)")
    doors.box.clock.forward(12 * MINUTE)
    page = await says(doors, "wartet, seit 09:20 Uhr (12 Min.)")
    assert "1 im Wartezimmer" in page and "HEREINBITTEN" in page

    clinician = await socket(doors.staff, f"/appointments/{appointment.id}/signal")
    await clinician.send_json(HELLO)
    await clinician.send_json({"kind": "admit"})
    await says(doors, "im Gespräch, seit 09:32 Uhr (0 Min.)")
    await clinician.send_json({"kind": "end"})
    await says(doors, "hat stattgefunden")
    await patient.close()
    await clinician.close()


async def test_who_does_not_come_is_late_and_then_missing(doors: Doors) -> None:
    await doors.plan(**TODAY)
    doors.box.clock.forward(36 * MINUTE)
    assert "noch nicht da" in (await doors.staff.get("/")).words
    doors.box.clock.forward(90 * MINUTE)
    assert "nicht gekommen" in (await doors.staff.get("/")).words


async def test_an_arrival_is_told_at_once(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(20 * MINUTE)
    reception = await socket(doors.staff, "/presence")
    assert json.loads(await reception.receive_str(timeout=5))["waiting"] == []
    began = asyncio.get_running_loop().time()
    patient = await comes(doors, appointment)
    assert json.loads(await reception.receive_str(timeout=5))["waiting"] == [appointment.id]
    assert "wartet" in (await doors.staff.get("/day")).words
    assert asyncio.get_running_loop().time() - began < 5
    await patient.close()
    await reception.close()


async def test_a_delay_reaches_who_waits_and_who_comes_later(doors: Doors) -> None:
    first = await doors.plan(**TODAY)
    second = await doors.plan(**{**TODAY, "patient": "Ben Berg", "time": "10:00"})
    doors.box.clock.forward(20 * MINUTE)
    patient = await comes(doors, first)
    page = await doors.staff.post("/day/delay", {"minutes": "15"})
    assert page.location == "/?said=delay_told"
    assert await told(patient, "delayed") == {"kind": "delayed", "minutes": 15}
    assert "etwa 15 Minuten später" in (await doors.staff.get("/")).words
    assert doors.box.services.rooms.late(second.id) == 15
    await doors.staff.post("/day/delay", {"minutes": "0"})
    assert await told(patient, "delayed") == {"kind": "delayed", "minutes": 0}
    assert doors.box.services.rooms.late(second.id) == 0
    await patient.close()


@pytest.mark.parametrize("minutes", ["", "7", "-5", "viel", "1e3"])
async def test_a_delay_that_is_no_choice_is_refused_in_words(doors: Doors, minutes: str) -> None:
    await doors.plan(**TODAY)
    page = await doors.staff.post("/day/delay", {"minutes": minutes})
    assert page.location == "/?said=delay_unknown"
    assert "Bitte wählen Sie eine der Zeiten." in (await doors.staff.get(page.location)).words


async def test_a_consultation_that_both_have_left_is_over(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(20 * MINUTE)
    attending(doors).grace = 0.05
    patient = await comes(doors, appointment)
    clinician = await socket(doors.staff, f"/appointments/{appointment.id}/signal")
    await clinician.send_json(HELLO)
    await clinician.send_json({"kind": "admit"})
    await says(doors, "im Gespräch")
    await patient.close()
    await clinician.close()
    await says(doors, "hat stattgefunden")


async def test_what_a_box_did_not_see_end_does_not_go_on(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(20 * MINUTE)
    await doors.box.store.attendance.note(appointment.id, Event.ARRIVED, doors.box.clock())
    assert "Alice Krejčová erwartet" in (await doors.staff.get("/")).words
    await doors.box.store.attendance.note(appointment.id, Event.BEGAN, doors.box.clock())
    assert "hat stattgefunden" in (await doors.staff.get("/")).words


async def test_going_on_by_phone_is_planned_until_somebody_calls(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(20 * MINUTE)
    await doors.staff.post(f"/appointments/{appointment.id}/phone", {})
    page = await doors.staff.get("/")
    assert "09:30 Alice Krejčová Telefontermin" in page.words and "ANRUFEN" in page.words


async def test_a_phone_appointment_of_later_is_said_to_be_one(doors: Doors) -> None:
    appointment = await doors.plan(**{**TODAY, "time": "15:30"})
    await doors.staff.post(f"/appointments/{appointment.id}/phone", {})
    assert "15:30 Alice Krejčová Telefontermin" in (await doors.staff.get("/")).words
    doors.box.store.appointments.forget()
    assert "15:30 Alice Krejčová Telefontermin" in (await doors.staff.get("/")).words


async def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(doors: Doors) -> None:
    app: Any = doors.staff.client.app
    for _ in range(11):
        assert (await doors.staff.get("/day")).status == 200
        doors.box.clock.forward(MINUTE)
        await app[WATCH].look(doors.box.clock())
    assert (await doors.staff.get("/day")).location == "/lock"


async def test_a_delay_of_one_clinician_is_not_the_others(doors: Doors) -> None:
    first = await doors.plan(**TODAY)
    users = [user.id for user in await doors.box.store.users()]
    for whose, minutes in ((users[0], 20), ("somebody else", 20)):
        await doors.staff.post("/day/delay", {"minutes": str(minutes), "whose": whose})
        assert doors.box.services.rooms.late(first.id) == 20
    await doors.staff.post("/day/delay", {"minutes": "0", "whose": "somebody else"})
    assert doors.box.services.rooms.late(first.id) == 20
    await doors.staff.post("/day/delay", {"minutes": "0", "whose": users[0]})
    assert doors.box.services.rooms.late(first.id) == 0


async def test_who_overruns_makes_the_day_late(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(25 * MINUTE)
    patient = await comes(doors, appointment)
    doors.box.clock.forward(22 * MINUTE)
    page = await says(doors, "etwa 17 Minuten länger als geplant")
    assert "VERSPÄTUNG MITTEILEN" in page
    await patient.close()
