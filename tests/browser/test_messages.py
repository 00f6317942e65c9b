"""E-mail by a real mail server, from the practice's browser: set up, agreed, failed, sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.box import running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, onlooker
from tests.post.smtp_world import smtp_server

PATIENCE = 30  # seconds on a busy machine
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_mailbox_is_set_up_and_an_invitation_goes_out(
    tmp_path: Path,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    look = onlooker(request)
    async with running_box(tmp_path, founded.disk) as box, smtp_server("plain") as mailbox:
        page = await pages.open(
            await browsers.chromium(), "about:blank", locale="de-DE", viewport=DESK
        )
        await founded.log_in(page, box)
        appointment = await steps.plan(page, box)
        await page.goto(f"{box.staff}/messages")
        await page.fill("#host", "127.0.0.1")
        await page.fill("#port", str(mailbox.port))
        await page.select_option("#security", "plain")
        await page.fill("#sender", "praxis@example.org")
        await page.locator("form[action='/messages/mail'] button").click()
        await expect(page.get_by_role("status").first).to_have_text("Gespeichert.")
        await page.fill("#sms", "Termin für {Name} 😊")
        await expect(page.locator("#preview-sms")).to_have_text("Termin für Erika Mustermann 😊")
        await expect(page.locator("#parts-sms")).to_contain_text("70 statt 160")
        await look(page, "messages")
        await page.fill("#test_to", "chef@example.org")
        await page.get_by_role("button", name="TEST-E-MAIL SENDEN").click()
        await expect(page.get_by_role("status").first).to_contain_text("Test-E-Mail genommen")
        assert mailbox.to == ["chef@example.org"]
        await page.goto(appointment)
        await page.click(".details dd a[href^='/patients/']")
        await page.get_by_role("link", name="Einwilligung in Nachrichten").click()
        await page.check("#agrees_mail")
        await page.get_by_role("button", name="SPEICHERN").click()
        await expect(page.locator("#agreed-title")).to_be_visible()
        await look(page, "agreements")
        mailbox.at_rcpt = lambda to: "550 no such user"
        await page.goto(appointment)
        await page.click("#invite")
        await expect(page.get_by_role("status").first).to_contain_text("Die Einladung geht jetzt")
        await _until_shown(page, ".messages", "nicht angekommen")
        await page.goto(box.staff)
        await page.get_by_role("link", name="Ansehen").click()
        await expect(page.get_by_role("link", name="Stattdessen anrufen")).to_be_visible()
        await look(page, "outbox")
        mailbox.at_rcpt = lambda to: "250 OK"
        await page.get_by_role("button", name="Noch einmal senden").click()
        await expect(page.get_by_role("status").first).to_contain_text("noch einmal hinaus")
        await page.goto(appointment)
        await _until_shown(page, ".messages", "verschickt")
        await page.goto("about:blank")
    assert mailbox.to[0] == "chef@example.org"
    with_file = [one["To"] for one in mailbox.messages() if list(one.iter_attachments())]
    assert with_file == ["alice@example.org"]


async def _until_shown(page: Page, place: str, words: str) -> None:
    """Load the page anew until the box has got as far as that."""
    async with asyncio.timeout(PATIENCE):
        while words not in await page.inner_text(place):
            await page.reload()
