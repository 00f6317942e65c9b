"""The short documentation: for those who treat, never lost while it is typed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.store.appointments import notes
from tests.web.both_doors import Doors, both_doors, details


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def test_a_note_is_added_and_told_to_the_patient_who_asks(doors: Doors) -> None:
    appointment = await doors.plan()
    path = f"/appointments/{appointment.id}/notes"
    assert f'href="{path}"' in (await details(doors, appointment)).source
    page = await doors.staff.post(path, {"note": "Wunde heilt.\nFäden <ziehen>."})
    assert page.location == f"{path}?said=note_added"
    page = await doors.staff.get(path)
    assert "18.01.2027, Martin Winkler, 09:00 Uhr Wunde heilt. Fäden <ziehen>." in page.words
    export = await doors.box.store.patients.export(appointment.patient_id)
    assert export.notes[appointment.id][0].text == "Wunde heilt.\nFäden <ziehen>."


async def test_what_can_not_be_kept_is_still_in_the_form(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = await doors.plan()
    path = f"/appointments/{appointment.id}/notes"
    assert (await doors.staff.post(path, {"note": " \n"})).status == 422
    page = await doors.staff.post(path, {"note": "x" * 4001})
    assert (page.status, "4001 Zeichen; es passen höchstens 4000" in page.words) == (422, True)
    assert "x" * 4001 in page.source
    monkeypatch.setattr(notes, "MOST", 0)
    page = await doors.staff.post(path, {"note": "Wunde heilt."})
    assert (page.status, "Wunde heilt." in page.source) == (422, True)
    assert await doors.box.store.notes.of(appointment.id) == ()
