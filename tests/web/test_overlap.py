"""Two appointments at one time: asked about, named, and planned if the reception says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.both_doors import PLANNED, Doors, both_doors, details
from tests.web.staff_box import Page

ASKED = "Zu dieser Zeit gibt es schon einen Termin"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def try_to_plan(doors: Doors, **changes: str) -> Page:
    fields = {**PLANNED, "patient": "Ben Berg", "born": "", **changes}
    return await doors.staff.post("/appointments/new", fields)


@pytest.mark.parametrize(
    ("time", "minutes"), [("15:30", "45"), ("15:00", "40"), ("16:10", "10"), ("15:45", "15")]
)
async def test_an_overlap_is_asked_about_and_nothing_typed_is_lost(
    doors: Doors, time: str, minutes: str
) -> None:
    await doors.plan()
    page = await try_to_plan(doors, time=time, minutes=minutes)
    assert page.status == 422
    assert f"{ASKED}: 15:30 Alice Krejčová." in page.words
    assert page.typed["patient"] == "Ben Berg"
    assert page.typed["time"] == time
    page = await try_to_plan(doors, time=time, minutes=minutes, overlap="yes")
    assert page.status == 303


@pytest.mark.parametrize(("time", "minutes"), [("15:00", "30"), ("16:15", "30"), ("09:00", "10")])
async def test_what_only_touches_is_planned(doors: Doors, time: str, minutes: str) -> None:
    await doors.plan()
    assert (await try_to_plan(doors, time=time, minutes=minutes)).status == 303


async def test_a_cancelled_appointment_is_in_nobodys_way(doors: Doors) -> None:
    appointment = await doors.plan()
    await doors.staff.post(f"/appointments/{appointment.id}/cancel", {})
    assert (await try_to_plan(doors)).status == 303


async def test_moving_is_asked_about_and_staying_is_not(doors: Doors) -> None:
    await doors.plan()
    other = await doors.plan(patient="Ben Berg", born="", time="17:00")
    fields = {**PLANNED, "patient": "Ben Berg", "born": "", "time": "15:40"}
    page = await doors.staff.post(f"/appointments/{other.id}/edit", fields)
    assert page.status == 422 and ASKED in page.words
    moved = await doors.staff.post(f"/appointments/{other.id}/edit", {**fields, "overlap": "yes"})
    assert moved.status == 303
    fields["reason"] = "Verlauf"
    stays = await doors.staff.post(f"/appointments/{other.id}/edit", fields)
    assert stays.status == 303
    assert "Verlauf" in (await details(doors, other)).words


async def test_many_are_counted(doors: Doors) -> None:
    for name in ("A Eins", "B Zwei", "C Drei", "D Vier", "E Fünf"):
        await try_to_plan(doors, patient=name, overlap="yes")
    page = await try_to_plan(doors)
    told = page.words.partition(ASKED)[2].partition(".")[0]
    assert told.count("15:30") == 3 and told.endswith(" und 2 weitere")


async def test_the_form_proposes_the_next_time_that_is_free(doors: Doors) -> None:
    today = {"date": "2027-01-18", "born": "", "minutes": "30"}  # it is 9:00 in Berlin
    assert (await doors.staff.get("/appointments/new")).typed["time"] == "09:15"
    await doors.plan(**today, patient="Ben Berg", time="09:15")
    assert (await doors.staff.get("/appointments/new")).typed["time"] == "09:45"
    await doors.plan(**today, patient="Clara Cohn", time="10:00")
    assert (await doors.staff.get("/appointments/new")).typed["time"] == "10:30"
