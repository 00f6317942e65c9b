"""Asking for a service confirmation: one click, by message, to whoever agrees, not too often."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.practice.day import Event
from practicebox.practice.reminders import Kind, State
from practicebox.store.records import Appointment
from tests.web.office import Office, open_office
from tests.web.staff_box import GOOD_PASSWORD

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}  # it is 9:00 in Berlin
DAY = timedelta(days=1)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        await opened.set_up()
        yield opened


async def held(office: Office, *, agrees: bool = True, **fields: str) -> Appointment:
    """A consultation that took place today, as somebody sees it in the evening."""
    appointment = await office.plan(agrees=agrees, **{**TODAY, **fields})
    for event, minutes in ((Event.BEGAN, 0), (Event.ENDED, 20)):
        at = appointment.starts + timedelta(minutes=minutes)
        await office.doors.box.store.attendance.note(appointment.id, event, at)
    return appointment


async def later(office: Office, pause: timedelta) -> None:
    """Some days later, when everybody has to log in anew."""
    office.doors.box.clock.forward(pause)
    fields = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
    page = await office.doors.staff.post("/login", fields)
    assert page.location == "/"


async def states(office: Office, appointment: Appointment) -> list[tuple[Kind, State]]:
    found = await office.doors.box.store.messages.of_appointment(appointment.id)
    return [(m.kind, m.state) for m in found if m.kind is Kind.CONFIRM]


async def test_one_click_asks_everybody_once(office: Office) -> None:
    staff, clock = office.doors.staff, office.doors.box.clock
    asked, silent = await held(office), await held(office, agrees=False, patient="Bert Stumm")
    clock.forward(timedelta(hours=3))
    page = await staff.get("/confirmations")
    assert "ALLE UM BESTÄTIGUNG BITTEN (1)" in page.words
    for _ in range(2):  # a double click
        await staff.post("/confirmations/ask", {})
    await office.dispatch.step()
    assert await states(office, asked) == [(Kind.CONFIRM, State.SENT)]
    assert await states(office, silent) == []
    (mail,) = office.mailbox.messages()
    assert mail["Subject"] == "Bitte bestätigen Sie Ihren Termin vom 18.01.2027"
    body = mail.get_body(("plain",))
    assert body
    words = body.get_content()
    assert "um 09:30 Uhr" in words
    assert "https://video.example.org/v#1." in words
    assert not [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    page = await staff.get("/confirmations")
    assert "gefragt am 18.01.2027" in page.words
    assert "ALLE UM BESTÄTIGUNG BITTEN" not in page.words
    await later(office, 3 * DAY)
    assert "ALLE UM BESTÄTIGUNG BITTEN (1)" in (await staff.get("/confirmations")).words


async def test_a_single_one_is_asked_again_at_any_time(office: Office) -> None:
    staff = office.doors.staff
    appointment = await held(office)
    office.doors.box.clock.forward(timedelta(hours=3))
    path = f"/appointments/{appointment.id}/confirmation"
    for hours in (0, 5):
        office.doors.box.clock.forward(timedelta(hours=hours))
        page = await staff.post(path, {"way": "ask"})
        assert page.location == f"/appointments/{appointment.id}?said=asked"
        await office.dispatch.step()
    assert len(office.mailbox.messages()) == 2
    assert (
        "Darum gebeten am 18.01.2027" in (await staff.get(f"/appointments/{appointment.id}")).words
    )


async def test_nobody_is_asked_who_can_not_be(office: Office) -> None:
    staff = office.doors.staff
    appointment = await held(office, agrees=False)
    office.doors.box.clock.forward(timedelta(hours=3))
    page = await staff.post(f"/appointments/{appointment.id}/confirmation", {"way": "ask"})
    assert page.location == f"/appointments/{appointment.id}?said=not_asked"
    assert (await staff.post("/confirmations/ask", {})).location == "/confirmations?said=not_asked"


async def test_whoever_has_confirmed_meanwhile_hears_nothing(office: Office) -> None:
    appointment = await held(office)
    office.doors.box.clock.forward(timedelta(hours=3))
    office.mailbox.at_rcpt = lambda to: "451 later"
    await office.doors.staff.post("/confirmations/ask", {})
    await office.dispatch.step()
    assert await states(office, appointment) == [(Kind.CONFIRM, State.WAITING)]
    path = f"/appointments/{appointment.id}/confirmation"
    await office.doors.staff.post(path, {"way": "desk"})
    office.mailbox.at_rcpt = lambda to: "250 ok"
    office.doors.box.clock.forward(DAY)
    await office.dispatch.step()
    assert await states(office, appointment) == [(Kind.CONFIRM, State.WITHDRAWN)]
    assert office.mailbox.messages() == []


async def test_after_four_weeks_the_link_confirms_no_more_and_is_not_sent(office: Office) -> None:
    await held(office)
    office.doors.box.clock.forward(29 * DAY)
    assert (
        "ALLE UM BESTÄTIGUNG BITTEN" not in (await office.doors.staff.get("/confirmations")).words
    )
