"""Duplicates: noticed while somebody is entered, listed, and joined field by field."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.store.records import Appointment
from tests.web.both_doors import PLANNED, Doors, both_doors

TYPED = {"patient": "Alica Krejčová", "born": "1944-05-12"}
EMPTY = {"address": "", "phone": "", "email": ""}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def two(doors: Doors) -> tuple[Appointment, Appointment]:
    """Alice twice, once with swapped day and month and another address."""
    first = await doors.plan(phone="")
    other = {"patient": "Krejcova Alice", "born": "1944-12-05", "address": "Am Markt 1"}
    return first, await doors.plan(**other, time="16:30")


async def test_who_is_like_somebody_known_is_said_while_typing(doors: Doors) -> None:
    appointment = await doors.plan()
    doors.staff.headers["Accept"] = "application/json"
    for typed in (TYPED, {**TYPED, "patient": "krejcova alice", "born": "1944-12-05"}):
        page = await doors.staff.post("/patients/resembling", typed)
        [found] = json.loads(page.source)["patients"]
        assert (found["id"], found["born"]) == (appointment.patient_id, "1944-05-12")
    for typed in ({"patient": "Al", "born": ""}, {}, {"patient": "x" * 500, "born": "gestern"}):
        page = await doors.staff.post("/patients/resembling", typed)
        assert json.loads(page.source) == {"patients": []}


async def test_the_form_of_an_appointment_takes_somebody_known(doors: Doors) -> None:
    known = (await doors.plan()).patient_id
    typed = {**PLANNED, **TYPED, **EMPTY, "time": "17:00", "reason": "Husten"}
    page = await doors.staff.post("/appointments/new", {**typed, "take": known})
    assert page.status == 200 and page.typed["patient_id"] == known
    assert (page.typed["patient"], page.typed["phone"]) == (PLANNED["patient"], PLANNED["phone"])
    assert (page.typed["reason"], page.typed["time"]) == ("Husten", "17:00")  # nothing is lost
    page = await doors.staff.post("/appointments/new", {**typed, "overlap": "yes"})
    assert page.location.endswith("?said=added_alike")
    page = await doors.staff.get(page.location)
    assert "fast den gleichen Angaben" in page.words


async def test_somebody_new_is_entered_without_an_appointment(doors: Doors) -> None:
    page = await doors.staff.get("/patients/new")
    assert 'value="new" selected' in page.source  # whoever is just added is new, unless said
    page = await doors.staff.post("/patients/new", {"patient": "Max Müller", "standing": "new"})
    assert page.location.endswith("?said=patient_added")
    assert "Neu in der Praxis" in (await doors.staff.get(page.location)).words


async def test_before_somebody_is_entered_twice_the_form_asks(doors: Doors) -> None:
    known = (await doors.plan(phone="")).patient_id
    typed = {**TYPED, "phone": "030 7"}
    page = await doors.staff.post("/patients/new", typed)
    assert page.status == 422 and "Um wen geht es?" in page.words
    assert "Es ist Alice Krejčová , geboren am 12.05.1944" in page.words
    assert page.typed["phone"] == "030 7"
    page = await doors.staff.post("/patients/new", {**typed, "resembles": known})
    assert page.location == f"/patients/{known}?said=saved"
    patient = (await doors.box.store.patients.get(known)).patient
    assert (patient.name, patient.phone) == ("Alice Krejčová", "030 7")
    page = await doors.staff.post("/patients/new", {**typed, "resembles": "new"})
    assert page.location.endswith("?said=patient_added")


async def test_the_list_leads_to_joining_field_by_field(doors: Doors) -> None:
    first, other = await two(doors)
    page = await doors.staff.get("/patients/duplicates")
    address = f"/patients/{first.patient_id}/join/{other.patient_id}"
    assert f'href="{address}"' in page.source and "Krejcova Alice" in page.words
    page = await doors.staff.get(address)
    assert "Am Markt 1" in page.words and "Lindenallee 7" in page.words
    assert "1 Termin kommt zu dem Eintrag, der bleibt." in page.words
    assert 'name="phone" id="phone-second" value="second" checked' in page.source  # the only one
    page = await doors.staff.post(address, {"name": "first", "born": "first"})
    assert page.status == 422 and "Bitte wählen Sie eine der Möglichkeiten." in page.words
    choice = {"name": "first", "born": "first", "address": "second", "phone": "second"}
    page = await doors.staff.post(address, choice)
    assert page.location == f"/patients/{first.patient_id}?said=merged"
    record = await doors.box.store.patients.get(first.patient_id)
    assert record.patient.name == "Alice Krejčová" and record.patient.address == ("Am Markt 1",)
    assert record.patient.phone == PLANNED["phone"]
    assert set(record.appointments) == {first.id, other.id}
    assert (await doors.staff.get(f"/patients/{other.patient_id}")).status == 404
    assert "Keine zwei Einträge" in (await doors.staff.get("/patients/duplicates")).words


async def test_who_waits_stays_and_the_letter_works(doors: Doors) -> None:
    first, other = await two(doors)
    assert (await doors.join({"code": other.codes.patient}))[0] == 200
    address = f"/patients/{first.patient_id}/join/{other.patient_id}"
    choice = dict.fromkeys(("name", "born", "address", "phone"), "first")
    assert (await doors.staff.post(address, choice)).status == 303
    async with doors.patient.client.get("/visit") as page:
        assert page.status == 200 and page.url.path == "/visit"
    doors.patient.client.session.cookie_jar.clear()
    assert (await doors.join_by_link(other))[0] == 200


async def test_an_entry_that_is_gone_is_said_in_words(doors: Doors) -> None:
    first, other = await two(doors)
    address = f"/patients/{first.patient_id}/join/{other.patient_id}"
    await doors.staff.post(f"/patients/{other.patient_id}/delete", {})
    choice = dict.fromkeys(("name", "born", "address", "phone"), "first")
    page = await doors.staff.post(address, choice)
    assert page.location == "/patients?said=merge_gone"
    assert "inzwischen gelöscht" in (await doors.staff.get(page.location)).words
    same = f"/patients/{first.patient_id}/join/{first.patient_id}"
    assert (await doors.staff.get(same)).status == 404
