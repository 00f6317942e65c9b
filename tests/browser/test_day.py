"""The start page at the reception: kept right by itself, loud only if wanted."""

from __future__ import annotations

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
from tests.browser.looking import check, photographer
from tests.browser.watching import download, qr_codes

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOTE_SOUNDS = """(() => { window.sounds = 0; const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.sounds += 1; return start.apply(this, when); }; })()"""


@dataclass
class World:
    box: RunningBox
    pages: Pages
    desk: Page
    phone: Page


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    tmp_path: Path, browsers: Browsers, pages: Pages, founded: FoundedPractice
) -> AsyncIterator[World]:
    browser = await browsers.chromium()
    pages.expect(BOX_AWAY)
    async with running_box(tmp_path, founded.disk) as box:
        desk = await pages.open(browser, "about:blank", locale="de-DE")
        await desk.add_init_script(NOTE_SOUNDS)
        await founded.log_in(desk, box)
        appointment = await steps.plan(desk, box)
        [link] = qr_codes(await download(desk, f"{appointment}/letter.pdf"))
        await desk.goto(box.staff)
        phone = await pages.open(browser, link, locale="de-DE")
        yield World(box, pages, desk, phone)


async def test_who_arrives_is_on_the_screen_at_once(world: World) -> None:
    await expect(world.desk.locator(".entry .step")).to_have_text("erwartet")
    await world.desk.click("#chime")
    await expect(world.desk.locator("#chime")).to_have_attribute("aria-pressed", "true")
    before = await world.desk.evaluate("window.sounds")
    await steps.to_waiting_room(world.phone)
    await expect(world.desk.locator(".entry .step")).to_contain_text("wartet, seit")
    await expect(world.desk.locator("#day-news")).to_have_text("Alice Krejčová ist im Wartezimmer.")
    assert await world.desk.title() == "(1) Start · PracticeBox"
    assert await world.desk.evaluate("window.sounds") > before


async def test_a_delay_is_on_the_patients_screen(world: World) -> None:
    await steps.to_waiting_room(world.phone)
    await world.desk.select_option("#minutes", "15")
    await world.desk.click("button:has-text('VERSPÄTUNG MITTEILEN')")
    late = world.phone.locator("#late")
    await expect(late).to_contain_text("Es dauert etwa 15 Minuten länger als geplant.")
    await check(world.phone, "waiting, late")
    await expect(world.desk.locator("#day")).to_contain_text("etwa 15 Minuten später")
    await world.desk.select_option("#minutes", "0")
    await world.desk.click("button:has-text('VERSPÄTUNG MITTEILEN')")
    await expect(late).to_be_hidden()


async def test_it_is_right_again_after_the_box_was_away(world: World) -> None:
    await steps.to_waiting_room(world.phone)
    await expect(world.desk.locator(".entry .step")).to_contain_text("wartet")
    await world.box.stop()
    await expect(world.desk.locator("#day-lost")).to_be_visible()
    await world.box.restart()
    await steps.log_in(world.desk, world.box)
    await expect(world.desk.locator(".entry .step")).to_contain_text("wartet, seit")


async def test_the_pages_are_accessible_and_small(
    world: World, request: pytest.FixtureRequest
) -> None:
    folder = request.config.getoption("--screenshots")
    await steps.to_waiting_room(world.phone)
    await expect(world.desk.locator(".entry .step")).to_contain_text("wartet")
    await check(world.desk, "day")
    if folder:
        await photographer(Path(folder))(world.desk, "day")
