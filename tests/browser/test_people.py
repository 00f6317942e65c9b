"""Two people at two browsers: a colleague joins, her workstation is approved by four digits and
locked for a while, she gets another role, and her access ends in the middle of a session. Nobody
reloads anything."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import BOX_AWAY, Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, check

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

ANNA = steps.Colleague()
SOON = 5.0  # seconds for a page to land at the login on a busy machine; tests/web says 1 s
LANDED = re.compile(r"/login\?said=")


@dataclass
class Two:
    """The Hauptnutzer at the first workstation, a colleague at a new one."""

    box: RunningBox
    martin: Page
    anna: Page


@pytest_asyncio.fixture(loop_scope="session")
async def two(
    tmp_path: Path, browsers: Browsers, pages: Pages, founded: FoundedPractice
) -> AsyncIterator[Two]:
    # Sockets of a session that has ended, and answers to wrong passwords.
    pages.expect(r"/(presence|sessions/watch)' failed")
    pages.expect("4(01|03|22)")
    browser = await browsers.chromium()
    async with running_box(tmp_path, founded.disk) as box:
        martin = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        anna = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        await founded.log_in(martin, box)
        yield Two(box, martin, anna)
        for page in (martin, anna):  # or they would complain that the box is gone
            await page.goto("about:blank")


async def test_a_colleague_comes_and_goes(two: Two) -> None:
    code = await steps.invite(two.martin, two.box, look=check)
    await steps.join(two.anna, two.box, code, look=check)
    await two.martin.goto(f"{two.box.staff}/devices")
    await check(two.martin, "devices with a request")
    await _approve(two)
    await _log_in(two.anna)
    await _lock_her_device(two)
    await _log_in(two.anna)
    await two.anna.click("text=Videosprechstunde")
    await _change_role(two)
    await _log_in(two.anna)
    await _off_board(two)
    await expect(two.anna.locator("main")).to_contain_text(
        "Ihr Zugang zu dieser Praxis ist beendet."
    )
    await _try_to_log_in(two.anna)
    await expect(two.anna.locator("main")).to_contain_text("Fehler beim Login.")


async def test_a_request_that_a_restart_forgot_is_asked_for_again(two: Two, pages: Pages) -> None:
    """The page that waits doesn't hang: it says what happened and leads to where it goes on."""
    pages.expect(BOX_AWAY)
    code = await steps.invite(two.martin, two.box)
    await steps.join(two.anna, two.box, code)
    await steps.open_request(two.martin, two.box)
    await expect(two.anna.locator("#digits")).to_be_visible()
    await check(two.anna, "request with digits")
    await two.box.restart()
    await two.anna.wait_for_url(LANDED)
    await expect(two.anna.locator("main")).to_contain_text("wenn die Box neu startet")
    await check(two.anna, "request that was forgotten")
    await _try_to_log_in(two.anna)
    await two.anna.fill("#device", ANNA.device)
    await two.anna.click("text=FREISCHALTUNG BEANTRAGEN")
    await steps.log_in(two.martin, two.box)
    await _approve(two)
    await _log_in(two.anna)


async def test_the_screen_is_covered_and_uncovered_in_place(two: Two) -> None:
    page = two.martin
    await page.goto(f"{two.box.staff}/appointments/new")
    await page.fill("#patient", "Alice Krejčová")
    second = await page.context.new_page()
    await second.goto(f"{two.box.staff}/users")
    await page.click("text=Bildschirm sperren")
    for covered in (page, second):
        await expect(covered.locator("#cover")).to_be_visible()
        await expect(covered.locator("#main")).to_be_hidden()
    await check(page, "covered")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator("#cover")).to_be_visible()
    await page.fill("#cover-password", "falsch falsch")
    await page.keyboard.press("Enter")
    await expect(page.locator("#cover-error")).to_have_text("Das ist nicht Ihr Passwort.")
    await page.fill("#cover-password", steps.Practice().password)
    await page.keyboard.press("Enter")
    for uncovered in (page, second):
        await expect(uncovered.locator("#cover")).to_be_hidden()
        await expect(uncovered.locator("#main")).to_be_visible()
    await expect(page.locator("#patient")).to_have_value("Alice Krejčová")  # nothing typed is lost
    await second.close()


