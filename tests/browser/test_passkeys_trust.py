"""Passkeys where practices open their box: by its name, with a certificate of its own authority."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Error, Page, Playwright, async_playwright, expect

from tests.browser import steps, trust_world
from tests.browser.passkey_world import PHONE_LIKE, plug_in
from tests.browser.trust_world import Doors

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

PROCEED = "thisisunsafe"  # what Chromium wants typed on its warning
PATIENCE = 0.2  # seconds between two tries


@pytest_asyncio.fixture(loop_scope="session")
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with trust_world.doors(tmp_path / "box") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


async def add(page: Page, doors: Doors) -> None:
    await page.goto(f"{doors.staff}/passkeys")
    await page.fill("#name", "Handy")
    await page.fill("#password", steps.Practice().password)
    await page.click("button:has-text('PASSKEY HINZUFÜGEN')")


async def set_up(page: Page, doors: Doors) -> None:
    await steps.set_up(page, doors)  # type: ignore[arg-type]  # all it needs is the address


async def test_a_computer_that_knows_the_box_has_passkeys(
    doors: Doors, playwright: Playwright, tmp_path: Path
) -> None:
    context = await trust_world.chromium(playwright, tmp_path / "home", doors.anchor)
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await plug_in(devtools, PHONE_LIKE)
    await set_up(page, doors)
    await add(page, doors)
    await expect(page.locator("li.row")).to_contain_text("Handy")
    await page.click("text=Abmelden")
    await page.click("button:has-text('MIT PASSKEY ANMELDEN')")
    await page.wait_for_selector("#menu")
    await context.close()


async def test_a_computer_that_does_not_know_it_says_why_it_has_none(
    doors: Doors, playwright: Playwright, tmp_path: Path
) -> None:
    """Somebody has clicked the browser's warning away; no simulated authenticator, which would be
    asked all the same."""
    context = await trust_world.chromium(playwright, tmp_path / "home", None)
    page = await context.new_page()
    with pytest.raises(Error):
        await page.goto(doors.staff)
    async with asyncio.timeout(20):
        while "/setup/" not in page.url:
            await page.keyboard.type(PROCEED)
            await asyncio.sleep(PATIENCE)
    await set_up(page, doors)
    await add(page, doors)
    await expect(page.locator("#new-passkey-status")).to_contain_text(
        "Der Browser lässt unter dieser Adresse keine Passkeys zu"
    )
    await context.close()
