"""Every page as people meet it: accessible, by keyboard alone, small, zoomed, and as pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, PHONE, ZOOMED, check, photographer
from tests.browser.walk import World, walk_through
from tests.browser.watching import NOTE_CONNECTIONS, download, qr_codes, until_moving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    tmp_path: Path, browsers: Browsers, pages: Pages, founded: FoundedPractice
) -> AsyncIterator[World]:
    browser = await browsers.chromium()
    async with running_box(tmp_path, founded.disk) as box:
        doctor = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        phone = await pages.open(browser, "about:blank", locale="de-DE", viewport=PHONE)
        for page in (doctor, phone):
            await page.add_init_script(NOTE_CONNECTIONS)
        await founded.log_in(doctor, box)
        appointment = await steps.plan(doctor, box)
        [link] = qr_codes(await download(doctor, f"{appointment}/letter.pdf"))
        yield World(box, doctor, phone, appointment, link)
        for page in (doctor, phone):  # or they would complain that the box is gone
            await page.goto("about:blank")


async def test_every_page_passes_axe_and_works_small(world: World, pages: Pages) -> None:
    pages.expect("404")
    await walk_through(world, check)


async def test_the_wizard_and_the_login_pass_axe_and_work_small(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    pages.expect("422")
    async with running_box(tmp_path) as box:
        page = await pages.open(await browsers.chromium(), box.staff, locale="de-DE", viewport=DESK)
        await check(page, "setup 1")
        await page.goto(f"{box.staff}/setup/responsibility")
        await check(page, "who is responsible")
        await page.goto(box.staff)
        await page.click("button.primary:has-text('WEITER')")
        await check(page, "setup 1 with errors")
        await steps.set_up(page, box, look=check)
        await steps.log_out(page, pages)
        await check(page, "login")
        await page.fill("#organisation", "PWinkler")
        await page.fill("#user", "Niemand")
        await page.fill("#password", "falsch falsch")
        await page.click("button:has-text('EINLOGGEN')")
        await expect(page.locator("body")).to_contain_text("Fehler beim Login.")
        await check(page, "failed login")
        for path in ("/recover", "/login"):
            await page.goto(box.staff + path)
            await check(page, path)


async def test_a_new_appointment_needs_no_mouse(world: World) -> None:
    page = world.doctor
    await page.goto(f"{world.box.staff}/appointments")
    await page.keyboard.press("Alt+n")
    if "/new" not in page.url:  # access keys differ between systems; Tab works everywhere
        await page.focus("a:has-text('NEUER TERMIN')")
        await page.keyboard.press("Enter")
    await page.wait_for_url("**/appointments/new")
    await expect(page.locator("#patient")).to_be_focused()
    await page.keyboard.type("Jesús Bañuelos")
    await page.keyboard.press("Enter")
    await expect(page.locator("#details-title")).to_have_text("Termin mit Jesús Bañuelos")


async def test_a_patient_comes_to_the_consultation_by_keyboard_alone(world: World) -> None:
    phone, doctor = world.phone, world.doctor
    await phone.goto(world.link)
    await _tab_to(phone, "name")
    await phone.keyboard.type("Alice Krejčová")
    await phone.keyboard.press("Enter")
    await expect(phone.locator("#explain-title")).to_be_focused()
    await _tab_to(phone, "allow")
    await phone.keyboard.press("Enter")
    await expect(phone.locator("#preview-title")).to_be_focused()
    await _tab_to(phone, "enter")
    await phone.keyboard.press("Enter")
    await expect(phone.locator("#waiting-title")).to_be_focused()
    await doctor.goto(f"{world.appointment}/consultation")
    await expect(doctor.locator("#ante-status")).to_contain_text("wartet")
    await _tab_to(doctor, "admit")
    await doctor.keyboard.press("Enter")
    await until_moving(doctor, phone)
    for key, button in (("m", "toggle-microphone"), ("k", "toggle-camera")):
        await phone.keyboard.press(key)
        await expect(phone.locator(f"#{button}")).to_have_attribute("aria-pressed", "false")
    await expect(doctor.locator("#curtain")).to_contain_text("Kamera ausgeschaltet")
    await phone.keyboard.press("h")
    await expect(phone.locator("#own")).to_be_hidden()


async def test_a_phone_shows_the_present_tab_and_both_buttons_side_by_side(world: World) -> None:
    page, staff = world.doctor, world.box.staff
    for path in ("/users", "/devices", "/help", "/backup", "/status", "/audit"):
        await page.goto(staff + path)
    await expect(page.locator("#tabs .tab")).to_have_count(6)  # not one for each place one has been
    await expect(page.locator("#tabs .tab").first).to_have_text("Start")
    await page.set_viewport_size(ZOOMED)
    for load_again in (False, True):
        if load_again:
            await page.reload()
        await expect(page.locator("#tabs [aria-current]")).to_be_in_viewport(ratio=1)
    lock, leave = page.locator(".bar form[action='/lock'] button"), page.locator(".bar-user button")
    first, second = await lock.bounding_box(), await leave.bounding_box()
    assert first and second and first["y"] == second["y"]


@pytest.mark.pictures
async def test_screenshots(world: World, request: pytest.FixtureRequest, pages: Pages) -> None:
    """`make screenshots` keeps them in docs/; otherwise they go where the tests' files go."""
    pages.expect("404")
    wanted = request.config.getoption("--screenshots")
    folder = Path(str(wanted)) if wanted else world.box.folder / "screenshots"
    await walk_through(world, photographer(folder))
    assert len(list(folder.glob("*-phone-dark.png"))) >= 25


async def _tab_to(page: Page, id_: str) -> None:
    """Press Tab until the focus is there; at most 40 times."""
    for _ in range(40):
        if await page.evaluate("document.activeElement?.id") == id_:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"#{id_} can't be reached with Tab")
