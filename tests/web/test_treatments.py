"""Treatments by payer: edited by the practice, chosen in the form, hinted at, on the letter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from practicebox.store.records import Appointment, AppointmentDraft, Payer
from practicebox.web.staff import treatments
from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors, details

COSTS = "keine weiteren Zusatzkosten"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def planned(doors: Doors, payer: Payer, treatment: str) -> Appointment:
    """An appointment of a patient whose payer is known."""
    one = await doors.plan()
    draft = AppointmentDraft(
        patient=replace(one.patient, payer=payer),
        starts=one.starts,
        minutes=one.minutes,
        organiser=one.organiser,
        reason=one.reason,
        treatment=treatment,
        patient_id=one.patient_id,
    )
    return await doors.box.store.appointments.change(one.id, draft)


async def letter(doors: Doors, appointment: Appointment) -> str:
    (text,) = pages(await doors.staff.body(f"/appointments/{appointment.id}/letter.pdf"))
    return text


async def test_a_treatment_is_chosen_and_kept(doors: Doors) -> None:
    appointment = await doors.plan(treatment="KGG")
    assert appointment.treatment == "KGG"
    assert "Behandlung KGG" in (await details(doors, appointment)).words
    form = await doors.staff.get(f"/appointments/{appointment.id}/edit")
    assert form.typed["treatment"] == "KGG"


async def test_what_the_payer_does_not_pay_is_said_in_the_form_and_on_the_page(
    doors: Doors,
) -> None:
    appointment = await planned(doors, "gkv", "KGG")
    form = await doors.staff.get(f"/appointments/{appointment.id}/edit")
    assert "KGG (gesetzliche Krankenkasse: nicht per Video)" in form.words
    assert "Krankengymnastik (" not in form.words
    assert (
        "bezahlt dieser Kostenträger nicht per Video" in (await details(doors, appointment)).words
    )
    assert COSTS not in await letter(doors, appointment)


@pytest.mark.parametrize(
    ("payer", "is_said"), [("gkv", True), ("pkv", True), ("self", False), ("", False)]
)
async def test_the_letter_speaks_of_costs_only_where_somebody_pays(
    doors: Doors, payer: Payer, is_said: bool
) -> None:
    appointment = await planned(doors, payer, "Krankengymnastik")
    assert "nicht per Video" not in (await details(doors, appointment)).words
    assert (COSTS in await letter(doors, appointment)) is is_said


async def test_the_practice_changes_its_list_and_goes_back(doors: Doors) -> None:
    page = await doors.staff.get("/treatments")
    assert page.typed["name0"] == "Krankengymnastik" and "gkv0" in page.ticked
    fields = {"name0": "Yoga", "self0": "yes", "since0": "2027-01-01", "until0": "", "name1": ""}
    assert (await doors.staff.post("/treatments", fields)).status == 303
    form = await doors.staff.get("/appointments/new")
    assert "Yoga" in form.words and "KGG" not in form.words
    assert "welche Behandlungen per Video" in (await doors.staff.get("/audit")).words
    await doors.staff.post("/treatments/reset", {})
    assert "KGG" in (await doors.staff.get("/appointments/new")).words


async def test_a_mistake_in_the_list_is_said_beside_its_field(doors: Doors) -> None:
    fields = {"name0": "Yoga", "since0": "gestern", "until0": "", "name1": "Zumba"}
    fields |= {"since1": "2027-02-01", "until1": "2027-01-01"}
    page = await doors.staff.post("/treatments", fields)
    assert page.status == 422 and page.focused == "since0"
    assert page.typed["since0"] == "gestern" and "letzte Tag liegt vor" in page.words


async def test_a_list_that_can_not_be_read_is_the_delivered_one(doors: Doors) -> None:
    await doors.box.store.settings.keep(treatments.SETTING, "rubbish")
    assert (await doors.staff.get("/treatments")).typed["name0"] == "Krankengymnastik"
    await doors.staff.post("/appointments/new", {**PLANNED, "treatment": "KGG"})
