"""The forms of an appointment: which are missing, ticked off by whom, and seen on the day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.records import Appointment
from tests.web.both_doors import Doors, both_doors, details

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}
ALL = {"video_privacy", "video_consent"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def tick(doors: Doors, appointment: Appointment, item: str, way: str = "tick") -> str:
    page = await doors.staff.post(f"/appointments/{appointment.id}/papers", {way: item})
    return page.location


async def test_what_is_missing_is_on_the_day_until_it_is_there(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    assert "2 Unterlagen fehlen" in (await doors.staff.get("/")).words
    await tick(doors, appointment, "video_privacy")
    assert "1 Unterlage fehlt" in (await doors.staff.get("/")).words
    await tick(doors, appointment, "video_consent")
    assert "Unterlage" not in (await doors.staff.get("/")).words
    page = await details(doors, appointment)
    assert page.words.count("18.01.2027, Martin Winkler") == 2
    location = await tick(doors, appointment, "video_consent", "untick")
    assert location == f"/appointments/{appointment.id}?said=ticked#papers"
    assert "1 Unterlage fehlt" in (await doors.staff.get("/day")).words


async def test_what_was_handed_in_before_counts_for_the_next_appointment(doors: Doors) -> None:
    first = await doors.plan(**TODAY)
    for item in ALL:
        await tick(doors, first, item)
    doors.box.clock.forward(timedelta(minutes=5))
    second = await doors.plan(**{**TODAY, "time": "11:00"})
    assert "Unterlage fehlt" not in (await doors.staff.get("/")).words
    page = await details(doors, second)
    assert "Einwilligung in die Videosprechstunde 18.01.2027, Martin Winkler" in page.words
    assert "Zurücknehmen" not in page.words  # only where it was ticked off
    stranger = await doors.plan(**{**TODAY, "time": "12:00", "patient": "Ben Berg", "born": ""})
    assert "fehlt noch" in (await details(doors, stranger)).words


async def test_what_is_on_no_list_is_not_noted(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    for item in ("", "everything", "<script>"):
        assert await tick(doors, appointment, item) == f"/appointments/{appointment.id}"
    assert (await doors.box.store.checklists.of(appointment.id)).ticks == {}
    missing = await doors.staff.post("/appointments/nothing/papers", {"tick": "privacy"})
    assert missing.status == 404


async def test_it_is_in_what_the_patient_is_told(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    await tick(doors, appointment, "video_consent")
    await tick(doors, appointment, "follow_up")
    export = await doors.box.store.patients.export(appointment.patient_id)
    assert set(export.ticks[appointment.id]) == {"follow_up"}
    assert [one.form for one in export.consents] == ["consent"]
