"""A file of another program becomes patients: looked at, corrected, taken; and the way back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from practicebox.practice import csv_text
from practicebox.practice.particulars import LANGUAGES, NEEDS, PAYERS, STANDINGS
from practicebox.practice.patient_csv import assign, read_rows
from practicebox.store.audit.audit import Action, Noted
from practicebox.store.audit.audit import Entry as Deed
from practicebox.store.audit.log import Filter
from practicebox.store.patients.register import Register
from practicebox.store.patients.rows import PatientRecord, Prepared
from practicebox.store.records import Patient
from practicebox.web.language import load
from practicebox.web.staff import patients_directory, patients_import
from practicebox.web.staff.import_drafts import as_patient
from tests.store.world import NOON
from tests.web.both_doors import Doors, both_doors
from tests.web.staff_box import Page

FILE = (
    "Nachname;Vorname;geb.;Straße;PLZ;Ort;Krankenkasse;Quelle\r\n"
    'Müller;Max;1.2.1950;"Weg 1";12345;Ort;AOK;x\r\n'
    "Krejčová;Alice;12.5.44;Neuer Weg 2;54321;Stadt;privat;x\r\n"
    "Novak;Bob;31.2.1980;;;;;x\r\n"
    ";;;;;;AOK;x\r\n"
    "Müller;Max;01.02.1950;;;;;x\r\n"
)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def upload(doors: Doors, content: bytes, name: str = "file") -> Page:
    client = doors.staff.client
    form = aiohttp.FormData()
    form.add_field(name, io.BytesIO(content), filename="patienten.csv", content_type="text/csv")
    headers = {"Origin": f"http://{client.host}:{client.port}"}
    async with client.post(
        "/patients/import", data=form, headers=headers, allow_redirects=False
    ) as answer:
        return Page(answer, await answer.text())


async def noted_as(doors: Doors, action: Action) -> list[Deed]:
    page = await doors.box.store.audit.page(Filter(), 100)
    entries = [one.entry for one in page.entries if isinstance(one, Noted)]
    return [entry for entry in entries if entry.action is action]


async def start(doors: Doors, **fields: str) -> Page:
    """Take the rows and wait for the end of it."""
    page = await doors.staff.post("/patients/import/start", fields)
    assert page.status == 303, page.words
    app: Any = doors.staff.client.app
    for draft, _ in app[patients_import.DRAFTS]._drafts.values():
        await asyncio.wait([draft.task])
    return await doors.staff.get("/patients/import")


async def test_the_file_is_shown_before_anything_is_stored(doors: Doors) -> None:
    await doors.plan()
    assert (await upload(doors, FILE.encode("cp1252", "replace"))).location == "/patients/import"
    page = await doors.staff.get("/patients/import")
    await upload(doors, FILE.encode("utf-16"))
    page = await doors.staff.get("/patients/import")
    for words in (
        "1 neue Person",
        "1 schon im Verzeichnis",
        "3 Zeilen mit Fehlern",
        "Zeile 4 Das Geburtsdatum ist kein Datum wie 12.05.1944. Novak; Bob; 31.2.1980",
        "Zeile 5 Der Name fehlt.",
        "Zeile 6 Eine frühere Zeile hat denselben Namen und dasselbe Geburtsdatum.",
        "Müller · Krejčová · Novak",
    ):
        assert words in page.words
    assert len(doors.box.store.patients.search("", 9)) == 1


async def test_good_rows_are_taken_and_the_others_come_back(doors: Doors) -> None:
    known = (await doors.plan(address="")).patient_id
    await upload(doors, FILE.encode())
    page = await start(doors, known="skip")
    assert "1 neue Person" in page.words and "4 Zeilen nicht übernommen" in page.words
    store = doors.box.store
    [max_] = store.patients.search("max", 9)
    patient = (await store.patients.get(max_.id)).patient
    assert (patient.address, patient.payer) == (("Weg 1", "12345 Ort"), "gkv")
    assert (await store.patients.get(known)).patient.address == ()
    rejected = csv_text.read(await doors.staff.body("/patients/import/rejected.csv"))
    assert rejected.headings[-2:] == ("Zeile", "Grund")
    assert [record.cells[-2:] for record in rejected.records] == [
        ("3", "Steht schon im Verzeichnis."),
        ("4", "Das Geburtsdatum ist kein Datum wie 12.05.1944."),
        ("5", "Der Name fehlt."),
        ("6", "Eine frühere Zeile hat denselben Namen und dasselbe Geburtsdatum."),
    ]
    [noted] = await noted_as(doors, Action.PATIENTS_IMPORTED)
    assert noted.detail == "1"
    await doors.staff.post("/patients/import/stop", {})
    assert "CSV-Datei" in (await doors.staff.get("/patients/import")).words


async def test_who_is_known_may_be_completed(doors: Doors) -> None:
    known = (await doors.plan(address="", phone="030 1")).patient_id
    await upload(doors, FILE.encode())
    page = await start(doors, known="update")
    assert "1 ergänzt" in page.words and "3 Zeilen nicht übernommen" in page.words
    patient = (await doors.box.store.patients.get(known)).patient
    assert patient.address == ("Neuer Weg 2", "54321 Stadt")
    assert (patient.phone, patient.payer) == ("030 1", "pkv")


async def test_columns_are_corrected_by_hand(doors: Doors) -> None:
    await upload(doors, b"A;B;C\nMax;M\xfcller;1.2.1950\n")
    page = await doors.staff.get("/patients/import")
    assert "1 Zeile mit Fehler" in page.words and "0 neue Personen" in page.words
    address = "/patients/import/columns"
    twice = {"column_0": "first", "column_1": "first", "column_2": "born"}
    page = await doors.staff.post(address, twice)
    assert page.status == 422 and "Zwei Spalten können nicht dasselbe sein." in page.words
    assert (await doors.staff.post(address, {**twice, "column_1": "x"})).status == 422
    await doors.staff.post(address, {**twice, "column_1": "last"})
    page = await start(doors)
    assert "1 neue Person" in page.words
    [found] = doors.box.store.patients.search("max müller", 9)
    assert found.born == date(1950, 2, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Bitte wählen Sie eine Datei aus."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "keine lesbare CSV-Datei"),
        (b"Name;Ort\n", "keine Zeilen"),
        (b"Name\n" + b"x\n" * 50_001, "zu groß"),
        (b"Name;Ort\n" + b"x" * patients_import.LARGEST, "zu groß"),
    ],
    ids=["empty", "picture", "headings alone", "many rows", "large"],
)
async def test_a_file_that_is_none_is_refused_in_words(
    doors: Doors, content: bytes, words: str
) -> None:
    page = await upload(doors, content)
    assert page.status == 422 and words in page.words


async def test_what_is_no_form_with_a_file_is_refused_in_words(doors: Doors) -> None:
    page = await doors.staff.post("/patients/import", {"file": "x"})
    assert page.status == 422 and "Bitte wählen Sie eine Datei aus." in page.words
    assert (await upload(doors, b"x", "other")).status == 422
    for path in ("columns", "start"):
        page = await doors.staff.post(f"/patients/import/{path}", {})
        assert page.location == "/patients/import?said=import_gone"


async def test_a_file_belongs_to_its_session(doors: Doors) -> None:
    await upload(doors, FILE.encode())
    app: Any = doors.staff.client.app
    drafts = app[patients_import.DRAFTS]
    assert drafts.get("somebody else") is None and len(drafts._drafts) == 1
    await doors.staff.post("/logout", {})
    assert drafts._drafts == {}


async def test_an_import_that_fails_takes_nothing(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(register: Register, keyring: object, prepared: Sequence[Prepared]) -> None:
        real(register, keyring, prepared)  # type: ignore[arg-type]  # as it was given
        raise OSError("the disk is gone")

    real = Register.add_prepared
    monkeypatch.setattr(Register, "add_prepared", failing)
    await upload(doors, b"Name\nAlice\nBob\n")
    page = await start(doors)
    assert "Es wurde nichts übernommen" in page.words
    assert doors.box.store.patients.search("", 9) == []


async def test_the_directory_is_exported_and_noted(doors: Doors) -> None:
    await doors.plan(phone="+49 151 1")
    client = doors.staff.client
    headers = {"Origin": f"http://{client.host}:{client.port}"}
    async with client.post("/patients/directory", headers=headers) as answer:
        content = await answer.read()
        assert answer.headers["Content-Disposition"] == 'attachment; filename="patienten.csv"'
    assert content.startswith(b"\xef\xbb\xbf") and b"'+49 151 1" in content
    assert "Alice Krejčová;12.05.1944;" in content.decode()
    [noted] = await noted_as(doors, Action.DIRECTORY_EXPORTED)
    assert noted.detail == "1"


@pytest.mark.parametrize("locale", ["de", "en"])
def test_what_is_exported_is_imported_again(locale: str) -> None:
    people = [
        Patient("=SUM(A1)", None, ("+1 Weg; 2", '12345 "Ort"'), "+49 30 1", "-a@example.org"),
        Patient("Müller, Max", date(1944, 5, 12), ("'=x",), "@1"),
        *(Patient("A", payer=payer) for payer in PAYERS),  # type: ignore[arg-type]  # the keys
        *(Patient("B", standing=one) for one in STANDINGS),  # type: ignore[arg-type]  # the keys
        *(Patient("C", language=language) for language in LANGUAGES),
        *(Patient("D", needs=(need,)) for need in NEEDS),
        Patient("E", needs=NEEDS),
    ]
    records = [PatientRecord(str(n), n, one, NOON, ()) for n, one in enumerate(people)]
    translate = load().by_code[locale].gettext
    content = csv_text.write(patients_directory.as_rows(records, translate, locale))
    table = csv_text.read(content)
    rows = list(read_rows(table.records, assign(table.headings), NOON.date()))
    assert [row.flaw for row in rows] == [None] * len(people)
    assert [as_patient(row.patient) for row in rows if row.patient] == people