async def test_a_browser_that_forgets_is_told_so(two: Two) -> None:
    """It has deleted its cookies, but not the mark that it was approved (FEATURES L5)."""
    page = two.martin
    await page.goto(f"{two.box.staff}/devices")
    await expect(page.locator("[data-kept]:visible")).to_have_count(1)
    await page.context.clear_cookies()
    await page.goto(f"{two.box.staff}/login")
    await _try_to_log_in(page, "MartinW", steps.Practice().password)
    await expect(page.locator("#forgotten")).to_contain_text("dieser Browser die Freischaltung")
    await check(page, "a browser that forgets")
    new = two.anna
    await new.goto(f"{two.box.staff}/login")
    await _try_to_log_in(new, "MartinW", steps.Practice().password)
    await expect(new.locator("#device")).to_be_focused()
    await expect(new.locator("#forgotten")).to_be_hidden()


async def _approve(two: Two) -> None:
    martin, anna = two.martin, two.anna
    digits = await steps.open_request(martin, two.box)
    await expect(anna.locator("#digits")).to_have_text(digits)
    await check(martin, "request")
    await check(anna, "request, the other side")
    await steps.approve(martin)
    await expect(anna.locator("main")).to_contain_text("Dieser Arbeitsplatz ist freigeschaltet.")


async def _try_to_log_in(page: Page, user: str = ANNA.user, password: str = ANNA.password) -> None:
    await page.fill("#organisation", "PWinkler")
    await page.fill("#user", user)
    await page.fill("#password", password)
    await page.click("button:has-text('EINLOGGEN')")


async def _log_in(page: Page) -> None:
    await _try_to_log_in(page)
    await page.wait_for_selector("#menu")


async def _lock_her_device(two: Two) -> None:
    martin, anna = two.martin, two.anna
    await martin.goto(f"{two.box.staff}/devices")
    row = martin.locator("li.row", has_text="Laptop Anna")
    await row.locator("text=Vorübergehend sperren").click()
    await check(martin, "lock a device")
    await martin.click("main button:has-text('SPERREN')")
    await anna.wait_for_url(LANDED)
    await expect(anna.locator("main")).to_contain_text("Dieser Arbeitsplatz wurde gesperrt")
    await _try_to_log_in(anna)
    await expect(anna.locator("main")).to_contain_text("ist vorübergehend gesperrt")
    await row.locator("text=Entsperren").click()
    await expect(martin.locator("main")).to_contain_text("kann wieder benutzt werden")


async def _change_role(two: Two) -> None:
    martin, anna = two.martin, two.anna
    await martin.goto(f"{two.box.staff}/users")
    await check(martin, "users")
    await martin.click("text=Name oder Rolle ändern")
    await check(martin, "name and role")
    await martin.fill("#last_name", "")
    await martin.keyboard.press("Enter")
    await expect(martin.locator("#last_name")).to_be_focused()
    await check(martin, "name and role, with a mistake")
    await martin.fill("#last_name", "Brandt-Krejčová")
    await martin.check("input[name=role][value=reception]")
    await martin.click("main button:has-text('SPEICHERN')")
    await anna.wait_for_url(LANDED)
    await expect(anna.locator("main")).to_contain_text("Ihre Rolle in dieser Praxis wurde geändert")
    await expect(martin.locator("main")).to_contain_text("Anna Brandt-Krejčová")


async def _off_board(two: Two) -> None:
    martin, anna = two.martin, two.anna
    await martin.goto(f"{two.box.staff}/users")
    await martin.click("text=Zugang beenden")
    await check(martin, "end of an access")
    began = time.monotonic()
    await martin.click("main button:has-text('ZUGANG BEENDEN')")
    await anna.wait_for_url(LANDED)
    took = time.monotonic() - began
    print(f"off-boarded page at the login after {took:.2f} s")
    await expect(martin.locator("main")).to_contain_text("Nicht mehr bei Ihnen")
    for path in ("/sessions", "/lock"):
        await martin.goto(two.box.staff + path)
        await check(martin, path)
    assert took < SOON
