"""A whole box in this process, so that a test can close its STUN port, with somebody signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, ViewportSize, expect

from practicebox import app, demo
from practicebox.box import Box
from practicebox.config import Config
from practicebox.practice import link
from practicebox.store.records import Founded
from tests.browser.conftest import Browsers, Pages

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds; three ways of the relay may take 10 s each to fail


@dataclass
class World:
    """The box; the receptionist's page; the phone's page, still empty."""

    box: Box
    staff: Page
    phone: Page

    async def start(self) -> str:
        """Press the button; the address in the QR code."""
        await self.staff.goto(f"{self.box.staff_url}/status/reach")
        await self.staff.click("button:has-text('ERREICHBARKEIT PRÜFEN')")
        await self.staff.wait_for_selector("#hops")
        return await self.staff.locator("#address").text_content() or ""

    async def run(self, address: str) -> None:
        """Open the phone's page and let it test although it is inside, until it is done."""
        await self.phone.goto(address)
        await self.phone.click("#anyway")
        await expect(self.phone.locator("#again")).to_be_visible(timeout=PATIENCE)


@asynccontextmanager
async def world(
    folder: Path, browsers: Browsers, pages: Pages, relay: str = "auto"
) -> AsyncIterator[World]:
    config = Config(
        data_folder=folder,
        staff_host="127.0.0.1",
        patients_host="127.0.0.1",
        staff_port=0,
        patients_port=0,
        stun_port=0,
        relay=relay,
    )
    browser = await browsers.chromium()
    async with AsyncExitStack() as stack:
        store = await app.open_store(config)
        founded = await demo.found(store)
        box = await app.start(stack, config, store=store)
        staff = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
        await _log_in(staff, box, founded)
        phone = await pages.open(browser, "about:blank", locale="de-DE", viewport=PHONE)
        yield World(box, staff, phone)
        for page in (staff, phone):  # or they would complain that the box is gone
            await page.goto("about:blank")


async def lights(page: Page) -> dict[str, str]:
    """The lights of a page, by hop."""
    found: dict[str, str] = await page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-hop]")]
          .map((item) => [item.dataset.hop, item.dataset.light]))"""
    )
    return found


async def entries(page: Page) -> dict[str, str]:
    """The router entries that a page shows, by hop."""
    found: dict[str, str] = await page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-hop]")]
          .map((item) => [item.dataset.hop, item.querySelector(".hop-entry:not([hidden]) code")])
          .filter(([, code]) => code).map(([hop, code]) => [hop, code.textContent]))"""
    )
    return found


async def _log_in(page: Page, box: Box, founded: Founded) -> None:
    secret = link.encode(founded.device_secret)
    await page.context.add_cookies([{"name": "pb-device", "value": secret, "url": box.staff_url}])
    await page.goto(f"{box.staff_url}/login")
    await page.fill("#organisation", demo.SHORT_NAME)
    await page.fill("#user", demo.USER)
    await page.fill("#password", demo.PASSWORD)
    await page.click("button:has-text('EINLOGGEN')")
    await page.wait_for_selector("#menu")
