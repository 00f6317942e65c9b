"""Parts of pages that are made once: right after every change, and gone with the keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from pathlib import Path

import pytest
from markupsafe import Markup

from practicebox.practice.day import Event
from practicebox.web.render import FRAGMENTS
from tests.web.both_doors import Doors, both_doors

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}  # it is 9:00 in Berlin


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def kept_by(doors: Doors) -> dict[Hashable, Markup]:
    app = doors.staff.client.app
    assert app
    return app[FRAGMENTS]


async def test_a_row_is_made_once_and_anew_when_something_happened(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    kept = kept_by(doors)
    first = (await doors.staff.get("/")).source
    assert "erwartet" in first
    made = dict(kept)
    assert (await doors.staff.get("/")).source == first
    assert kept == made, "nothing had changed"
    await doors.box.store.attendance.note(appointment.id, Event.BEGAN, appointment.starts)
    await doors.box.store.attendance.note(appointment.id, Event.ENDED, appointment.starts)
    assert "hat stattgefunden" in (await doors.staff.get("/")).words


async def test_a_name_does_not_outlive_the_keys(doors: Doors) -> None:
    await doors.plan(**TODAY)
    assert "Krejčová" in (await doors.staff.get("/")).words
    kept = kept_by(doors)
    assert any("Krejčová" in part for part in kept.values())
    doors.box.store.lock()
    assert not kept


async def test_rows_in_one_language_are_not_shown_in_another(doors: Doors) -> None:
    await doors.plan(**TODAY)
    assert "erwartet" in (await doors.staff.get("/")).words
    doors.staff.headers["Accept-Language"] = "en"
    assert "expected" in (await doors.staff.get("/")).words
