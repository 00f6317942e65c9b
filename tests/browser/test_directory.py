"""The directory in the browser: a file is taken, doubles are seen and joined."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.box import running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import onlooker

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FILE = """Nachname;Vorname;Geburtsdatum;Straße;PLZ;Ort;Telefon;Kostenträger;Sprache
Krejčová;Alica;12.05.1944;Lindenallee 7;12345;Musterhausen;0151 2345678;AOK;Tschechisch
Müller;Max;1.2.1950;"Am Weg 1
Hinterhaus";12345;Ort;;privat;
Novak;Bob;31.02.1980;;;;;;
"""


async def test_a_file_becomes_patients_and_doubles_become_one(
    tmp_path: Path,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    look = onlooker(request)
    pages.expect("422")
    file = tmp_path / "patienten.csv"
    file.write_bytes(FILE.encode("cp1252", "xmlcharrefreplace").replace(b"&#269;", b"c"))
    async with running_box(tmp_path, founded.disk) as box:
        page = await pages.open(await browsers.chromium(), "about:blank", locale="de-DE")
        await founded.log_in(page, box)
        await page.goto(f"{box.staff}/patients/import")
        await look(page, "import")
        await page.set_input_files("#file", file)
        await page.click("button:has-text('DATEI ANSEHEN')")
        await expect(page.locator(".verdict-good")).to_have_text("2 neue Personen")
        await look(page, "import-preview")
        await page.click("button:has-text('ALLE GUTEN ZEILEN')")
        await expect(page.locator("main h1")).to_have_text("Die Übernahme ist fertig")
        await look(page, "import-done")

        await page.goto(f"{box.staff}/patients/new")
        await page.fill("#patient", "Krejcova Alice")
        await page.fill("#born", "1944-05-12")
        hint = page.locator("#resembling li")
        await expect(hint).to_contain_text("Alica Krejcová geboren am 12.05.1944")
        await look(page, "new-patient-alike")
        await page.click("button:has-text('SPEICHERN')")
        await page.check("input[name=resembles][value=new]")
        await page.click("button:has-text('SPEICHERN')")
        await expect(page.locator("#patient-title")).to_have_text("Krejcova Alice")

        await page.goto(f"{box.staff}/appointments/new")
        await page.fill("#patient", "Max Müller")
        await expect(hint).to_contain_text("Max Müller")
        await look(page, "appointment-alike")
        await page.click("#resembling button")
        await expect(page.locator("#born")).to_have_value("1950-02-01")

        await page.goto(f"{box.staff}/patients/duplicates")
        await look(page, "duplicates")
        await page.click("a:has-text('Vergleichen')")
        await look(page, "merge")
        await page.check("#name")
        await page.click("button:has-text('BEIDE ZUSAMMENFÜHREN')")
        await expect(page.locator("#patient-title")).to_have_text("Alica Krejcová")
        await page.goto(f"{box.staff}/patients/directory")
        await look(page, "directory")
        await page.goto("about:blank")
