"""The list of the first day: ticked off by what exists, skipped by each user alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.practice.figures import Way
from practicebox.store.first_day import Thing
from practicebox.store.records import Person
from practicebox.store.settings import OPENING
from tests.web.both_doors import Doors, both_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def test_it_is_ticked_off_by_what_exists(doors: Doors) -> None:
    store = doors.box.store
    page = await doors.staff.get("/")
    assert "0 von 5 sind erledigt" in page.words and "Öffnungszeiten eintragen" in page.words
    one = await doors.plan()
    assert await store.first_day.done("x") == {Thing.APPOINTMENT}
    await store.figures.note_way(one.id, Way.DIRECT)
    await store.settings.keep(OPENING, "{}")
    assert await store.first_day.done("x") == {Thing.APPOINTMENT, Thing.CALL, Thing.OPENING}
    await store.people.invite(
        "reception", Person(salutation="ms", first_name="Carla", last_name="Test")
    )
    page = await doors.staff.get("/")
    assert "4 von 5 sind erledigt" in page.words
    assert page.source.count("tour-step is-done") == 4
    await store.sealed_settings.keep("mail", {"host": "smtp.example.org"})
    assert await store.first_day.done("x") is None  # nothing is left to do
    assert "Der erste Tag" not in (await doors.staff.get("/")).words


async def test_who_skips_it_is_not_shown_it_again_and_others_are(doors: Doors) -> None:
    page = await doors.staff.post("/tour", {})
    assert page.location == "/"
    assert "Der erste Tag" not in (await doors.staff.get("/")).words
    assert await doors.box.store.first_day.done("somebody-else") == set()
