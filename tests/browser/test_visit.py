"""What can happen to a patient on the way in, and on the way back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import BOX_AWAY, Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import PHONE, check, photographer
from tests.browser.watching import NOTE_CONNECTIONS, download, qr_codes, until_moving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class World:
    box: RunningBox
    browser: Browser
    pages: Pages
    doctor: Page
    appointment: str
    code: str
    link: str

    async def window(self, url: str, browser: Browser | None = None) -> Page:
        """Another window with storage of its own: another device."""
        page = await self.pages.open(browser or self.browser, "about:blank", locale="de-DE")
        await page.add_init_script(NOTE_CONNECTIONS)
        await page.goto(url)
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    tmp_path: Path, browsers: Browsers, pages: Pages, founded: FoundedPractice
) -> AsyncIterator[World]:
    browser = await browsers.chromium()
    pages.expect(f"{BOX_AWAY}|404|409")
    async with running_box(tmp_path, founded.disk) as box:
        doctor = await pages.open(browser, "about:blank", locale="de-DE")
        await doctor.add_init_script(NOTE_CONNECTIONS)
        await founded.log_in(doctor, box)
        appointment = await steps.plan(doctor, box)
        code = await doctor.inner_text("#patient-code")
        [link] = qr_codes(await download(doctor, f"{appointment}/letter.pdf"))
        yield World(box, browser, pages, doctor, appointment, code, link)


async def test_code_and_pasted_link_lead_to_the_same_waiting_room(world: World) -> None:
    for typed in (world.code.upper().replace("-", " "), world.link):
        phone = await world.window(world.box.patients)
        await phone.fill("#code", typed)
        await steps.to_waiting_room(phone)
        assert "#" not in phone.url
        await phone.click("#leave")
        await expect(phone.locator("#ended-title")).to_have_text(
            "Sie haben die Sprechstunde verlassen"
        )


async def test_a_wrong_code_keeps_what_was_typed(world: World) -> None:
    phone = await world.window(world.box.patients)
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#code-error")).to_contain_text("Bitte geben Sie den Zugangscode")
    await phone.fill("#code", "1d7-d64-d96")
    await phone.fill("#name", "Alice Krejčová")
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#code-error")).to_contain_text("Zugangscode unbekannt")
    await expect(phone.locator("#code")).to_be_focused()
    await expect(phone.locator("#name")).to_have_value("Alice Krejčová")


async def test_a_link_that_is_not_valid_falls_back_to_the_code(world: World) -> None:
    phone = await world.window(f"{world.box.patients}/v#1.AAECAwQFBgc.AAECAwQFBgcICQoLDA0ODw")
    await expect(phone.locator("#code-field")).to_be_hidden()
    await phone.fill("#name", "Alice")
    await phone.click("#entrance button[type=submit]")
    await expect(phone.locator("#trouble")).to_contain_text("Dieser Link gilt nicht")
    await expect(phone.locator("#code")).to_be_focused()


async def test_too_early_is_told_when_and_may_try_the_camera(world: World) -> None:
    await world.doctor.goto(f"{world.appointment}/edit")
    await world.doctor.fill("#date", (date.today() + timedelta(days=40)).isoformat())
    await world.doctor.fill("#time", "15:30")
    await world.doctor.click("button:has-text('SPEICHERN')")
    phone = await world.window(world.link)
    await phone.fill("#name", "Alice Krejčová")
    await phone.click("#entrance button[type=submit]")
    await phone.click("#allow")
    await expect(phone.locator("#too-early")).to_contain_text("um 15:15 Uhr")
    await expect(phone.locator("#enter")).to_be_disabled()


async def test_a_refused_camera_is_explained(world: World, browsers: Browsers) -> None:
    refusing = await browsers.whole_chromium(
        "--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream"
    )
    phone = await world.window(world.link, refusing)
    await phone.fill("#name", "Alice Krejčová")
    await phone.click("#entrance button[type=submit]")
    await phone.click("#allow")
    await expect(phone.locator("#media-trouble")).to_contain_text("erlauben Sie beides")
    await expect(phone.locator("#retry")).to_be_visible()
    await expect(phone.locator("#enter")).to_be_disabled()


async def test_a_second_device_waits_until_the_practice_lets_it_in(world: World) -> None:
    first, second = await world.window(world.link), await world.window(world.link)
    await steps.to_waiting_room(first)
    await steps.to_waiting_room(second)
    await expect(second.locator("#waiting-status")).to_contain_text("zweite Gerät wartet")
    await steps.look_into_waiting_room(world.doctor, world.appointment)
    await expect(world.doctor.locator("#second")).to_be_visible()
    await steps.ask_in(world.doctor)
    await until_moving(world.doctor, first)
    await expect(second.locator("#step-waiting")).to_be_visible()
    await first.click("#hang-up")
    await until_moving(world.doctor, second)


async def test_the_same_device_in_a_new_window_goes_on_there(world: World) -> None:
    first = await world.window(world.link)
    await steps.to_waiting_room(first)
    again = await first.context.new_page()
    await again.goto(world.link)  # it is known to be inside, and need not tap once more
    await expect(first.locator("#ended-title")).to_contain_text("in einem anderen Fenster")
    await expect(again.locator("#step-waiting")).to_be_visible()


async def test_the_consultation_starts_by_itself_when_the_clinician_waits(world: World) -> None:
    await world.doctor.goto(world.appointment)
    await world.doctor.click("#start")
    await expect(world.doctor.locator("#ante-status")).to_contain_text("Sie sind bereit")
    phone = await world.window(world.link)
    await phone.fill("#name", "Alice Krejčová")
    await phone.click("#entrance button[type=submit]")
    await phone.click("#allow")
    await phone.click("#enter:enabled")
    await until_moving(world.doctor, phone)


async def test_the_patient_confirms_at_the_end(world: World) -> None:
    phone, doctor = await world.window(world.link), world.doctor
    await phone.set_viewport_size(PHONE)
    await steps.to_waiting_room(phone)
    await doctor.goto(f"{world.appointment}/consultation#start")
    await until_moving(doctor, phone)
    await doctor.click("#hang-up")
    await expect(phone.locator("#confirmation-title")).to_be_visible()
    await check(phone, "service confirmation")
    await doctor.goto(f"{world.box.staff}/confirmations")
    await expect(doctor.locator("main")).to_contain_text("noch nicht bestätigt: 1.")
    await check(doctor, "missing confirmations")
    await phone.click("#confirm")
    await expect(phone.locator("#confirmation-done")).to_have_text(
        "Danke. Ihre Bestätigung ist angekommen."
    )
    await check(phone, "confirmed")
    await doctor.goto(world.appointment)
    await expect(doctor.locator("#confirmation")).to_contain_text("am Bildschirm")
    await check(doctor, "a confirmed appointment")


async def test_a_restarted_box_finds_both_sides_again(world: World) -> None:
    phone = await world.window(world.link)
    await steps.to_waiting_room(phone)
    await world.doctor.goto(f"{world.appointment}/consultation#start")
    await until_moving(world.doctor, phone)
    await world.box.restart()
    await until_moving(world.doctor, phone)
    await phone.reload()
    await expect(phone.locator("#step-waiting, #step-call").first).to_be_attached()


async def test_muting_hiding_and_sharing_reach_the_other_side(world: World) -> None:
    phone = await world.window(world.link)
    await steps.to_waiting_room(phone)
    await world.doctor.goto(f"{world.appointment}/consultation#start")
    await until_moving(world.doctor, phone)
    await phone.click("#toggle-microphone")
    await expect(world.doctor.locator("#curtain")).to_contain_text("Mikrofon ausgeschaltet")
    await phone.click("#toggle-microphone")
    await phone.click("#toggle-camera")
    await expect(world.doctor.locator("#curtain")).to_contain_text("Kamera ausgeschaltet")
    await phone.click("#toggle-camera")
    await until_moving(world.doctor, phone)
    await phone.click("#more summary")
    await phone.click("#toggle-own")
    await expect(phone.locator("#own")).to_be_hidden()


async def test_a_typed_code_shows_a_number_to_compare(
    world: World, request: pytest.FixtureRequest
) -> None:
    phone = await world.window(world.box.patients)
    await phone.fill("#code", world.code)
    await steps.to_waiting_room(phone)
    await steps.look_into_waiting_room(world.doctor, world.appointment)
    await steps.ask_in(world.doctor)
    await until_moving(world.doctor, phone)
    said = [await page.inner_text("#secured-said") for page in (world.doctor, phone)]
    numbers = [re.sub(r"\D", "", each) for each in said]
    assert numbers[0] == numbers[1] and len(numbers[0]) == 6
    assert said[0].startswith("Verschlüsselt, nicht bestätigt")
    for page, name in ((world.doctor, "secured-staff"), (phone, "secured-patient")):
        await check(page, name)
        if folder := request.config.getoption("--screenshots"):
            await photographer(Path(folder))(page, name)
    await world.doctor.check("#same-number")
    await expect(world.doctor.locator("#secured-said")).to_contain_text("durch die Prüfzahl")
    await phone.reload()
    await until_moving(world.doctor, phone)
    await expect(world.doctor.locator("#same-number")).not_to_be_checked()
    await expect(world.doctor.locator("#secured-said")).to_contain_text("nicht bestätigt")


async def test_the_letter_confirms_by_itself_and_no_code_takes_its_place(world: World) -> None:
    phone = await world.window(world.link)
    await steps.to_waiting_room(phone)
    await steps.look_into_waiting_room(world.doctor, world.appointment)
    await steps.ask_in(world.doctor)
    await until_moving(world.doctor, phone)
    await expect(phone.locator("#secured-said")).to_have_text(
        "Verschlüsselt mit dem Schlüssel aus Ihrem Brief"
    )
    await expect(world.doctor.locator("#secured-said")).to_contain_text("durch den Brief bestätigt")
    await expect(world.doctor.locator("#same-number")).to_be_hidden()
    await phone.evaluate("() => sessionStorage.removeItem('link')")
    await phone.reload()
    await phone.wait_for_selector("#entrance")
