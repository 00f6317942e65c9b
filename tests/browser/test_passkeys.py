"""Passkeys in a real browser: made, used, refused, taken away, and every page that knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser import steps
from tests.browser.box import running_box
from tests.browser.conftest import BOX_AWAY, Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, Look, check, onlooker
from tests.browser.passkey_world import NAME, OLD_KEY, PHONE_LIKE, Desk, NamedBox, plug_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    tmp_path: Path, browsers: Browsers, pages: Pages, founded: FoundedPractice
) -> AsyncIterator[Desk]:
    pages.expect(r"/(presence|sessions/watch)' failed")
    browser = await browsers.chromium()
    async with running_box(tmp_path, founded.disk) as opened:
        box = NamedBox(**vars(opened))
        page = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        await founded.log_in(page, box)
        yield Desk(box, page, devtools, await plug_in(devtools, PHONE_LIKE))
        await page.goto("about:blank")  # or it would complain that the box is gone
        await box.stop()  # it may have been started again


async def test_a_passkey_takes_the_place_of_the_password(desk: Desk, pages: Pages) -> None:
    page = desk.page
    await steps.plan(page, desk.box)
    await desk.add()
    await expect(page.get_by_role("status").first).to_contain_text("Der Passkey ist hinzugefügt.")
    await expect(page.locator("li.row")).to_contain_text(NAME)
    await steps.log_out(page, pages)
    await desk.log_in()
    await page.wait_for_selector("#menu")
    await page.click("#menu >> text=Videosprechstunde")
    await expect(page.locator("main")).to_contain_text(steps.Patient().name)


async def test_it_opens_a_box_that_was_switched_off(desk: Desk, pages: Pages) -> None:
    pages.expect(BOX_AWAY)
    await steps.plan(desk.page, desk.box)
    await desk.add()
    await desk.page.wait_for_selector("li.row")
    await desk.page.goto("about:blank")
    await desk.box.restart()
    await desk.log_in()
    await desk.page.wait_for_selector("#menu")
    await desk.page.goto(f"{desk.box.staff}/appointments")
    await expect(desk.page.locator("main")).to_contain_text(steps.Patient().name)


async def test_it_unlocks_the_screen_in_place(desk: Desk) -> None:
    page = desk.page
    await page.goto(f"{desk.box.staff}/users")
    await page.click("text=Bildschirm sperren")
    await expect(page.locator("#cover")).to_be_visible()
    await expect(page.locator("#cover .passkey")).to_be_hidden()  # none was ever used here
    await page.fill("#cover-password", steps.Practice().password)
    await page.keyboard.press("Enter")
    await expect(page.locator("#cover")).to_be_hidden()
    await desk.add()
    await page.wait_for_selector("li.row")
    await page.goto(f"{desk.box.staff}/appointments/new")
    await page.fill("#patient", "Alice Krejčová")
    await page.click("text=Bildschirm sperren")
    await page.click("#cover button:has-text('MIT PASSKEY ENTSPERREN')")
    await expect(page.locator("#cover")).to_be_hidden()
    await expect(page.locator("#patient")).to_have_value("Alice Krejčová")
    await page.click("text=Bildschirm sperren")
    await expect(page.locator("#cover")).to_be_visible()
    await page.goto(f"{desk.box.staff}/lock")
    await page.click("button:has-text('MIT PASSKEY ENTSPERREN')")
    await page.wait_for_selector("#menu")


async def test_an_authenticator_without_prf_is_told_apart(desk: Desk, pages: Pages) -> None:
    await desk.exchange(OLD_KEY)
    await desk.add()
    await expect(desk.page.locator("#new-passkey-status")).to_contain_text(
        "Dieser Passkey kann den Tresor nicht öffnen: Seinem Gerät oder diesem Browser fehlt"
    )
    await desk.exchange(PHONE_LIKE)
    await desk.press()  # the password is still there; nothing has to be loaded again
    await expect(desk.page.locator("li.row")).to_contain_text(NAME)


async def test_mistakes_are_said_beside_their_fields(desk: Desk, pages: Pages) -> None:
    pages.expect("422")
    page = desk.page
    await page.goto(f"{desk.box.staff}/passkeys")
    name, password = page.locator("#name-error"), page.locator("#password-error")
    await desk.press("", "")
    await expect(name).to_have_text("Bitte geben Sie dem Passkey einen Namen.")
    await expect(password).to_have_text("Bitte geben Sie Ihr Passwort ein.")
    await expect(page.locator("#name")).to_be_focused()
    await check(page, "passkeys with errors")
    await desk.press(password="falsch falsch")
    await expect(password).to_have_text("Das ist nicht Ihr Passwort.")
    await expect(name).to_have_count(0)
    await expect(page.locator("#password")).to_be_focused()
    await desk.press()
    await expect(page.locator("li.row")).to_contain_text(NAME)


async def test_whoever_does_not_confirm_is_told_so(desk: Desk, pages: Pages) -> None:
    page = desk.page
    await desk.show_a_wrong_finger()
    await desk.add()
    status = page.locator("#new-passkey-status")
    await expect(status).to_contain_text("Es wurde kein Passkey angelegt.")
    await desk.exchange(PHONE_LIKE)  # the other one has seen too many wrong fingers by now
    await desk.press()
    await page.wait_for_selector("li.row")
    await desk.press("Noch einer")
    await expect(status).to_contain_text("ist schon ein Passkey von Ihnen")
    await steps.log_out(page, pages)
    await desk.show_a_wrong_finger()
    await desk.log_in()
    await expect(page.locator(".passkey [role=status]")).to_contain_text(
        "Es wurde kein Passkey bestätigt."
    )
    await check(page, "login with an unconfirmed passkey")


async def test_a_removed_passkey_opens_nothing(desk: Desk, pages: Pages) -> None:
    pages.expect("422")
    page = desk.page
    await desk.add()
    await page.wait_for_selector("li.row")
    await desk.exchange(PHONE_LIKE)
    await desk.press("Handy")
    await expect(page.locator("li.row")).to_have_count(2)
    row = page.locator("li.row", has_text="Handy")
    await row.get_by_role("button", name="Passkey Handy entfernen").click()
    await expect(page.locator("li.row")).to_have_count(1)
    await steps.log_out(page, pages)
    await desk.log_in()
    await expect(page.get_by_role("alertdialog")).to_contain_text(
        "Dieser Passkey hat den Tresor nicht geöffnet."
    )
    await check(page, "login with a removed passkey")


async def test_where_there_are_no_passkeys_the_pages_say_so(
    desk: Desk, browsers: Browsers, pages: Pages
) -> None:
    page = desk.page
    await desk.add()
    await page.wait_for_selector("li.row")
    await page.add_init_script("delete window.PublicKeyCredential")
    await page.goto(f"{desk.box.staff}/passkeys")
    await expect(page.locator("#passkeys-missing")).to_be_visible()
    await expect(page.locator("#new-passkey")).to_be_hidden()
    await check(page, "passkeys in an old browser")
    await steps.log_out(page, pages)
    await expect(page.locator("#password")).to_be_visible()
    await expect(page.locator(".passkey")).to_be_hidden()
    by_number = await pages.open(
        await browsers.chromium(), f"http://127.0.0.1:{desk.box.staff_port}/login", locale="de-DE"
    )
    await expect(by_number.locator("main")).to_contain_text("nicht unter einer Adresse aus Zahlen")
    await expect(by_number.locator(".passkey")).to_have_count(0)


async def walk(desk: Desk, look: Look) -> None:
    """Every page that knows passkeys, in the order somebody meets them."""
    page = desk.page
    await page.goto(f"{desk.box.staff}/users")
    await look(page, "users-with-passkeys")
    await page.goto(f"{desk.box.staff}/passkeys")
    await look(page, "passkeys-none")
    await desk.press()
    await page.wait_for_selector("li.row")
    await look(page, "passkeys")
    await page.goto(f"{desk.box.staff}/password")
    await look(page, "password-with-passkeys")
    await page.click("text=Bildschirm sperren")
    await expect(page.locator("#cover .passkey")).to_be_visible()
    await look(page, "covered-with-passkey")
    await page.goto(f"{desk.box.staff}/lock")
    await expect(page.locator(".passkey")).to_be_visible()
    await look(page, "locked-with-passkey")
    await page.click("text=Abmelden, damit")
    await expect(page.locator(".passkey")).to_be_visible()
    await look(page, "login-with-passkey")


async def test_the_pages_of_passkeys_are_accessible_and_small(
    desk: Desk, pages: Pages, request: pytest.FixtureRequest
) -> None:
    await walk(desk, onlooker(request))
