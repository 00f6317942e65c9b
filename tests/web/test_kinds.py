"""Video or phone: planned, changed, on paper, called, and seen on the day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from practicebox.practice.day import Event
from practicebox.store.records import Appointment
from practicebox.web.staff.around import dial
from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors, details
from tests.web.staff_box import Page

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30", "kind": "phone"}  # it is 9:00
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def call(doors: Doors, appointment: Appointment, what: str) -> Page:
    return await doors.staff.post(f"/appointments/{appointment.id}/call", {"call": what})


async def events(doors: Doors, appointment: Appointment) -> list[Event]:
    found = await doors.box.store.attendance.of([appointment.id])
    return [one.event for one in found.get(appointment.id, [])]


async def test_a_new_appointment_is_by_video_without_a_word_about_it(doors: Doors) -> None:
    form = await doors.staff.get("/appointments/new")
    assert form.typed["kind"] == "video" and form.focused == "patient"
    assert form.source.index('name="kind"') < form.source.index('name="patient"')
    assert "112" in form.words
    assert (await doors.plan()).kind == "video"


async def test_a_phone_appointment_needs_a_number_and_says_so(doors: Doors) -> None:
    fields = {**PLANNED, "kind": "phone", "phone": ""}
    page = await doors.staff.post("/appointments/new", fields)
    assert page.status == 422 and page.focused == "phone"
    assert "unter der wir den Patienten anrufen" in page.words
    assert (page.typed["kind"], page.typed["patient"]) == ("phone", PLANNED["patient"])
    assert (await doors.plan(kind="phone")).kind == "phone"


async def test_a_kind_that_was_not_offered_is_refused(doors: Doors) -> None:
    page = await doors.staff.post("/appointments/new", {**PLANNED, "kind": "fax"})
    assert page.status == 422 and "Bitte wählen Sie Video, Telefon oder Konferenz." in page.words


async def test_changing_the_kind_keeps_the_codes_and_asks_for_a_new_letter(doors: Doors) -> None:
    appointment = await doors.plan()
    path = f"/appointments/{appointment.id}/edit"
    for kind in ("phone", "video"):
        page = await doors.staff.post(path, {**PLANNED, "kind": kind})
        assert page.location.endswith("?said=changed_kind")
        changed = await doors.box.store.appointments.get(appointment.id)
        assert (changed.kind, changed.codes, changed.link) == (
            kind,
            appointment.codes,
            appointment.link,
        )
        assert "drucken Sie den Brief neu" in (await doors.staff.get(page.location)).words
    page = await doors.staff.post(path, {**PLANNED, "kind": "video"})
    assert page.location.endswith("?said=changed")


async def test_the_number_is_there_ready_to_dial_and_no_code(doors: Doors) -> None:
    appointment = await doors.plan(kind="phone")
    page = await details(doors, appointment)
    assert 'class="dial" id="dial" href="tel:01512345678"' in page.source
    assert appointment.codes.patient not in page.source
    assert "TERMIN STARTEN" not in page.words and "ab dem Tag des Termins" in page.words


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("0151 2345678", "tel:01512345678"),
        ("+49 (0)30 / 123-45", "tel:+493012345"),
        ("030 12345 (Tochter)", "tel:03012345"),
        ("Büro", "tel:"),
    ],
)
def test_a_number_as_an_address_to_dial(number: str, address: str) -> None:
    assert dial(number) == address


async def test_calls_are_documented_and_the_day_shows_them(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    assert "09:30 Alice Krejčová Telefontermin" in (await doors.staff.get("/")).words
    doors.box.clock.forward(31 * MINUTE)
    await call(doors, appointment, "unreached")
    assert "nicht erreicht, 09:31 Uhr" in (await doors.staff.get("/")).words
    await call(doors, appointment, "unreached")
    await call(doors, appointment, "began")
    await call(doors, appointment, "began")  # a double click
    assert "im Gespräch" in (await doors.staff.get("/")).words
    doors.box.clock.forward(12 * MINUTE)
    await call(doors, appointment, "ended")
    assert "hat stattgefunden" in (await doors.staff.get("/")).words
    assert await events(doors, appointment) == [
        Event.UNREACHED,
        Event.UNREACHED,
        Event.BEGAN,
        Event.ENDED,
    ]
    page = await details(doors, appointment)
    assert "18.01.2027, 09:43 Uhr Anruf beendet" in page.words
    assert "Nach dem Gespräch" in page.words
    log = (await doors.staff.get("/audit")).words
    assert "niemanden erreicht" in log and "Krejčová" not in log


async def test_what_is_no_call_is_not_noted(doors: Doors) -> None:
    video = await doors.plan(**{**TODAY, "kind": "video"})
    tomorrow = await doors.plan(kind="phone")
    today = await doors.plan(**TODAY)
    for appointment, what in ((video, "began"), (tomorrow, "began"), (today, "arrived")):
        await call(doors, appointment, what)
        assert await events(doors, appointment) == []
    assert (await doors.staff.post("/appointments/nothing/call", {"call": "began"})).status == 404


async def test_the_letter_says_that_the_practice_calls(doors: Doors) -> None:
    appointment = await doors.plan(kind="phone")
    (text,) = pages(await doors.staff.body(f"/appointments/{appointment.id}/letter.pdf"))
    assert "Sie werden zu Ihrem Termin von uns angerufen." in text
    assert "0151 2345678" in text and "rufen Sie die 112" in text
    assert appointment.codes.patient not in text
    invitation = unquote((await details(doors, appointment)).source.split('href="mailto:')[1])
    assert "von uns angerufen" in invitation.split('"')[0]
    assert "/v#1." not in invitation.split('"')[0]


async def test_letters_of_a_day_with_both_kinds(doors: Doors) -> None:
    video, phone = await doors.plan(), await doors.plan(kind="phone", time="17:00")
    first, second = pages(await doors.staff.body("/days/2027-01-19/letters.pdf"))
    assert video.codes.patient in first and phone.codes.patient not in second
    assert "angerufen" in second


async def test_a_waiting_patient_is_told_that_the_practice_calls(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = await doors.plan(**{**TODAY, "kind": "video"})
    told: list[str] = []
    monkeypatch.setattr(
        doors.box.services.rooms, "go_on_by_phone", lambda id_, until: told.append(id_)
    )
    await doors.staff.post(f"/appointments/{appointment.id}/edit", {**PLANNED, **TODAY})
    assert told == [appointment.id]
