"""Payer, standing, language and needs of a patient: typed, shown, kept by every other form."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.practice import particulars
from practicebox.store.records import Patient
from practicebox.web.staff import patient_form
from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors

WHO = {name: PLANNED[name] for name in ("patient", "born", "address", "phone", "email")}
MORE = {
    "payer": "pkv",
    "standing": "new",
    "language": "tr",
    "need_interpreter": "yes",
    "need_large_type": "yes",
}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def kept(patient: Patient) -> tuple[object, ...]:
    return patient.payer, patient.standing, patient.language, patient.needs


KEPT = ("pkv", "new", "tr", ("large_type", "interpreter"))


async def test_they_are_kept_and_shown(doors: Doors) -> None:
    appointment = await doors.plan()
    address = f"/patients/{appointment.patient_id}"
    assert (await doors.staff.post(f"{address}/edit", {**WHO, **MORE})).status == 303
    assert kept((await doors.box.store.patients.get(appointment.patient_id)).patient) == KEPT
    page = await doors.staff.get(address)
    for words in ("Private Krankenversicherung (PKV)", "Neu in der Praxis", "Türkisch"):
        assert words in page.words
    assert "Große Schrift, Dolmetscherin oder Dolmetscher" in page.words
    form = await doors.staff.get(f"{address}/edit")
    assert 'value="pkv" selected' in form.source and 'value="tr" selected' in form.source
    assert 'name="need_interpreter" value="yes" checked' in form.source
    assert 'name="need_wheelchair" value="yes">' in form.source


async def test_what_is_not_offered_is_refused_beside_its_field(doors: Doors) -> None:
    appointment = await doors.plan()
    address = f"/patients/{appointment.patient_id}/edit"
    for name in ("payer", "standing", "language"):
        page = await doors.staff.post(address, {**WHO, **MORE, name: "xx"})
        assert page.status == 422 and "Bitte wählen Sie eine der Möglichkeiten." in page.words
        assert f'id="{name}-error"' in page.source and page.typed["patient"] == WHO["patient"]


async def test_the_form_of_an_appointment_loses_nothing_of_it(doors: Doors) -> None:
    """It posts neither payer nor language: changing, choosing, adding and assigning keep them."""
    store = doors.box.store
    appointment = await doors.plan()
    whose = appointment.patient_id
    await doors.staff.post(f"/patients/{whose}/edit", {**WHO, **MORE})
    edit = f"/appointments/{appointment.id}/edit"
    await doors.staff.post(edit, {**PLANNED, "time": "16:00", "phone": "030 2"})
    record = await store.patients.get(whose)
    assert (kept(record.patient), record.patient.phone) == (KEPT, "030 2")
    await doors.staff.post(edit, {**PLANNED, "patient": "Alice Novak", "person": "same"})
    record = await store.patients.get(whose)
    assert (kept(record.patient), record.patient.name) == (KEPT, "Alice Novak")
    named = {"patient": "Alice Novak", "date": "2027-01-20"}
    again = await doors.plan(**named, patient_id=whose)
    found = await doors.plan(**named, time="17:00", address="", phone="", email="")
    assert again.patient_id == found.patient_id == whose
    assert kept((await store.patients.get(whose)).patient) == KEPT
    other = await doors.plan(patient="Bob", born="", date="2027-01-21")
    await doors.staff.post(f"/appointments/{other.id}/patient", {"patient_id": whose})
    assert kept((await store.appointments.get(other.id)).patient) == KEPT


async def test_the_copy_for_the_patient_has_them(doors: Doors) -> None:
    appointment = await doors.plan()
    address = f"/patients/{appointment.patient_id}"
    await doors.staff.post(f"{address}/edit", {**WHO, **MORE})
    origin = f"http://{doors.staff.client.host}:{doors.staff.client.port}"
    async with doors.staff.client.post(f"{address}/export", headers={"Origin": origin}) as answer:
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    found = json.loads(archive.read("auskunft.json"))["patient"]
    assert [found[name] for name in ("payer", "standing", "language")] == ["pkv", "new", "tr"]
    assert found["needs"] == ["large_type", "interpreter"]
    sheet = " ".join(" ".join(pages(archive.read("auskunft.pdf"))).split())
    for words in ("Private Krankenversicherung", "Türkisch", "Große Schrift", "Neu in der Praxis"):
        assert words in sheet


def test_every_key_has_words() -> None:
    assert tuple(patient_form.PAYERS) == particulars.PAYERS
    assert tuple(patient_form.STANDINGS) == particulars.STANDINGS
    assert tuple(patient_form.NEEDS) == particulars.NEEDS
    names = patient_form.language_names("de")
    assert len(names) == len(particulars.LANGUAGES) == len(set(names.values()))
    assert (names["uk"], names["fa"], names["ti"]) == ("Ukrainisch", "Persisch", "Tigrinya")
    assert not any(key == name for key, name in names.items())
