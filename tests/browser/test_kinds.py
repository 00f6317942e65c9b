"""A phone appointment from the form to the end of its call, and the pages around it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tests.browser.box import running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, onlooker

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_call_is_planned_made_and_documented(
    tmp_path: Path,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    check = onlooker(request)
    async with running_box(tmp_path, founded.disk) as box:
        page = await pages.open(await browsers.chromium(), box.staff, locale="de-DE", viewport=DESK)
        await founded.log_in(page, box)
        await page.goto(f"{box.staff}/appointments/new")
        await expect(page.locator("#phone")).to_be_hidden()
        await page.check("#kind-phone")
        await expect(page.locator("#phone")).to_be_visible()
        now = datetime.now(ZoneInfo("Europe/Berlin"))
        await page.fill("#patient", "Alice Krejčová")
        await page.fill("#date", now.date().isoformat())
        await page.fill("#time", f"{now:%H:%M}")
        await page.fill("#phone", "0151 2345678")
        await page.select_option("#treatment", "Krankengymnastik")
        await check(page, "kinds-form")
        await page.click("button:has-text('SPEICHERN')")
        await expect(page.locator("#dial")).to_have_attribute("href", "tel:01512345678")
        await check(page, "kinds-phone")
        await page.click("button:has-text('NICHT ERREICHT')")
        await page.click("button:has-text('ANRUF BEGONNEN')")
        await expect(page.locator(".calls li")).to_have_count(2)
        await page.goto(box.staff)
        await expect(page.locator("#day .step")).to_contain_text("im Gespräch")
        await check(page, "kinds-day")
        await page.click("#day a.entry-main")
        await page.click("button:has-text('ANRUF BEENDET')")
        await page.click("#afterwards button >> nth=0")
        await expect(page.locator("#afterwards .is-there")).to_have_count(1)
        await page.click(".billing summary")
        await check(page, "kinds-after")
        for path in ("/billing", "/treatments", "/organisation"):
            await page.goto(box.staff + path)
            await check(page, path[1:])
        await page.goto("about:blank")  # or it would complain that the box is gone
