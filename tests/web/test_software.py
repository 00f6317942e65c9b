"""The page on which the Hauptnutzer makes and ends accesses for software."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.practice.programs import read
from tests.web.both_doors import Doors, both_doors

NEW = {"name": "Praxisverwaltung", "may_appointments_read": "yes", "may_events_read": "yes"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def test_a_token_is_shown_once_and_ends_when_it_is_revoked(doors: Doors) -> None:
    page = await doors.staff.post("/software", NEW)
    found = re.search(r'id="token">(pbx_\w+)<', page.source)
    assert found and len(read(found[1])) == 32
    assert "wird nur jetzt gezeigt" in page.words and "/api/v1" in page.words
    [program] = await doors.box.store.programs.all()
    assert program.scopes == ("appointments:read", "events:read")
    listed = await doors.staff.get("/software")
    assert "Praxisverwaltung" in listed.words and found[1] not in listed.source
    assert (await doors.box.store.programs.enter(found[1])).id == program.id
    for _ in range(2):  # a double click
        page = await doors.staff.post("/software/revoke", {"program": program.id})
        assert page.location == "/software?said=program_revoked"
    assert "Noch kein Programm hat einen Zugang." in (await doors.staff.get("/software")).words
    log = (await doors.staff.get("/audit")).words
    assert "hat einen Zugang für das Programm Praxisverwaltung angelegt" in log
    assert "hat den Zugang des Programms Praxisverwaltung beendet" in log


async def test_what_is_missing_is_said_and_nothing_typed_is_lost(doors: Doors) -> None:
    page = await doors.staff.post("/software", {**NEW, "name": " "})
    assert (page.status, page.focused) == (422, "name")
    assert page.ticked == {"may_appointments_read", "may_events_read"}
    page = await doors.staff.post("/software", {"name": "Praxisverwaltung"})
    assert (page.status, page.focused) == (422, "may_appointments_read")
    assert page.typed["name"] == "Praxisverwaltung"
    assert await doors.box.store.programs.all() == []
