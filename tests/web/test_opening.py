"""Opening hours, holidays and blocked times: entered, shown in the calendar, asked about."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.both_doors import PLANNED, Doors, both_doors
from tests.web.calendar_world import clinician, main_user

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = {**dict.fromkeys(DAYS[:5], "8-12, 14-18"), "state": "BY"}
BLOCK = {"blocked_from": "2027-01-19", "blocked_until": "2027-01-19", "blocked_reason": "Urlaub"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        assert (await opened.staff.post("/opening", HOURS)).location == "/opening?said=saved"
        yield opened


async def test_hours_are_kept_and_shown_again(doors: Doors) -> None:
    page = await doors.staff.get("/opening")
    assert page.typed["monday"] == "08:00-12:00, 14:00-18:00"
    assert page.typed["saturday"] == "" and page.typed["state"] == "BY"


async def test_hours_that_make_no_sense_are_refused_and_stay_in_the_form(doors: Doors) -> None:
    page = await doors.staff.post("/opening", {**HOURS, "tuesday": "8-7", "state": "XX"})
    assert page.status == 422
    assert "Bitte geben Sie Zeiten ein wie 8-12, 14-18." in page.words
    assert "Bitte wählen Sie das Bundesland." in page.words
    assert page.typed["tuesday"] == "8-7"


async def test_the_calendar_shows_them(doors: Doors) -> None:
    page = await doors.staff.get("/calendar?date=2027-01-20")
    assert "frei von 08:00 bis 12:00 Uhr" in page.words
    assert "geschlossen 12:00–14:00" in page.words
    holiday = await doors.staff.get("/calendar?date=2027-03-26")
    assert "Feiertag: Karfreitag" in holiday.words and "frei von" not in holiday.words
    month = await doors.staff.get("/calendar?view=month&date=2027-01-06")
    assert "Heilige Drei Könige" in month.words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"time": "12:30"}, "Diese Zeit liegt außerhalb der Öffnungszeiten."),
        ({"time": "17:45"}, "Diese Zeit liegt außerhalb der Öffnungszeiten."),
        ({"date": "2027-01-23"}, "Diese Zeit liegt außerhalb der Öffnungszeiten."),
        ({"date": "2027-03-26"}, "Dieser Tag ist ein Feiertag: Karfreitag."),
    ],
)
async def test_an_unusual_time_is_asked_about_and_stands_if_wanted(
    doors: Doors, fields: dict[str, str], words: str
) -> None:
    page = await doors.staff.post("/appointments/new", {**PLANNED, **fields})
    assert page.status == 422
    assert words in page.words
    assert page.typed["patient"] == PLANNED["patient"]
    again = {**PLANNED, **fields, "unusual": "yes"}
    assert (await doors.staff.post("/appointments/new", again)).status == 303


async def test_both_questions_are_asked_at_once(doors: Doors) -> None:
    await doors.plan(time="12:30", unusual="yes")
    other = {**PLANNED, "patient": "Ben Berg", "time": "12:30"}
    page = await doors.staff.post("/appointments/new", other)
    assert "schon einen Termin" in page.words and "außerhalb der Öffnungszeiten" in page.words
    said_yes = {**other, "overlap": "yes", "unusual": "yes"}
    assert (await doors.staff.post("/appointments/new", said_yes)).status == 303


async def test_what_stands_outside_is_not_asked_about_again(doors: Doors) -> None:
    appointment = await doors.plan(time="12:30", unusual="yes")
    fields = {**PLANNED, "time": "12:30", "reason": "Verlauf"}
    assert (await doors.staff.post(f"/appointments/{appointment.id}/edit", fields)).status == 303


async def test_the_next_free_time_is_one_when_the_practice_is_open(doors: Doors) -> None:
    assert (await doors.staff.get("/appointments/new")).typed["time"] == "09:15"  # Monday, nine
    await doors.staff.post("/opening", {**HOURS, "monday": "14-18"})
    assert (await doors.staff.get("/appointments/new")).typed["time"] == "14:00"
    await doors.staff.post("/opening", {**HOURS, "monday": "8-9"})
    await doors.staff.post("/opening/blocked", BLOCK)
    page = await doors.staff.get("/appointments/new")
    assert (page.typed["date"], page.typed["time"]) == ("2027-01-20", "08:00")


async def test_a_blocked_day_is_shown_and_asked_about_and_released(doors: Doors) -> None:
    assert (await doors.staff.post("/opening/blocked", BLOCK)).status == 303
    page = await doors.staff.get("/opening")
    assert "19.01.2027 Die ganze Praxis: Urlaub" in page.words
    calendar = await doors.staff.get("/calendar?date=2027-01-19")
    assert "gesperrt: Urlaub" in calendar.words and "frei von" not in calendar.words
    asked = await doors.staff.post("/appointments/new", PLANNED)
    assert "Diese Zeit ist gesperrt: Urlaub." in asked.words
    release = page.source.partition('action="/opening/blocked/')[2].partition('"')[0]
    await doors.staff.post(f"/opening/blocked/{release}", {})
    assert (await doors.staff.post("/appointments/new", PLANNED)).status == 303


async def test_two_reasons_for_one_time_are_both_read(doors: Doors) -> None:
    for reason in ("Urlaub", "Handwerker"):
        await doors.staff.post("/opening/blocked", {**BLOCK, "blocked_reason": reason})
    words = (await doors.staff.get("/calendar?date=2027-01-19")).words
    assert "Urlaub" in words and "Handwerker" in words
    assert words.count("gesperrt:") == 1


async def test_one_clinicians_time_is_blocked_for_that_one(doors: Doors) -> None:
    other = await clinician(doors, "Berger")
    times = {"blocked_from_time": "14:00", "blocked_until_time": "16:00", "blocked_whose": other}
    assert (await doors.staff.post("/opening/blocked", {**BLOCK, **times})).status == 303
    mine = {**PLANNED, "organiser": await main_user(doors)}
    assert (await doors.staff.post("/appointments/new", mine)).status == 303
    hers = {**PLANNED, "patient": "Ben Berg", "organiser": other}
    assert (await doors.staff.post("/appointments/new", hers)).status == 422
    calendar = (await doors.staff.get("/calendar?date=2027-01-19")).words
    assert "frei von 16:00 bis 18:00 Uhr" in calendar


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"blocked_from": ""}, "Bitte geben Sie den ersten Tag ein."),
        ({"blocked_until": "bald"}, "Bitte geben Sie den letzten Tag ein."),
        ({"blocked_until": "2027-01-18"}, "Das liegt vor dem Beginn."),
        ({"blocked_until": "2029-01-18"}, "höchstens ein Jahr"),
        ({"blocked_from": "2027-01-04", "blocked_until": "2027-01-05"}, "schon vorbei"),
        ({"blocked_from_time": "früh"}, "Bitte geben Sie eine Uhrzeit ein wie 9:30"),
        (
            {"blocked_from": "2027-03-28", "blocked_from_time": "02:30"},
            "diese Uhrzeit gibt es nicht",
        ),
        ({"blocked_until": "9999-12-31"}, "Bitte geben Sie den letzten Tag ein."),
        ({"blocked_whose": "somebody"}, "wessen Zeit gesperrt wird"),
    ],
)
async def test_a_block_that_can_not_be_is_refused_in_words(
    doors: Doors, fields: dict[str, str], words: str
) -> None:
    page = await doors.staff.post("/opening/blocked", {**BLOCK, **fields})
    assert page.status == 422
    assert words in page.words
    assert page.typed["blocked_reason"] == "Urlaub"
