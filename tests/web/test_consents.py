"""Consents at the desk: noted, scanned in, revoked, printed; and the texts in versions."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from practicebox.practice.consents import CONSENT
from practicebox.store.records import Appointment
from tests.post.samples import pages
from tests.web.both_doors import Doors, both_doors, details
from tests.web.staff_box import Page

TODAY = {"date": "2027-01-18", "time": "09:30", "minutes": "30"}
SIGNED = {"how": "paper", "day": "2027-01-17", "until": ""}
RELEASE = {**SIGNED, "persons": "Beate Berg, Schwester\n\nDr. Ötzi", "until": "2027-01-18"}
PDF = b"%PDF-1.7 gescannt"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


@pytest.fixture
async def appointment(doors: Doors) -> Appointment:
    return await doors.plan(**TODAY)


async def note(doors: Doors, patient: str, form: str, fields: Mapping[str, str]) -> Page:
    return await doors.staff.post(f"/patients/{patient}/consents/{form}", fields)


async def upload(doors: Doors, patient: str, fields: Mapping[str, str], content: bytes) -> Page:
    """The form with a file, as a browser sends it."""
    client = doors.staff.client
    data = aiohttp.FormData(dict(fields))
    data.add_field("file", BytesIO(content), filename="../<script>.exe", content_type="text/html")
    async with client.post(
        f"/patients/{patient}/consents/consent",
        data=data,
        headers={"Origin": f"http://{client.host}:{client.port}"},
        allow_redirects=False,
    ) as response:
        return Page(response, await response.text())


async def test_it_is_noted_seen_everywhere_and_revoked(
    doors: Doors, appointment: Appointment
) -> None:
    patient = appointment.patient_id
    assert "Einwilligung fehlt" in (await doors.staff.get("/")).words
    assert "Videosprechstunde: fehlt" in (await doors.staff.get(f"/patients/{patient}")).words
    page = await note(doors, patient, "consent", SIGNED)
    assert page.location == f"/patients/{patient}/consents?said=consent_noted"
    assert "Einwilligung liegt vor" in (await doors.staff.get("/day")).words
    assert "17.01.2027, Martin Winkler" in (await details(doors, appointment)).words
    page = await doors.staff.get(f"/patients/{patient}/consents")
    assert "17.01.2027, auf Papier unterschrieben, Fassung 1" in page.words
    (one,) = await doors.box.store.consents.of(patient)
    page = await doors.staff.post(f"/patients/{patient}/consents/{one.id}/revoke", {})
    assert page.location == f"/patients/{patient}/consents?said=consent_revoked"
    assert "Einwilligung widerrufen" in (await doors.staff.get("/day")).words
    assert "wurde widerrufen" in (await details(doors, appointment)).words
    page = await doors.staff.get(f"/patients/{patient}/consents")
    assert "widerrufen am 18.01.2027" in page.words
    assert (await doors.staff.post(f"/patients/{patient}/consents/x/revoke", {})).status == 404


async def test_a_release_names_persons_and_runs_out(doors: Doors, appointment: Appointment) -> None:
    patient = appointment.patient_id
    page = await note(doors, patient, "release", {**RELEASE, "persons": " "})
    assert page.status == 422
    assert page.focused == "persons"
    await note(doors, patient, "release", RELEASE)
    (one,) = await doors.box.store.consents.of(patient)
    assert one.persons == ("Beate Berg, Schwester", "Dr. Ötzi")
    path = f"/patients/{patient}/forms/release.pdf"
    given = " ".join(pages(await doors.staff.body(f"{path}?consent={one.id}"))).replace("\n", " ")
    assert "Beate Berg, Schwester; Dr. Ötzi" in given
    assert "18.01.2027" in given
    blank = " ".join(pages(await doors.staff.body(path)))
    assert "Alice Krejčová" in blank and "Beate" not in blank
    assert (await doors.staff.get(f"{path}?consent=x")).status == 404


@pytest.mark.parametrize(
    ("changes", "bad", "words"),
    [
        ({"how": "page"}, "how", "Bitte wählen Sie"),
        ({"day": "2027-01-19"}, "day", "Dieser Tag ist nicht möglich."),
        ({"day": "1890-01-01"}, "day", "Dieser Tag ist nicht möglich."),
        ({"day": "gestern"}, "day", "Tag, Monat und Jahr"),
        ({"until": "nie"}, "until", "Tag, Monat und Jahr"),
        ({"until": "2027-01-16"}, "until", "letzte Tag liegt vor"),
        ({"how": "scan"}, "file", "Bitte wählen Sie die eingescannte Datei."),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field(
    doors: Doors, appointment: Appointment, changes: dict[str, str], bad: str, words: str
) -> None:
    page = await note(doors, appointment.patient_id, "consent", {**SIGNED, **changes})
    assert page.status == 422
    assert f'id="{bad}-error"' in page.source
    assert words in page.words
    assert await doors.box.store.consents.of(appointment.patient_id) == ()


async def test_a_scan_comes_back_as_a_file_and_never_as_a_page(
    doors: Doors, appointment: Appointment
) -> None:
    patient = appointment.patient_id
    assert (await upload(doors, patient, {**SIGNED, "how": "scan"}, PDF)).status == 303
    (one,) = await doors.box.store.consents.of(patient)
    async with doors.staff.client.get(f"/patients/{patient}/consents/{one.id}/scan") as answer:
        assert await answer.read() == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        expected = 'attachment; filename="einwilligung.pdf"'
        assert answer.headers["Content-Disposition"] == expected
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (await doors.staff.get(f"/patients/{patient}/consents/x/scan")).status == 404
    path = f"/patients/{patient}/export"
    client = doors.staff.client
    headers = {"Origin": f"http://{client.host}:{client.port}"}
    async with client.post(path, headers=headers) as answer:
        packed = zipfile.ZipFile(BytesIO(await answer.read()))
    told = json.loads(packed.read("auskunft.json"))["patient"]["consents"]
    assert [(each["form"], each["how"]) for each in told] == [("consent", "scan")]
    assert packed.read(told[0]["scan"]) == PDF
    assert "erteilt am 17. Januar 2027" in " ".join(pages(packed.read("auskunft.pdf")))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload=alert(1)>", "Bitte wählen Sie eine Datei im Format PDF"),
        (b"GIF89a", "Bitte wählen Sie eine Datei im Format PDF"),
        (PDF + b"x" * 5 * 1024 * 1024, "höchstens 5 MB"),
    ],
)
async def test_other_files_are_refused(
    doors: Doors, appointment: Appointment, content: bytes, words: str
) -> None:
    page = await upload(doors, appointment.patient_id, {**SIGNED, "how": "scan"}, content)
    assert page.status == 422
    assert words in page.words
    assert await doors.box.store.consents.of(appointment.patient_id) == ()


async def test_a_form_that_breaks_off_keeps_nothing(doors: Doors, appointment: Appointment) -> None:
    client, patient = doors.staff.client, appointment.patient_id
    headers = {
        "Origin": f"http://{client.host}:{client.port}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    for body in (b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="how"\r\n\r\npap'):
        path = f"/patients/{patient}/consents/consent"
        async with client.post(path, data=body, headers=headers) as answer:
            assert answer.status == 422
    assert await doors.box.store.consents.of(patient) == ()


async def test_only_what_is_there_has_pages(doors: Doors, appointment: Appointment) -> None:
    patient = appointment.patient_id
    for path in (
        "/forms/other",
        "/forms/other.pdf",
        f"/patients/{patient}/consents/other",
        f"/patients/{patient}/forms/other.pdf",
        "/patients/nobody/consents",
        "/patients/nobody/forms/consent.pdf",
    ):
        assert (await doors.staff.get(path)).status == 404, path


async def test_a_text_is_changed_seen_and_kept_as_a_version(doors: Doors) -> None:
    page = await doors.staff.get("/forms/consent")
    before = (await doors.box.store.form_texts.all())[CONSENT][-1].text
    fields = {"title": before.title, "short": before.short, "text": before.text}
    assert (await doors.staff.post("/forms/consent", fields)).location.endswith("form_same")
    changed = {**fields, "short": "Ganz kurz, {Praxis}."}
    page = await doors.staff.post("/forms/consent", changed)
    assert page.status == 200
    assert "<ins>" in page.source and "<del>" in page.source
    assert "ALS FASSUNG 2 SPEICHERN" in page.words
    seen = {**changed, "seen": page.typed["seen"]}
    assert (await doors.staff.post("/forms/consent", seen)).status == 422
    other = {**seen, "short": "Anders", "renew": "no"}
    assert "Anders" in (await doors.staff.post("/forms/consent", other)).words
    assert len((await doors.box.store.form_texts.all())[CONSENT]) == 1, "not seen, not kept"
    page = await doors.staff.post("/forms/consent", {**seen, "renew": "yes"})
    assert page.location == "/forms?said=form_saved"
    first, second = (await doors.box.store.form_texts.all())[CONSENT]
    assert (first.text, second.text.short, second.renew) == (before, "Ganz kurz, {Praxis}.", True)
    page = await doors.staff.get("/forms/consent")
    assert "Fassung 2, 18.01.2027, neu eingeholt" in page.words
    assert "Ganz kurz, Praxis Winkler." not in " ".join(
        pages(await doors.staff.body("/forms/consent.pdf"))
    ), "the sheet has the whole text"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Bitte geben Sie einen Titel ein."),
        ({"text": ""}, "Bitte geben Sie einen Text ein."),
        ({"text": "Liebe {Patientin}"}, "„{Patientin}“ bedeutet hier nichts."),
        ({"short": "Nur für {Personen}"}, "Möglich sind: {Praxis}, {Anschrift}"),
        ({"short": "x" * 601}, "601 Zeichen; es passen höchstens 600."),
    ],
)
async def test_a_text_that_can_not_be_is_still_in_the_form(
    doors: Doors, changes: dict[str, str], words: str
) -> None:
    fields = {"title": "Titel <b>", "short": "Kurz", "text": "Lang"} | changes
    page = await doors.staff.post("/forms/consent", fields)
    assert page.status == 422
    assert words in page.words
    assert "Titel <b>" in page.typed.values() or "title" in changes


async def test_every_form_can_be_printed_blank(doors: Doors) -> None:
    for form in ("consent", "privacy", "release"):
        text = " ".join(pages(await doors.staff.body(f"/forms/{form}.pdf"))).replace("\n", " ")
        assert "Praxis Winkler" in text
        assert "{" not in text
        assert "Fassung 1" in text
