"""The consent on the patient's page: asked once, before the waiting room, locked or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.practice.consents import CONSENT
from practicebox.practice.form_text import FormText
from practicebox.practice.signature import LONGEST
from practicebox.store.audit.audit import BY_BOX
from practicebox.store.records import Appointment
from tests.web.both_doors import Doors, both_doors, details
from tests.web.staff_box import found, staff_box

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}  # it is 9:00 in Berlin
TICKS = {"alone": "yes", "no_recording": "yes", "protected": "yes"}
AGREED = {**TICKS, "version_consent": "1", "version_privacy": "1"}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        await opened.box.store.consent_door.switch(True, BY_BOX)
        yield opened


async def arrive(doors: Doors, **changes: str) -> Appointment:
    appointment = await doors.plan(**{**TODAY, **changes})
    assert (await doors.join_by_link(appointment))[0] == 200
    return appointment


async def joins(doors: Doors) -> int:
    """What the socket of the waiting room answers to a plain request: 400 is a foot in the door."""
    client = doors.patient.client
    async with client.get("/visit/signal", allow_redirects=False) as answer:
        return answer.status


async def test_a_practice_that_is_set_up_now_asks(tmp_path: Path) -> None:
    async with staff_box(tmp_path) as box:
        await found(box.browser)
        assert "checked" in (await box.browser.get("/forms")).source.split('name="ask"')[1][:30]


async def test_whoever_agrees_goes_on_and_is_never_asked_again(doors: Doors) -> None:
    appointment = await arrive(doors)
    assert (await doors.patient.get("/visit")).location == "/visit/consent"
    assert await joins(doors) == 403
    page = await doors.patient.get("/visit/consent")
    assert "Sie sprechen per Video mit Praxis Winkler." in page.words
    assert "Musterstraße 123, 12345 Musterhausen, Telefon 01234 5678 910" in page.words
    assert "EINVERSTANDEN UND WEITER" in page.words
    assert 'href="tel:012345678910"' in page.source
    assert "{" not in page.words
    page = await doors.patient.post("/visit/consent", {**AGREED, "signature": "1,1 9,9"})
    assert (page.status, page.location) == (303, "/visit")
    assert (await doors.patient.get("/visit")).status == 200
    assert await joins(doors) == 400
    assert (await doors.patient.get("/visit/consent")).location == "/visit"
    told = (await details(doors, appointment)).words
    assert told.count("18.01.2027, durch den Patienten") == 2
    assert "Zurücknehmen" not in told
    await arrive(doors, time="11:00")
    assert (await doors.patient.get("/visit")).status == 200


@pytest.mark.parametrize("missing", TICKS)
async def test_every_tick_counts_and_nothing_typed_is_lost(doors: Doors, missing: str) -> None:
    await arrive(doors)
    fields = {k: v for k, v in AGREED.items() if k != missing}
    page = await doors.patient.post("/visit/consent", {**fields, "signature": "1,1 9,9"})
    assert page.status == 422
    assert page.focused == missing
    assert page.ticked == set(TICKS) - {missing}
    assert page.typed["signature"] == "1,1 9,9"
    assert (await doors.patient.get("/visit")).location == "/visit/consent"


@pytest.mark.parametrize(
    "drawn",
    ["x", "1,1;", "1001,1", "1,301", '1,1"><script>', "1,1 " * (LONGEST // 4) + "1,1", "١,١"],
)
async def test_what_is_no_signature_is_not_kept(doors: Doors, drawn: str) -> None:
    await arrive(doors)
    page = await doors.patient.post("/visit/consent", {**AGREED, "signature": drawn})
    assert page.status == 422
    assert "Bitte unterschreiben Sie noch einmal" in page.words


async def test_a_locked_box_asks_and_the_desk_sees_it_after_the_login(doors: Doors) -> None:
    appointment = await arrive(doors)
    doors.box.store.lock()
    assert (await doors.patient.get("/visit")).location == "/visit/consent"
    assert (await doors.patient.post("/visit/consent", AGREED)).location == "/visit"
    assert (await doors.patient.get("/visit")).status == 200
    await doors.staff.post("/lock/open", {"password": "Ein guter Satz 7"})
    fields = {"organisation": "PWinkler", "user": "MartinW", "password": "Ein guter Satz 7"}
    await doors.staff.post("/login", fields)
    await doors.box.store.patients.settled()
    assert "18.01.2027, durch den Patienten" in (await details(doors, appointment)).words
    assert "Einwilligung liegt vor" in (await doors.staff.get("/day")).words


async def test_a_text_that_changes_meanwhile_is_shown_again(doors: Doors) -> None:
    await arrive(doors)
    new = FormText("Neuer Titel", "Neue Worte von {Praxis}.", "Alles neu")
    await doors.box.store.form_texts.publish(CONSENT, new, renew=False, by=BY_BOX)
    for version in ("1", "", "x", "9" * 40):
        fields = {**AGREED, "version_consent": version}
        page = await doors.patient.post("/visit/consent", fields)
        assert page.status == 409
        assert "Neue Worte von Praxis Winkler." in page.words
        assert page.ticked == set(TICKS)
    page = await doors.patient.post("/visit/consent", {**AGREED, "version_consent": "2"})
    assert page.location == "/visit"


async def test_a_patient_who_has_signed_at_the_desk_is_not_asked(doors: Doors) -> None:
    appointment = await doors.plan(**TODAY)
    for item in ("video_consent", "video_privacy"):
        await doors.staff.post(f"/appointments/{appointment.id}/papers", {"tick": item})
    await doors.join_by_link(appointment)
    assert (await doors.patient.get("/visit")).status == 200
    way = {"untick": "video_consent"}
    await doors.staff.post(f"/appointments/{appointment.id}/papers", way)
    assert (await doors.patient.get("/visit")).location == "/visit/consent"


async def test_without_a_visit_there_is_nothing_to_agree_to(doors: Doors) -> None:
    assert (await doors.patient.get("/visit/consent")).location == "/"
    assert (await doors.patient.post("/visit/consent", AGREED)).location == "/"


async def test_whoever_comes_to_confirm_afterwards_is_not_asked(doors: Doors) -> None:
    await arrive(doors)
    doors.box.clock.forward(timedelta(hours=12))
    page = await doors.patient.get("/visit")
    assert page.location in ("", "/")
