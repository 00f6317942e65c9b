"""A series of appointments: planned whole or not at all, with words for the days that don't fit."""

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors
from tests.web.calendar_world import BERLIN
from tests.web.staff_box import Page

WEEKLY = {**PLANNED, "date": "2027-03-12", "time": "10:00", "repeat": "1", "times": "4"}  # Fridays
HOURS = {**dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "8-12")}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        await opened.staff.post("/opening", {**HOURS, "state": "BY"})
        yield opened


async def plan(doors: Doors, **changes: str) -> Page:
    return await doors.staff.post("/appointments/new", {**WEEKLY, **changes})


async def answer(doors: Doors, how: str, **changes: str) -> Page:
    """The form once more, with an answer to what it has asked."""
    page = await plan(doors, **changes)
    assert page.status == 422
    return await plan(doors, **changes, series=how, series_listed=page.typed["series_listed"])


async def starts(doors: Doors) -> list[str]:
    found = await doors.box.store.appointments.upcoming(doors.box.clock(), 100)
    return [f"{one.starts.astimezone(BERLIN):%d.%m. %H:%M}" for one in found]


async def test_a_series_keeps_weekday_and_hour(doors: Doors) -> None:
    answer = await plan(doors, date="2027-03-16", times="3")
    assert answer.status == 303
    assert await starts(doors) == ["16.03. 10:00", "23.03. 10:00", "30.03. 10:00"]
    page = await doors.staff.get(answer.location)
    assert "3 Termine sind geplant." in page.words
    letters = re.search(r'"(/series/letters.pdf[^"]+)"', page.source)
    assert letters
    texts = pages(await doors.staff.body(letters[1]))
    assert len(texts) == 3
    for day, text in zip((16, 23, 30), texts, strict=True):
        assert f"{day}. März 2027" in text
    entries = await doors.box.store.appointments.day(date(2027, 3, 16))
    patient = (await doors.box.store.appointments.get(entries[0].id)).patient_id
    record = await doors.box.store.patients.get(patient)
    assert len(record.appointments) == 3  # one and the same patient


async def test_days_that_do_not_fit_are_listed_before_anything_is_saved(doors: Doors) -> None:
    page = await plan(doors)
    assert page.status == 422
    assert "Fr. 26.03.2027: Dieser Tag ist ein Feiertag: Karfreitag." in page.words
    assert page.typed["repeat"] == "1" and page.typed["times"] == "4"
    assert await starts(doors) == []


async def test_they_are_left_out_or_moved(doors: Doors) -> None:
    assert (await answer(doors, "leave")).status == 303
    assert await starts(doors) == ["12.03. 10:00", "19.03. 10:00", "02.04. 10:00"]
    assert (await answer(doors, "move", time="11:00")).status == 303
    moved = "30.03. 11:00"  # over Easter Monday, and past nothing that is free before
    assert moved in await starts(doors)


async def test_an_answer_is_for_the_days_it_was_given_for(doors: Doors) -> None:
    page = await plan(doors)
    listed = page.typed["series_listed"]
    other = {"date": "2027-04-30", "series": "leave", "series_listed": listed}
    page = await plan(doors, **other, times="2")
    assert page.status == 303  # nothing to ask about
    page = await plan(doors, **{**other, "date": "2027-12-18", "time": "11:00", "unusual": "yes"})
    assert page.status == 422 and "Sa. 25.12.2027: Dieser Tag ist ein Feiertag" in page.words


async def test_a_time_that_is_taken_is_listed_too(doors: Doors) -> None:
    await doors.plan(**{**PLANNED, "patient": "Ben Berg", "date": "2027-03-19", "time": "10:00"})
    page = await plan(doors, times="2")
    assert "Fr. 19.03.2027: Zu dieser Zeit gibt es schon einen anderen Termin." in page.words
    assert (await answer(doors, "move", times="2")).status == 303
    assert await starts(doors) == ["12.03. 10:00", "19.03. 10:00", "19.03. 10:45"]


async def test_where_nothing_is_free_nothing_is_planned(doors: Doors) -> None:
    block = {"blocked_from": "2027-03-26", "blocked_until": "2027-04-04"}
    await doors.staff.post("/opening/blocked", block)
    page = await answer(doors, "move", times="3")
    assert page.status == 422
    assert "In der Woche danach ist keine Zeit frei." in page.words
    assert await starts(doors) == []


async def test_the_hour_that_does_not_exist_gets_words(doors: Doors) -> None:
    fields = {"date": "2027-03-21", "time": "02:30", "times": "2", "unusual": "yes"}
    page = await plan(doors, **fields)
    assert "So. 28.03.2027: An diesem Tag werden die Uhren vorgestellt" in page.words
    assert (await answer(doors, "leave", **fields)).status == 303
    assert await starts(doors) == ["21.03. 02:30"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"times": ""}, "wie viele Termine es sein sollen: 2 bis 52."),
        ({"times": "1"}, "wie viele Termine es sein sollen: 2 bis 52."),
        ({"times": "5000"}, "wie viele Termine es sein sollen: 2 bis 52."),
        ({"repeat": "3"}, "Bitte wählen Sie, wie oft der Termin wiederholt wird."),
    ],
)
async def test_a_series_that_can_not_be_is_refused_in_words(
    doors: Doors, fields: dict[str, str], words: str
) -> None:
    page = await plan(doors, **fields)
    assert page.status == 422
    assert words in page.words


@pytest.mark.parametrize("ids", ["", "nobody", "a.b.c"])
async def test_a_series_of_nothing_is_not_there(doors: Doors, ids: str) -> None:
    assert (await doors.staff.get(f"/series?ids={ids}")).status == 404
    assert (await doors.staff.get(f"/series/letters.pdf?ids={ids}")).status == 404
