"""The page of figures: sentences, pictures and tables from real appointments; ways of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.practice.day import Event
from practicebox.practice.figures import Way
from practicebox.web.staff.figures_view import HIGH, PARTS, charts
from tests.web.both_doors import Doors, both_doors

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def held(doors: Doors, waited: int) -> str:
    one = await doors.plan(**TODAY)
    attendance = doors.box.store.attendance
    await attendance.note(one.id, Event.ARRIVED, one.starts)
    await attendance.note(one.id, Event.BEGAN, one.starts + waited * MINUTE)
    await attendance.note(one.id, Event.ENDED, one.starts + (waited + 20) * MINUTE)
    return one.id


async def tell(doors: Doors, appointment_id: str, way: str) -> int:
    return (await doors.staff.post(f"/appointments/{appointment_id}/way", {"way": way})).status


async def test_an_empty_practice_is_told_so(doors: Doors) -> None:
    page = await doors.staff.get("/figures")
    assert page.status == 200
    assert page.words.count("Hier gibt es noch nichts zu zählen.") == len(PARTS)
    assert "Hier steht kein Name" in page.words


async def test_sentences_columns_and_tables_say_the_same(doors: Doors) -> None:
    ids = [await held(doors, waited) for waited in (1, 6, 25)]
    await doors.plan(**TODAY)  # did not come
    for id_, way in zip(ids, ("direct", "relay", "relay"), strict=True):
        assert await tell(doors, id_, way) == 204
    assert await tell(doors, ids[2], "lost") == 204
    await doors.staff.post(f"/appointments/{ids[0]}/confirmation", {"way": "desk"})
    doors.box.clock.forward(5 * 60 * MINUTE)
    await doors.staff.post(f"/appointments/{ids[1]}/confirmation", {"way": "desk"})
    page = await doors.staff.get("/figures")
    for sentence in (
        "In den letzten vier Wochen fanden 3 Sprechstunden statt, davon 0 am Telefon.",
        "In den letzten vier Wochen kam 1 von 4 nicht.",
        "wartete die Hälfte höchstens 6 min; 1 von 3 wartete 20 Minuten oder länger.",
        "In den letzten vier Wochen fehlt die Bestätigung bei 1 von 3 Sprechstunden.",
        "liefen 2 von 3 Gesprächen über das Praxis-Relais, die anderen direkt.",
        "In den letzten vier Wochen gab es bei 1 von 3 Gesprächen Mühe mit der Verbindung.",
        "18.01.2027 3 0",  # the row of this week
        "18.01.2027 1 1 0 1 6",
    ):
        assert sentence in page.words, sentence
    assert "Alice" not in page.words
    by_month = await doors.staff.get("/figures?by=months")
    assert "In den letzten zwölf Monaten fanden 3 Sprechstunden statt" in by_month.words
    assert "Januar 2027 3 0" in by_month.words


async def test_the_numbers_outlive_the_appointments(doors: Doors) -> None:
    await held(doors, 4)
    store = doors.box.store
    for _ in range(10):
        doors.box.clock.forward(9 * DAY)
        await store.figures.count()
        await store.retention.run()
    first = doors.box.clock().date() - 100 * DAY
    days = await store.figures.between(first, doors.box.clock().date())
    assert [dict(numbers) for numbers in days.values()] == [
        {"held.video": 1, "unconfirmed": 1, "wait.4": 1}
    ]


@pytest.mark.parametrize("way", ["", "satellite", "direct ", "10.0.0.7"])
async def test_only_words_of_the_list_are_taken(doors: Doors, way: str) -> None:
    id_ = await held(doors, 1)
    assert await tell(doors, id_, way) == 400
    doors.box.clock.forward(5 * 60 * MINUTE)
    today = doors.box.clock().date()
    [numbers] = (await doors.box.store.figures.between(today, today)).values()
    assert "calls" not in numbers


async def test_a_locked_vault_takes_what_a_running_call_tells(doors: Doors) -> None:
    id_ = await held(doors, 1)
    doors.box.store.lock()
    assert await tell(doors, id_, "relay") == 204
    assert (await doors.staff.get("/figures")).location == "/login"


def test_what_is_there_is_seen_and_no_column_is_higher_than_the_picture() -> None:
    columns = [{"held.video": 400, "held.phone": 1}, {}, {"held.phone": 3}]
    chart = charts(columns, str)["held"]
    assert chart.totals == [401, 0, 3]
    low = [one for one in chart.segments if one.tone == "b"]
    assert len(low) == 2 and all(one.height >= 1 and one.y >= 0 for one in chart.segments)
    assert max(one.y + one.height for one in chart.segments) <= HIGH + 1


def test_every_failure_has_a_line_in_its_picture() -> None:
    columns = [{way.value: 1 for way in Way}]
    drawn = charts(columns, str)
    assert drawn["failures"].totals == [4] and drawn["ways"].totals == [2]
