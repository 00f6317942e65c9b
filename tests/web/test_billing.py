"""Billing hints on the page of an appointment that took place, and the limits of a quarter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.practice.day import Event
from practicebox.store.records import Appointment, AppointmentDraft, Payer
from tests.web.both_doors import Doors, both_doors, details

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}
MINUTE = timedelta(minutes=1)
NO_PROMISE = "ist nicht für die Abrechnung zertifiziert"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def held(doors: Doors, payer: Payer, patient: str = "Alice Krejčová") -> Appointment:
    """An appointment that took place."""
    one = await doors.plan(**{**TODAY, "patient": patient})
    draft = AppointmentDraft(
        patient=replace(one.patient, payer=payer),
        starts=one.starts,
        minutes=one.minutes,
        organiser=one.organiser,
        reason=one.reason,
        patient_id=one.patient_id,
    )
    appointments, attendance = doors.box.store.appointments, doors.box.store.attendance
    changed = await appointments.change(one.id, draft)
    await attendance.note(one.id, Event.BEGAN, one.starts)
    await attendance.note(one.id, Event.ENDED, one.starts + 20 * MINUTE)
    return changed


async def test_hints_come_once_it_took_place_and_promise_nothing(doors: Doors) -> None:
    planned = await doors.plan()
    assert "Abrechnungshinweise Was" not in (await details(doors, planned)).words
    appointment = await held(doors, "gkv")
    doors.box.clock.forward(60 * MINUTE)
    page = (await details(doors, appointment)).words
    assert "EBM 01450: Technikzuschlag" in page and NO_PROMISE in page
    assert "01451" not in page and "GOÄ" not in page and "01444" not in page  # over
    private = await held(doors, "pkv")
    assert "GOÄ 1: Beratung" in (await details(doors, private)).words


async def test_without_a_payer_nothing_is_guessed(doors: Doors) -> None:
    appointment = await held(doors, "")
    doors.box.clock.forward(60 * MINUTE)
    assert "nicht vermerkt, wer für diesen" in (await details(doors, appointment)).words


async def test_the_quarter_counts_what_took_place(doors: Doors) -> None:
    for patient in ("Alice Krejčová", "Ben Berg", "Ben Berg"):
        await held(doors, "gkv", patient)
    await held(doors, "pkv", "Cem Can")
    await held(doors, "", "Dora Dorn")
    await doors.plan()
    doors.box.clock.forward(60 * MINUTE)
    page = await doors.staff.get("/billing")
    assert "Quartal 1/2027" in page.words and NO_PROMISE in page.words
    assert "Stattgefunden: 5 per Video, 0 per Telefon." in page.words
    assert "Bei 1 davon ist nicht vermerkt, wer zahlt" in page.words
    assert "01450, Martin Winkler 3 von höchstens 18" in page.words
    assert 'class="limit-used" x="0" y="0" width="17"' in page.source
    assert "Bisher per Video: 2 Patienten." in page.words
    before = await doors.staff.get("/billing?quarter=2026-4")
    assert "Quartal 4/2026" in before.words and "Stattgefunden: 0" in before.words
    assert "0 von höchstens 18" in before.words


async def test_the_share_needs_the_number_of_all_cases(doors: Doors) -> None:
    await held(doors, "gkv")
    doors.box.clock.forward(60 * MINUTE)
    for wrong in ("", "viele", "0", "-3", "²", "100001"):
        page = await doors.staff.post("/billing", {"quarter": "2027-1", "cases": wrong})
        assert page.status == 422 and page.focused == "cases"
        assert page.typed["cases"] == wrong
    page = await doors.staff.post("/billing", {"quarter": "2027-1", "cases": "1.000"})
    assert page.location == "/billing?quarter=2027-1"
    assert "1 von höchstens 500" in (await doors.staff.get(page.location)).words


async def test_a_quarter_that_does_not_exist_is_this_one(doors: Doors) -> None:
    for odd in ("2027-5", "x", "1999-1"):
        assert "Quartal 1/2027" in (await doors.staff.get(f"/billing?quarter={odd}")).words
