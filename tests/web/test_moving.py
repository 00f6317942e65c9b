"""Moving an appointment in the calendar: asked about, put back, and never over somebody else's."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from practicebox.store.records import Appointment
from tests.web.both_doors import Doors, both_doors
from tests.web.calendar_world import BERLIN, clinician, main_user
from tests.web.staff_box import Page

ALICE = {"date": "2027-01-19", "time": "10:00", "minutes": "30", "born": ""}
BACK = {"view": "day", "whose": "all"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def seen(appointment: Appointment) -> str:
    starts = appointment.starts.astimezone(BERLIN)
    return f"{starts:%Y-%m-%dT%H:%M%z}.{appointment.organiser}"


async def move(doors: Doors, appointment: Appointment, **fields: str) -> Page:
    before = {"date": "2027-01-19", "time": "10:00", "organiser": appointment.organiser}
    sent = {**BACK, **before, "seen": seen(appointment), **fields}
    return await doors.staff.post(f"/appointments/{appointment.id}/move", sent)


async def now(doors: Doors, appointment: Appointment) -> Appointment:
    return await doors.box.store.appointments.get(appointment.id)


async def test_a_move_is_said_and_can_be_put_back(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    answer = await move(doors, alice, date="2027-01-20", time="11:15")
    assert answer.status == 303 and answer.location.endswith(f"#a-{alice.id}")
    moved = await now(doors, alice)
    assert f"{moved.starts.astimezone(BERLIN):%d %H:%M}" == "20 11:15"
    assert moved.codes == alice.codes and moved.patient == alice.patient
    assert moved.reason == alice.reason and moved.minutes == alice.minutes

    page = await doors.staff.get(answer.location)
    said = "Der Termin mit Alice Krejčová ist jetzt am 20.01.2027 um 11:15 Uhr."
    assert said in page.words
    assert "Der Brief zeigt noch die alte Zeit" in page.words and "Neu drucken?" in page.words
    names = ("date", "time", "organiser", "seen", "undo")
    inputs = page.source.partition('id="undo"')[2].partition("</form>")[0]
    undo = {name: inputs.partition(f'name="{name}" value="')[2].partition('"')[0] for name in names}
    again = await doors.staff.post(f"/appointments/{alice.id}/move", {**BACK, **undo})
    assert (await now(doors, alice)).starts == alice.starts
    page = await doors.staff.get(again.location)
    assert "Rückgängig gemacht: Der Termin mit Alice Krejčová ist wieder am" in page.words
    assert 'id="undo"' not in page.source


async def test_nothing_of_a_name_stands_in_the_address(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    address = (await move(doors, alice, time="12:00")).location
    query = parse_qs(urlsplit(address).query)
    assert set(query) == {"view", "date", "whose", "moved", "back"}
    assert "Alice" not in address and "Krej" not in address


async def test_another_clinician_gets_it(doors: Doors) -> None:
    await clinician(doors, "Berger")
    alice = await doors.plan(**ALICE, organiser=await main_user(doors))
    other = next(u.id for u in await doors.box.store.users() if u.id != alice.organiser)
    assert (await move(doors, alice, organiser=other)).status == 303
    assert (await now(doors, alice)).organiser == other


async def test_an_overlap_is_asked_about_and_stands_if_wanted(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    await doors.plan(**{**ALICE, "patient": "Ben Berg", "time": "14:00"})
    page = await move(doors, alice, time="13:45")
    assert page.status == 422
    assert "schon einen Termin: 14:00 Ben Berg." in page.words
    assert "Neue Zeit: Dienstag, 19. Januar 2027, 13:45 Uhr" in page.words
    assert (await now(doors, alice)).starts == alice.starts
    assert page.typed["time"] == "13:45"
    said_yes = await doors.staff.post(f"/appointments/{alice.id}/move", page.typed)
    assert said_yes.status == 303
    assert (await now(doors, alice)).starts > alice.starts


async def test_what_a_colleague_has_moved_meanwhile_stays(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    await move(doors, alice, time="11:00")
    page = await move(doors, alice, time="12:00")
    assert page.status == 422
    assert "Jemand hat diesen Termin inzwischen geändert." in page.words
    assert "TROTZDEM" not in page.words
    assert f"{(await now(doors, alice)).starts.astimezone(BERLIN):%H:%M}" == "11:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date": "2027-01-17"}, "Dieser Tag ist schon vorbei."),
        ({"date": "2027-03-28", "time": "02:30"}, "diese Uhrzeit gibt es nicht"),
        ({"date": "morgen"}, "Bitte geben Sie den Tag des Termins ein."),
        ({"organiser": "somebody"}, "Bitte wählen Sie"),
        ({"date": "", "time": "", "seen": ""}, "Bitte geben Sie den Tag des Termins ein."),
    ],
)
async def test_a_place_that_can_not_be_is_refused_in_words(
    doors: Doors, fields: dict[str, str], words: str
) -> None:
    alice = await doors.plan(**ALICE)
    page = await move(doors, alice, **fields)
    assert page.status == 422
    assert words in page.words
    assert (await now(doors, alice)).starts == alice.starts


async def test_a_cancelled_appointment_is_not_moved(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    await doors.staff.post(f"/appointments/{alice.id}/cancel", {})
    assert "Dieser Termin ist abgesagt." in (await move(doors, alice, time="12:00")).words


async def test_the_old_waiting_room_closes(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    closed: list[str] = []
    doors.box.services.rooms.close = closed.append  # type: ignore[method-assign,assignment]
    await move(doors, alice, time="12:00")
    assert closed == [alice.id]


async def test_a_phone_appointment_stays_one_and_has_no_letter(doors: Doors) -> None:
    alice = await doors.plan(**ALICE)
    await doors.staff.post(f"/appointments/{alice.id}/phone", {})
    alice = await now(doors, alice)
    answer = await move(doors, alice, time="12:00")
    assert (await now(doors, alice)).kind == alice.kind
    page = await doors.staff.get(answer.location)
    assert ("Neu drucken?" in page.words) == (alice.kind != "phone")
