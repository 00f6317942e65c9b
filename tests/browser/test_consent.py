"""The consent in real browsers: given with a signature before the waiting room, seen at the desk,
then the text is changed. The pages of it are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, PHONE, onlooker

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def sign(page: Page) -> None:
    """Two strokes in the frame."""
    await page.click("#sign-open")
    frame = await page.locator("#sign-canvas").bounding_box()
    assert frame
    for begin, end in (((0.2, 0.7), (0.4, 0.2)), ((0.4, 0.5), (0.8, 0.6))):
        await page.mouse.move(frame["x"] + begin[0] * frame["width"], frame["y"] + begin[1] * 60)
        await page.mouse.down()
        await page.mouse.move(
            frame["x"] + end[0] * frame["width"], frame["y"] + end[1] * 60, steps=8
        )
        await page.mouse.up()


async def test_a_patient_agrees_and_the_desk_has_it(
    tmp_path: Path,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    look, browser = onlooker(request), await browsers.chromium()
    pages.expect("422|(presence|watch)' failed")  # a tick is missing; a page that is left
    async with running_box(tmp_path, founded.disk) as box:
        staff = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        await founded.log_in(staff, box)
        await steps.ask_for_consent(staff, True)
        appointment = await steps.plan(staff, box)
        code = await staff.inner_text("#patient-code")
        patient = await pages.open(browser, box.patients, locale="de-DE", viewport=PHONE)
        await patient.fill("#code", code)
        await patient.fill("#name", "Alice Krejčová")
        await patient.click("#entrance button[type=submit]")
        await patient.wait_for_url("**/visit/consent")
        await patient.check("#alone")
        await sign(patient)
        await patient.click("text=EINVERSTANDEN UND WEITER")
        await expect(patient.locator("#no_recording")).to_be_focused()
        await look(patient, "consent-door")
        await patient.check("#no_recording")
        await patient.check("#protected")
        await patient.click("text=EINVERSTANDEN UND WEITER")
        await expect(patient.locator("#step-explain")).to_be_visible()
        await patient.click("#allow")
        await expect(patient.locator("#step-preview")).to_contain_text("Mit dem Beitreten")

        await staff.goto(box.staff)
        await expect(staff.locator("#day .check-green")).to_contain_text("Einwilligung liegt vor")
        await staff.goto(appointment)
        await staff.click("text=Kurze Dokumentation")
        await staff.fill("#note", "Wunde heilt.\nKontrolle in zwei Wochen.")
        await staff.click("button:has-text('SPEICHERN')")
        await expect(staff.locator(".given-one")).to_contain_text("Wunde heilt.")
        await look(staff, "notes")
        await staff.click("text=Zum Termin")
        await staff.click("text=Alle Einwilligungen und Formulare")
        await expect(staff.locator("svg.signature polyline")).to_have_count(2)
        await look(staff, "consents")
        await staff.click("text=Vermerken >> nth=0")
        await staff.check("input[name=how][value=scan]")
        await staff.click("button:has-text('SPEICHERN')")
        await expect(staff.locator("#file-error, #persons-error").first).to_be_visible()
        await look(staff, "consent-form")
        await staff.goto(f"{box.staff}/forms")
        await look(staff, "forms")
        await staff.click("text=Lesen und ändern >> nth=0")
        await staff.fill("#short", "Sie sprechen per Video mit {Praxis}. Niemand nimmt auf.")
        await staff.click("button:has-text('WEITER')")
        await expect(staff.locator(".changes").first).to_contain_text("entfällt: Bild und Ton")
        await look(staff, "form-changes")
        await staff.check("input[name=renew][value=yes]")
        await staff.click("text=ALS FASSUNG 2 SPEICHERN")
        await expect(staff.locator(".form-card").first).to_contain_text("Fassung 2")
        await staff.goto("about:blank")  # or it would complain that the box is gone
        await patient.goto("about:blank")
