"""The calendar's pages: day, week and month, as somebody reads them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.both_doors import Doors, both_doors
from tests.web.calendar_rows import FILE, text
from tests.web.calendar_world import FIRST, clinician, full_day, main_user

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30", "born": ""}  # a Monday, 9:00
ALONE = 'lane-0-1 slot"><a class="block"'


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def test_the_style_sheet_has_a_class_for_each_place() -> None:
    assert FILE.read_text("utf-8") == text()


async def test_a_day_has_a_column_for_each_clinician(doors: Doors) -> None:
    await clinician(doors, "Berger")
    appointment = await doors.plan(**TODAY, organiser=await main_user(doors))
    page = await doors.staff.get("/calendar")
    assert "Montag, 18. Januar 2027 Heute" in page.words
    second, first = page.source.split('<section class="cal-column is-today"')[1:]
    assert "Martin Winkler" in first and "Eva Berger" in second  # in the order of their names
    # drawn from eight: half past nine is the 18th row of five minutes, half an hour are six
    assert (
        f'<li class="at-18 for-6 lane-0-1 slot"><a class="block" id="a-{appointment.id}"' in first
    )
    assert appointment.id not in second
    assert 'cal-now at-12"' in first
    assert "frei von 09:00 bis 09:30 Uhr" in first and "frei von 10:00 bis 18:00 Uhr" in first
    assert "frei von 09:00 bis 18:00 Uhr" in second


async def test_a_free_time_begins_a_new_appointment(doors: Doors) -> None:
    other = await clinician(doors, "Berger")
    page = await doors.staff.get("/calendar?view=day&date=2027-01-20")
    address = f"/appointments/new?date=2027-01-20&amp;time=08:00&amp;organiser={other}"
    assert address in page.source
    form = await doors.staff.get(address.replace("&amp;", "&"))
    assert form.typed["date"] == "2027-01-20"
    assert form.typed["time"] == "08:00"
    assert form.typed["organiser"] == other


@pytest.mark.parametrize(
    "query",
    ["date=x&time=y&organiser=z", "date=2027-03-28&time=02:30", "date=2020-01-01&time=9:00"],
)
async def test_a_wish_that_makes_no_sense_is_passed_over(doors: Doors, query: str) -> None:
    form = await doors.staff.get(f"/appointments/new?{query}")
    assert (form.typed["date"], form.typed["time"]) == ("2027-01-18", "09:15")
    assert "aria-invalid" not in form.source


async def test_what_overlaps_stands_side_by_side(doors: Doors) -> None:
    one = await doors.plan(**TODAY)
    two = await doors.plan(**{**TODAY, "patient": "Ben Berg", "time": "09:45"})
    three = await doors.plan(**{**TODAY, "patient": "Clara Cohn", "time": "10:00"})
    four = await doors.plan(**{**TODAY, "patient": "Dora Dietz", "time": "11:00"})
    source = (await doors.staff.get("/calendar")).source
    for appointment, lane in ((one, "0-2"), (two, "1-2"), (three, "0-2"), (four, "0-1")):
        before = source.partition(f'id="a-{appointment.id}"')[0]
        assert f"lane-{lane} " in before[before.rindex("<li ") :]


async def test_a_week_shows_the_days_that_matter(doors: Doors) -> None:
    await doors.plan(**{**TODAY, "date": "2027-01-21"})
    page = await doors.staff.get("/calendar?view=week&date=2027-01-20")
    assert "Woche vom 18.01.2027 bis 22.01.2027" in page.words
    assert "Do. 21.1." in page.words and "Sa. 23.1." not in page.words
    assert "Alice Krejčová" in page.words
    await doors.plan(**{**TODAY, "date": "2027-01-23"})
    assert "Sa. 23.1." in (await doors.staff.get("/calendar?view=week&date=2027-01-20")).words


async def test_a_month_counts(doors: Doors) -> None:
    cancelled = await doors.plan(**{**TODAY, "patient": "Ben Berg"})
    await doors.staff.post(f"/appointments/{cancelled.id}/cancel", {})
    await doors.plan(**TODAY)
    await doors.plan(**{**TODAY, "time": "11:00"})
    page = await doors.staff.get("/calendar?view=month&date=2027-01-05")
    assert "Januar 2027" in page.words and "2 Termine" in page.words
    assert '<rect class="month-full" width="10" height="8"/>' in page.source  # 60 of 600 minutes


@pytest.mark.parametrize(
    "query",
    ["date=gestern", "date=9999-12-31&view=month", "view=year", "whose=nobody", "moved=x&back=y"],
)
async def test_an_address_that_makes_no_sense_shows_today(doors: Doors, query: str) -> None:
    page = await doors.staff.get(f"/calendar?{query}")
    assert page.status == 200
    assert "Januar 2027" in page.words


async def test_the_clocks_may_change_on_a_day(doors: Doors) -> None:
    appointment = await doors.plan(**{**TODAY, "date": "2027-03-28", "time": "09:00"})
    source = (await doors.staff.get("/calendar?date=2027-03-28")).source
    assert (
        f'<li class="at-12 for-6 lane-0-1 slot"><a class="block" id="a-{appointment.id}"' in source
    )


async def test_the_list_of_a_day_is_for_one_or_for_all(doors: Doors) -> None:
    other = await clinician(doors, "Berger")
    await doors.plan(**TODAY, organiser=await main_user(doors))
    await doors.plan(**{**TODAY, "patient": "Ben Berg", "organiser": other})
    page = await doors.staff.get("/calendar/print?date=2027-01-18")
    assert "09:30 Alice Krejčová 30 min Video" in page.words
    assert "09:30 Ben Berg 30 min Video" in page.words
    alone = await doors.staff.get(f"/calendar/print?date=2027-01-18&whose={other}")
    assert "Ben Berg" in alone.words and "Alice" not in alone.words
    empty = await doors.staff.get("/calendar/print?date=2027-01-19")
    assert "An diesem Tag gibt es keinen Termin." in empty.words


async def test_a_full_week_opens_no_appointment_one_by_one(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisers = [user.id for user in await doors.box.store.users()]
    organisers.append(await clinician(doors, "Berger"))
    organisers.append(await clinician(doors, "Conrad"))
    for number in range(5):
        day = (FIRST + timedelta(days=number)).date()
        await doors.box.store.appointments.add_all(full_day(day, organisers, 60))
    asked: list[str] = []
    find = doors.box.store.appointments.get

    async def get(appointment_id: str) -> object:
        asked.append(appointment_id)
        return await find(appointment_id)

    monkeypatch.setattr(doors.box.store.appointments, "get", get)
    page = await doors.staff.get("/calendar?view=week&whose=all")
    assert page.source.count('class="block who-') == 300
    assert asked == [""]  # nothing was moved
