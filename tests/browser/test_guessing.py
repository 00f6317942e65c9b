"""What people see where somebody guesses: the puzzle, the pause, the login that has to wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from practicebox import app, demo
from practicebox.box import Box
from practicebox.config import Config
from practicebox.web.patient.throttle import SLIPS
from practicebox.web.staff.throttle import ACCOUNT_SLIPS
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import PHONE, check, photographer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LOOPBACK = Config(
    staff_host="127.0.0.1",
    patients_host="127.0.0.1",
    staff_port=0,
    patients_port=0,
    stun_port=0,
    tls_mode="off",
)
PATIENCE = 30_000  # milliseconds for a puzzle beside other work
# The longest time between two pictures of the page while the puzzle is shown on it.
WATCH_FRAMES = """
let last = performance.now();
const next = (now) => {
  const puzzle = document.getElementById("puzzle");
  const longest = Math.max(sessionStorage.longest ?? 0, now - last);
  if (puzzle && !puzzle.hidden) sessionStorage.longest = longest;
  last = now;
  requestAnimationFrame(next);
};
requestAnimationFrame(next);
"""
# Whether the page has said what it does; it may be done within a few milliseconds.
NOTE_PUZZLE = """
new MutationObserver(() => {
  const why = document.getElementById("puzzle-why");
  if (why?.checkVisibility() && why.textContent.includes("löst eine kleine Rechenaufgabe"))
    sessionStorage.puzzled = "yes";
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""
# A puzzle whose first part is solved, so that there is time to look at the page.
STUCK = """
window.Worker = class extends EventTarget {
  postMessage() { this.dispatchEvent(new MessageEvent("message", { data: 1 })); }
  terminate() {}
};
"""
SMOOTH = 250  # milliseconds; on the page itself the puzzle would take a second and more


@dataclass
class World:
    box: Box
    code: str
    browsers: Browsers
    pages: Pages

    @property
    def patients(self) -> str:
        return f"http://127.0.0.1:{self.box.patients_port}"

    @property
    def staff(self) -> str:
        return f"http://127.0.0.1:{self.box.staff_port}"

    async def window(self, url: str, program: str = "chromium", script: str = "") -> Page:
        browser = await getattr(self.browsers, program)()
        page = await self.pages.open(browser, "about:blank", locale="de-DE", viewport=PHONE)
        if script:
            await page.add_init_script(script)
        await page.goto(url)
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path, browsers: Browsers, pages: Pages) -> AsyncIterator[World]:
    """The box of the demonstration, without its marks: it has a practice and an appointment."""
    pages.expect(r"WebSocket|40\d|422|429|503")
    config = replace(LOOPBACK, data_folder=tmp_path)
    async with AsyncExitStack() as stack:
        store = await app.open_store(config)
        founded = await demo.found(store)
        await store.login(demo.SHORT_NAME, demo.USER, demo.PASSWORD, founded.device_secret)
        appointment = await demo.plan(store, founded, datetime.now(UTC))
        box = await app.start(stack, config, store=store)
        yield World(box, appointment.codes.patient, browsers, pages)
        await pages.close()


async def guess(world: World) -> None:
    """As many wrong codes as are free."""
    async with aiohttp.ClientSession(headers={"Origin": world.patients}) as session:

        async def one() -> None:
            question = json.dumps({"code": "000-000-001"})
            async with session.post(f"{world.patients}/visit", data=question) as answer:
                assert answer.status == 404

        await asyncio.gather(*(one() for _ in range(SLIPS)))


async def enter(page: Page, code: str) -> None:
    await page.fill("#code", code)
    await page.fill("#name", "Alice Krejčová")
    await page.click("#entrance button[type=submit]")


@pytest.mark.alone
@pytest.mark.parametrize("program", ["chromium", "firefox"])
async def test_the_browser_solves_the_puzzle_and_stays_quick(world: World, program: str) -> None:
    await guess(world)
    page = await world.window(world.patients, program, WATCH_FRAMES + NOTE_PUZZLE)
    await enter(page, world.code)
    await expect(page.locator("#allow")).to_be_visible(timeout=PATIENCE)
    assert await page.evaluate("sessionStorage.puzzled") == "yes"
    assert 0 < float(await page.evaluate("sessionStorage.longest")) < SMOOTH


async def test_a_wrong_code_costs_a_puzzle_and_nothing_typed_is_lost(world: World) -> None:
    await guess(world)
    page = await world.window(world.patients)
    await enter(page, "123-456-789")
    await expect(page.locator("#code-error")).to_contain_text("Zugangscode unbekannt")
    await expect(page.locator("#puzzle")).to_be_hidden()
    assert await page.input_value("#code") == "123-456-789"
    await enter(page, world.code)
    await expect(page.locator("#allow")).to_be_visible()


async def test_puzzle_pause_and_waiting_login_are_accessible_and_small(
    world: World, request: pytest.FixtureRequest
) -> None:
    wanted = request.config.getoption("--screenshots")
    shoot = photographer(Path(str(wanted))) if wanted else None
    await guess(world)

    async def look(page: Page, name: str) -> None:
        await check(page, name)
        if shoot:
            await shoot(page, name)

    page = await world.window(world.patients, script=STUCK)
    await enter(page, world.code)
    await expect(page.locator("#puzzle-text")).to_have_text("Schritt 1 von 16")
    await look(page, "puzzle")

    page = await world.window(world.patients)
    await page.route("**/visit", lambda route: route.fulfill(status=503, body="{}"))
    await enter(page, world.code)
    await expect(page.locator("#code-error")).to_contain_text("QR-Code in Ihrem Brief")
    await expect(page.locator("#code")).to_be_focused()
    assert await page.input_value("#code") == world.code
    await look(page, "codes-paused")

    page = await world.window(f"{world.staff}/login")
    for _ in range(ACCOUNT_SLIPS + 1):
        await page.fill("#organisation", demo.SHORT_NAME)
        await page.fill("#user", demo.USER)
        await page.fill("#password", "falsch falsch")
        await page.click("button:has-text('EINLOGGEN')")
        await page.wait_for_load_state()
    await expect(page.locator("#problem-title")).to_have_text("Zu viele Versuche")
    assert await page.input_value("#user") == demo.USER
    await look(page, "login-waits")
