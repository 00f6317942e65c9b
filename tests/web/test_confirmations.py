"""The service confirmation: tapped by the patient, later by the link, noted at the desk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.practice.day import Event
from practicebox.store.records import Appointment
from tests.post.samples import pages
from tests.web.both_doors import Doors, both_doors

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}  # it is 9:00 in Berlin
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def hold(doors: Doors, appointment: Appointment, *, ends: bool = True) -> None:
    """Asked in two minutes after its time; the line is gone from 9:40 to 9:42."""
    happened = [(Event.BEGAN, 2), (Event.AWAY, 10), (Event.BACK, 12)]
    for event, minutes in [*happened, (Event.ENDED, 25)] if ends else happened:
        at = appointment.starts + minutes * MINUTE
        await doors.box.store.attendance.note(appointment.id, event, at)


async def state(doors: Doors, method: str = "GET") -> tuple[int, dict[str, str]]:
    """What the patient's page is told; nothing for an error."""
    client = doors.patient.client
    headers = {"Origin": f"http://{client.host}:{client.port}"}
    async with client.request(method, "/visit/confirmation", headers=headers) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if answer.status == 200 else {}


async def test_the_patient_confirms_when_it_is_over(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(25 * MINUTE)
    await doors.join_by_link(appointment)
    assert await state(doors) == (200, {"state": "none", "words": ""})
    assert (await state(doors, "POST"))[0] == 409
    await hold(doors, appointment, ends=False)
    assert (await state(doors, "POST"))[0] == 409, "it goes on"
    await doors.box.store.attendance.note(
        appointment.id, Event.ENDED, appointment.starts + 25 * MINUTE
    )
    words = "18. Januar 2027, 09:32 bis 09:55 Uhr"
    assert await state(doors) == (200, {"state": "open", "words": words})
    for _ in range(2):  # a second tap changes nothing
        assert await state(doors, "POST") == (200, {"state": "done", "words": words})
    assert await state(doors) == (200, {"state": "done", "words": words})
    page = (await doors.staff.get(f"/appointments/{appointment.id}")).words
    assert f"{words}, 1-mal unterbrochen" in page
    assert "von der Patientin oder dem Patienten, am Bildschirm" in page


async def test_later_the_link_still_confirms_and_lets_nobody_in(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    await hold(doors, appointment)
    doors.box.clock.forward(timedelta(days=27))
    status, answer = await doors.join_by_link(appointment)
    assert (status, answer) == (200, answer)
    assert isinstance(answer, dict)
    assert answer["phase"] == "over"
    assert (await state(doors))[1]["state"] == "open"
    assert (await state(doors, "POST"))[1]["state"] == "done"
    assert b'data-phase="over"' in await doors.patient.body("/visit")
    doors.box.clock.forward(timedelta(minutes=31))
    assert (await state(doors))[0] == 401, "such a visit is short"
    doors.box.clock.forward(timedelta(days=2))
    assert (await doors.join_by_link(appointment))[0] == 404


async def test_a_code_does_not_and_neither_does_what_did_not_take_place(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    doors.box.clock.forward(timedelta(days=1))
    assert (await doors.join_by_link(appointment))[0] == 404, "nobody came"
    await hold(doors, appointment)
    assert (await doors.join({"code": appointment.codes.patient}))[0] == 404
    assert (await doors.join_by_link(appointment))[0] == 200


async def test_it_works_while_the_vault_is_locked(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    await hold(doors, appointment)
    doors.box.clock.forward(60 * MINUTE)
    doors.box.store.lock()
    await doors.join_by_link(appointment)
    assert (await state(doors, "POST"))[1]["state"] == "done"


async def test_at_the_desk(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    there = f"/appointments/{appointment.id}"
    assert b'id="confirmation"' not in await doors.staff.body(there)
    await doors.staff.post(f"{there}/confirmation", {"way": "desk"})
    assert not await doors.box.store.confirmations.is_there(appointment.id), "nothing took place"
    assert (await doors.staff.get(f"{there}/confirmation.pdf")).status == 404
    await hold(doors, appointment)
    doors.box.clock.forward(60 * MINUTE)
    listed = (await doors.staff.get("/confirmations")).words
    assert "noch nicht bestätigt: 1." in listed
    assert appointment.patient.name in listed
    said = await doors.staff.post(f"{there}/confirmation", {"way": "paper"})
    assert said.location == f"{there}?said=confirmed"
    assert "auf Papier, unterschrieben (" in (await doors.staff.get(there)).words
    assert "Alle Sprechstunden" in (await doors.staff.get("/confirmations")).words
    await doors.staff.post(f"{there}/confirmation", {"way": "back"})
    assert "Noch nicht bestätigt" in (await doors.staff.get(there)).words


async def test_the_paper(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY, treatment="Krankengymnastik")
    await hold(doors, appointment)
    doors.box.clock.forward(60 * MINUTE)
    address = f"/appointments/{appointment.id}/confirmation.pdf"
    [blank] = pages(await doors.staff.body(address))
    for words in (
        "Alice Krejčová",
        "12. Mai 1944",
        "Montag, 18. Januar 2027",
        "09:32",
        "09:55",
        "Unterbrechungen",
        "09:40:00–09:42:00",
        "Unterschrift",
    ):
        assert words in blank, words
    await doors.staff.post(f"/appointments/{appointment.id}/confirmation", {"way": "desk"})
    [signed] = pages(await doors.staff.body(address))
    assert "in der Praxis" in signed
    assert "Unterschrift" not in signed
