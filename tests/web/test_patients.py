"""The directory on the staff door: search, a patient's page, whose appointment it is, deletion."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.practice.day import Event
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.patients.directory import Progress
from practicebox.store.records import Appointment
from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors, details

NO_DATA = {"born": "", "address": "", "phone": "", "email": ""}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def patient_of(doors: Doors, appointment: Appointment) -> str:
    return (await doors.box.store.appointments.get(appointment.id)).patient_id


async def export(doors: Doors, patient_id: str) -> zipfile.ZipFile:
    origin = f"http://{doors.staff.client.host}:{doors.staff.client.port}"
    async with doors.staff.client.post(
        f"/patients/{patient_id}/export", headers={"Origin": origin}
    ) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/zip"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="auskunft.zip"'
        return zipfile.ZipFile(io.BytesIO(await answer.read()))


async def test_a_planned_appointment_puts_the_patient_into_the_directory(doors: Doors) -> None:
    appointment = await doors.plan()
    page = await doors.staff.get("/patients")
    assert "Alice Krejčová geboren am 12.05.1944" in page.words
    page = await doors.staff.get(f"/patients/{appointment.patient_id}")
    for words in (
        "Alice Krejčová",
        "12.05.1944",
        "Lindenallee 7",
        "0151 2345678",
        "19.01.2027, 15:30 Uhr",
    ):
        assert words in page.words
    assert f'href="/appointments/{appointment.id}"' in page.source


@pytest.mark.parametrize("typed", ["krejcova", "ALICE", "jčo", "kova alice", "rejč"])
async def test_the_search_finds_any_part_of_the_name(doors: Doors, typed: str) -> None:
    await doors.plan()
    await doors.plan(patient="Max Müller", born="1950-01-01", time="16:30")
    page = await doors.staff.post("/patients/search", {"q": typed})
    found = "Alice Krejčová" in page.words
    assert found == (typed != "kova alice") and "Max Müller" not in page.words


async def test_umlauts_are_found_in_every_spelling(doors: Doors) -> None:
    await doors.plan(patient="Max Müller")
    for typed in ("müll", "muell", "MÜLLER max"):
        page = await doors.staff.post("/patients/search", {"q": typed})
        assert "Max Müller" in page.words
    page = await doors.staff.post("/patients/search", {"q": "Niemand"})
    assert "Niemand im Verzeichnis heißt so." in page.words


async def test_the_search_answers_scripts_with_json(doors: Doors) -> None:
    await doors.plan()
    doors.staff.headers["Accept"] = "application/json"
    page = await doors.staff.post("/patients/search", {"q": "ali"})
    answer = json.loads(page.source)
    assert [one["name"] for one in answer["patients"]] == ["Alice Krejčová"]
    assert answer["patients"][0]["born"] == "1944-05-12"
    assert answer["reading"] is False


async def test_the_bar_shows_from_ten_thousand_on(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doors.plan()
    patients = doors.box.store.patients
    for total, shown in ((9_999, False), (10_000, True)):
        monkeypatch.setattr(patients, "progress", lambda total=total: Progress(4_000, total))
        page = await doors.staff.get("/patients")
        assert ('id="reading" data-url="/patients/progress">' in page.source) == shown
        assert "Alice Krejčová" in page.words  # usable meanwhile


async def test_the_same_name_and_birth_date_is_the_same_patient(doors: Doors) -> None:
    first = await doors.plan()
    second = await doors.plan(date="2027-01-20", phone="", email="", address="")
    assert first.patient_id == second.patient_id
    assert second.patient.phone == PLANNED["phone"]  # what was left empty stays as it is known
    other = await doors.plan(date="2027-01-21", born="1944-05-13")
    assert other.patient_id != first.patient_id


async def test_reception_is_told_that_the_patient_was_known(doors: Doors) -> None:
    await doors.plan()
    page = await doors.staff.post("/appointments/new", {**PLANNED, "date": "2027-01-20"})
    page = await doors.staff.get(page.location)
    assert "war schon bekannt" in page.words
    assert "Termin gehört jemand anderem?" in page.words


async def test_without_a_birth_date_nothing_is_taken_over_from_a_namesake(doors: Doors) -> None:
    known = await doors.plan(born="")
    quick = await doors.plan(**NO_DATA, time="16:30")
    assert quick.patient_id != known.patient_id
    assert quick.patient.address == ()
    again = await doors.plan(**NO_DATA, time="17:30")
    assert again.patient_id == quick.patient_id


async def test_reception_gives_an_appointment_to_somebody_else(doors: Doors) -> None:
    known = await doors.plan()
    quick = await doors.plan(**NO_DATA, time="16:30")
    page = await doors.staff.get(f"/appointments/{quick.id}/patient")
    assert "Alice Krejčová , geboren am 12.05.1944" in page.words
    address = f"/appointments/{quick.id}/patient"
    assert (await doors.staff.post(address, {})).status == 422
    page = await doors.staff.post(address, {"patient_id": known.patient_id})
    assert page.location == f"/appointments/{quick.id}?said=assigned"
    now = await doors.box.store.appointments.get(quick.id)
    assert (now.patient, now.patient_id) == (known.patient, known.patient_id)
    assert (await doors.box.store.patients.get(quick.patient_id)).appointments == ()
    await doors.staff.post(address, {"patient_id": "new"})
    assert await patient_of(doors, quick) not in (known.patient_id, quick.patient_id)


async def test_another_name_in_the_form_asks_who_it_is(doors: Doors) -> None:
    appointment = await doors.plan()
    earlier = await doors.plan(date="2027-01-18", time="19:00")
    address = f"/appointments/{appointment.id}/edit"
    fields = {**PLANNED, "patient": "Alice Novak"}
    page = await doors.staff.post(address, fields)
    assert page.status == 422 and page.typed["patient"] == "Alice Novak"
    assert "Um wen geht es?" in page.words
    await doors.staff.post(address, {**fields, "person": "same"})
    assert (await doors.box.store.appointments.get(earlier.id)).patient.name == "Alice Novak"
    assert "Alice Novak" in (await doors.staff.get("/appointments")).words
    assert "Krejčová" not in (await doors.staff.get("/appointments")).words
    other = {**PLANNED, "patient": "Bob Novak", "person": "other"}
    page = await doors.staff.get((await doors.staff.post(address, other)).location)
    assert "hat neue Zugangscodes" in page.words
    assert (await doors.join({"code": appointment.codes.patient}))[0] == 404
    assert (await doors.box.store.appointments.get(earlier.id)).patient.name == "Alice Novak"
    assert await patient_of(doors, appointment) != earlier.patient_id


async def test_a_new_appointment_begins_with_a_known_patient(doors: Doors) -> None:
    appointment = await doors.plan(born="")
    page = await doors.staff.get(f"/appointments/new?patient={appointment.patient_id}")
    assert page.typed["patient"] == "Alice Krejčová"
    assert page.typed["patient_id"] == appointment.patient_id
    fields = {**PLANNED, "born": "", "date": "2027-01-21", "phone": "030 1"}
    second = await doors.plan(**fields, patient_id=appointment.patient_id)
    assert second.patient_id == appointment.patient_id
    assert (await doors.box.store.appointments.get(appointment.id)).patient.phone == "030 1"
    assert (await doors.staff.get("/appointments/new?patient=nobody")).typed["patient"] == ""


async def test_changed_data_count_for_all_appointments(doors: Doors) -> None:
    appointment = await doors.plan()
    address = f"/patients/{appointment.patient_id}/edit"
    page = await doors.staff.post(address, {**PLANNED, "patient": " ", "email": "x"})
    assert page.status == 422 and page.typed["email"] == "x"
    await doors.staff.post(address, {**PLANNED, "patient": "Alicia Krejčová"})
    assert "Alicia Krejčová" in (await details(doors, appointment)).words
    page = await doors.staff.post("/patients/search", {"q": "alicia"})
    assert "Alicia Krejčová" in page.words


async def test_deleting_says_what_goes_and_until_when_backups_hold_it(doors: Doors) -> None:
    appointment = await doors.plan()
    await doors.plan(date="2027-01-20")
    page = await doors.staff.get(f"/patients/{appointment.patient_id}/delete")
    for words in (
        "Alice Krejčová , geboren am 12.05.1944",
        "2 geplante Termine",
        "höchstens 35 Tage, bis Montag, 22. Februar 2027",
        "auch nicht mit dem Masterpasswort",
    ):
        assert words in page.words


async def test_a_deleted_patient_is_gone_everywhere(doors: Doors) -> None:
    appointment = await doors.plan()
    await doors.plan(patient="Bob Novak", time="16:30")
    page = await doors.staff.post(f"/patients/{appointment.patient_id}/delete", {})
    assert page.location == "/patients?said=patient_deleted"
    for path in ("/", "/appointments", "/patients"):
        page = await doors.staff.get(path)
        assert "Krejčová" not in page.words
    assert (await details(doors, appointment)).status == 404
    for path in ("", "/edit", "/delete"):
        assert (await doors.staff.get(f"/patients/{appointment.patient_id}{path}")).status == 404
    assert (await doors.join({"code": appointment.codes.patient}))[0] == 404
    with pytest.raises(NoSuchPatient):
        await doors.box.store.patients.get(appointment.patient_id)
    assert "Bob Novak" in (await doors.staff.get("/appointments")).words


async def test_the_export_holds_everything_but_the_keys(doors: Doors) -> None:
    appointment = await doors.plan()
    past = await doors.plan(date="2027-01-18", time="19:00", reason="Erstgespräch")
    doors.box.clock.forward(timedelta(hours=11))
    archive = await export(doors, appointment.patient_id)
    assert archive.namelist() == ["auskunft.pdf", "auskunft.json"]
    text = archive.read("auskunft.json").decode("ascii")
    found = json.loads(text)
    assert found["patient"]["name"] == "Alice Krejčová"
    assert found["patient"]["birth_date"] == "1944-05-12"
    assert [one["reason"] for one in found["appointments"]] == ["Erstgespräch", PLANNED["reason"]]
    assert found["appointments"][1]["starts"] == "2027-01-19T14:30:00+00:00"
    [sheet] = pages(archive.read("auskunft.pdf"))
    for words in (
        "Was über Sie gespeichert ist",
        "Alice Krejčová",
        "12. Mai 1944",
        "Lindenallee 7",
        "19.01.2027",
        "Erstgespräch",
        "Art. 15 DSGVO",
        "höchstens 35 Tage",
    ):
        assert words in " ".join(sheet.split())
    for one in (appointment, past):
        assert one.codes.patient not in text + sheet
        assert one.link.secret.hex() not in text


async def test_the_history_says_what_became_of_each_appointment(doors: Doors) -> None:
    store = doors.box.store
    held = await doors.plan(date="2027-01-18", time="19:00")
    missed = await doors.plan(date="2027-01-18", time="12:00")
    called_off = await doors.plan(date="2027-01-18", time="13:00")
    await doors.plan(date="2027-01-20")
    await store.attendance.note(held.id, Event.ARRIVED, held.starts)
    await store.attendance.note(held.id, Event.BEGAN, held.starts)
    await store.attendance.note(held.id, Event.ENDED, held.starts + timedelta(minutes=9))
    await store.appointments.cancel(called_off.id)
    doors.box.clock.forward(timedelta(hours=11))
    page = await doors.staff.get(f"/patients/{missed.patient_id}")
    assert "18.01.2027, 19:00 Uhr hat stattgefunden" in page.words
    assert "18.01.2027, 12:00 Uhr nicht gekommen" in page.words
    assert "18.01.2027, 13:00 Uhr abgesagt" in page.words
    assert "20.01.2027, 15:30 Uhr Vergangen" in page.words
