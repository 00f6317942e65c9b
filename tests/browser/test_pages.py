"""Every page as people meet it: accessible, by keyboard alone, small, zoomed, and as pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import DESK, PHONE, Look, check, photographer
from tests.browser.watching import NOTE_CONNECTIONS, download, qr_codes, until_moving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class World:
    """A box with a practice and an appointment, and a browser for either side."""

    box: RunningBox
    doctor: Page
    phone: Page
    appointment: str
    link: str


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path, browsers: Browsers, pages: Pages) -> AsyncIterator[World]:
    browser = await browsers.chromium()
    async with running_box(tmp_path) as box:
        doctor = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        phone = await pages.open(browser, "about:blank", locale="de-DE", viewport=PHONE)
        for page in (doctor, phone):
            await page.add_init_script(NOTE_CONNECTIONS)
        await steps.set_up(doctor, box)
        appointment = await steps.plan(doctor, box)
        [link] = qr_codes(await download(doctor, f"{appointment}/letter.pdf"))
        yield World(box, doctor, phone, appointment, link)
        for page in (doctor, phone):  # or they would complain that the box is gone
            await page.goto("about:blank")


async def walk_through(world: World, look: Look) -> None:
    """Every page of both doors in the order people meet them."""
    await _staff_pages(world, look)
    await _patient_pages(world, look)
    await _consultation(world, look)


async def _staff_pages(world: World, look: Look) -> None:
    doctor, staff = world.doctor, world.box.staff
    await steps.back_up(doctor, world.box)
    for path, name in {
        "/": "start",
        "/appointments": "appointments",
        "/appointments/new": "new-appointment",
        "/patients": "patients",
        "/users": "users",
        "/devices": "devices",
        "/sessions": "sessions",
        "/users/new": "new-user",
        "/organisation": "organisation",
        "/password": "password",
        "/help": "help",
        "/status": "status",
        "/backup": "backup",
        "/audit": "audit",
        "/organisation/contract": "contract",
        "/organisation/contract/end": "contract-end",
        "/nothing": "not-found",
    }.items():
        await doctor.goto(staff + path)
        await look(doctor, name)
    for suffix, name in {
        "": "appointment",
        "/edit": "change-appointment",
        "/cancel": "cancel-appointment",
        "/delete": "delete-appointment",
        "/letter": "letter",
        "/patient": "whose-appointment",
    }.items():
        await doctor.goto(world.appointment + suffix)
        await doctor.wait_for_load_state("networkidle")
        await look(doctor, name)
    await doctor.goto(staff + "/patients")
    patient = await doctor.get_attribute("#patients a", "href")
    for suffix, name in {
        "": "patient",
        "/edit": "change-patient",
        "/delete": "delete-patient",
    }.items():
        await doctor.goto(f"{staff}{patient}{suffix}")
        await look(doctor, name)
    await _notice(world, look)


async def _notice(world: World, look: Look) -> None:
    """Notice is given and taken back."""
    doctor, contract = world.doctor, f"{world.box.staff}/organisation/contract"
    await doctor.goto(f"{contract}/end")
    await doctor.get_by_role("button", name="KÜNDIGUNG BESTÄTIGEN").click()
    await look(doctor, "contract-with-notice")
    await doctor.goto(f"{contract}/confirmation")
    await look(doctor, "contract-confirmation")
    await doctor.goto(f"{contract}/revoke")
    await look(doctor, "contract-revoke")
    await doctor.get_by_role("button", name="KÜNDIGUNG WIDERRUFEN").click()
    await expect(doctor.get_by_role("status")).to_contain_text("widerrufen")


async def _patient_pages(world: World, look: Look) -> None:
    phone, patients = world.phone, world.box.patients
    await phone.goto(patients)
    await look(phone, "entrance")
    await phone.fill("#code", "000-000-000")
    await phone.fill("#name", "Alice")
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#code-error")).to_contain_text("Zugangscode unbekannt")
    await look(phone, "unknown-code")
    await phone.goto(f"{patients}/about")
    await look(phone, "about")
    await phone.goto(world.link)
    await look(phone, "entrance-by-letter")
    await phone.fill("#name", "Alice Krejčová")
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#allow")).to_be_visible()
    await look(phone, "explain")
    await phone.click("#allow")
    await expect(phone.locator("#enter")).to_be_enabled()
    await look(phone, "preview")
    await phone.click("#enter")
    await expect(phone.locator("#step-waiting")).to_be_visible()
    await look(phone, "waiting")


async def _consultation(world: World, look: Look) -> None:
    doctor, phone = world.doctor, world.phone
    await doctor.goto(f"{world.appointment}/consultation")
    await expect(doctor.locator("#ante-status")).to_contain_text("wartet")
    await look(doctor, "waiting-room")
    await steps.ask_in(doctor)
    await until_moving(doctor, phone)
    await look(doctor, "consultation")
    await look(phone, "consultation-patient")
    for page, name in ((doctor, "chat"), (phone, "chat-patient")):
        await page.click("#toggle-side")
        await page.fill("#chat-text", "Guten Tag")
        await page.press("#chat-text", "Enter")
        await look(page, name)
        await page.click("#close-side")
    await phone.click("#more summary")
    await look(phone, "more")
    await phone.keyboard.press("Escape")
    await doctor.click("#hang-up")
    await expect(phone.locator("#step-ended")).to_be_visible()
    await look(phone, "ended")
    await look(doctor, "ended-staff")


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


async def test_screenshots(world: World, request: pytest.FixtureRequest, pages: Pages) -> None:
    """`make screenshots` keeps them in docs/; otherwise they go where the tests' files go."""
    pages.expect("404")
    wanted = request.config.getoption("--screenshots")
    folder = Path(str(wanted)) if wanted else world.box.folder / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    await walk_through(world, photographer(folder))
    assert len(list(folder.glob("*-phone-dark.png"))) >= 25


async def _tab_to(page: Page, id_: str) -> None:
    """Press Tab until the focus is there; at most 40 times."""
    for _ in range(40):
        if await page.evaluate("document.activeElement?.id") == id_:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"#{id_} can't be reached with Tab")
