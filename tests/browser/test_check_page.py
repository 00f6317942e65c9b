"""The page of the technical check: accessible, by keyboard, small, and not inside other apps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.axe import overflow, small_targets, violations
from tests.browser.check_world import PATIENCE, CheckWorld, check_world, slow_line, until_done
from tests.browser.conftest import FAKE_DEVICES, Browsers, Pages
from tests.browser.looking import keep

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
SMALL = {"width": 320, "height": 512}  # also a window of 640 px at 200 %
DESK = {"width": 1280, "height": 860}
INSTAGRAM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/22B83 Instagram 360.0.0.30.109 (iPhone15,2; iOS 18_1; de_DE; de; scale=3.00)"
)
SCANNER = (
    "Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Version/4.0 Chrome/130.0.6723.86 Mobile Safari/537.36"
)
Look = Callable[[Page, str], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[CheckWorld]:
    async with check_world(tmp_path, relay=False) as opened:
        yield opened


async def check(page: Page, name: str) -> None:
    """No violation in light and dark, nothing wider than 320 px, targets of 44 px."""
    size = page.viewport_size
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await violations(page, colours=scheme == "dark") == [], (name, scheme)
    assert await small_targets(page) == [], name
    await page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    assert await overflow(page) <= 0, name
    assert size
    await page.set_viewport_size(size)


def photographer(folder: Path) -> Look:
    async def shoot(page: Page, name: str) -> None:
        size = page.viewport_size
        assert size
        for label, window in (("desktop", DESK), ("phone", PHONE)):
            await page.set_viewport_size({"width": window["width"], "height": window["height"]})
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                shot = await page.screenshot(full_page=True)
                keep(shot, folder / f"{name}-{label}-{scheme}.png")
        await page.set_viewport_size(size)

    return shoot


async def walk_through(page: Page, url: str, look: Look) -> None:
    await page.goto(f"{url}/check")
    await expect(page.locator("#start")).to_be_visible()
    await look(page, "check-begin")
    await page.click("#start")
    await expect(page.locator("#sound-yes")).to_be_visible(timeout=PATIENCE)
    await look(page, "check-sound")
    await page.click("#sound-yes")
    await expect(page.locator("#echo-on")).to_be_visible(timeout=PATIENCE)
    await page.wait_for_function(
        "() => document.getElementById('back').videoWidth > 0", timeout=PATIENCE, polling=50
    )
    await look(page, "check-echo")
    await until_done(page)
    await page.click("details summary")
    await look(page, "check-done")


async def test_every_step_passes_axe_and_works_small(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE", viewport=PHONE)
    await walk_through(page, world.url, check)


async def test_a_result_with_remedies_passes_axe_and_works_small(
    world: CheckWorld, browsers: Browsers, pages: Pages
) -> None:
    refusing = await browsers.chromium(f"{FAKE_DEVICES[0]}=deny", FAKE_DEVICES[1])
    page = await pages.open(refusing, world.url, locale="de-DE", viewport=PHONE)
    await page.goto(f"{world.url}/check")
    await page.click("#start")
    await page.click("#sound-no", timeout=PATIENCE)
    assert await until_done(page) == "refused"
    assert await page.locator("[data-verdict]:visible").count() == 2
    await check(page, "refused")


async def test_the_check_needs_no_mouse(world: CheckWorld, chromium: Browser, pages: Pages) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    await page.goto(f"{world.url}/check")
    await expect(page.locator("#begin-title")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.locator("#start")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#sound-title")).to_be_focused(timeout=PATIENCE)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#done-title")).to_be_focused(timeout=PATIENCE)
    assert await until_done(page) == "good"


@pytest.mark.parametrize(
    ("agent", "title", "app"),
    [
        (INSTAGRAM, "Bitte in Safari öffnen", "der App „Instagram“"),
        (SCANNER, "Bitte in Chrome öffnen", "einer anderen App"),
    ],
)
async def test_other_apps_are_recognised_before_any_permission_is_asked(
    world: CheckWorld, chromium: Browser, pages: Pages, agent: str, title: str, app: str
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE", viewport=PHONE, user_agent=agent)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"{world.url}/check")
    await expect(page.locator("#guard-title")).to_have_text(title)
    assert app in await page.inner_text("#guard-app")
    assert not await page.is_visible("#start")
    await check(page, title)
    await page.click("#guard-copy")
    await expect(page.locator("#guard-status")).to_have_text("Der Link ist kopiert.")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{world.url}/check"
    assert await page.is_visible("#guard-open") == ("Android" in agent)
    await page.click("#guard-go-on")
    await expect(page.locator("#start")).to_be_visible()


async def test_the_link_of_the_letter_is_offered_where_it_was_opened_with_it(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, user_agent=SCANNER)
    link = "1.AAECAwQFBgc.AAECAwQFBgcICQoLDA0ODw"
    await page.goto(f"{world.url}/v#{link}")
    await page.wait_for_function("() => sessionStorage.getItem('link')", polling=50)
    await page.goto(f"{world.url}/check")
    await expect(page.locator("#guard-address")).to_have_value(f"{world.url}/v#{link}")


@pytest.mark.pictures
async def test_screenshots(
    world: CheckWorld,
    chromium: Browser,
    pages: Pages,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """`--screenshots` keeps them."""
    wanted = request.config.getoption("--screenshots")
    folder = Path(str(wanted)) if wanted else tmp_path / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    shoot = photographer(folder)
    page = await pages.open(chromium, world.url, locale="de-DE", viewport=PHONE)
    await walk_through(page, world.url, shoot)
    inside = await pages.open(chromium, world.url, locale="de-DE", user_agent=INSTAGRAM)
    await inside.goto(f"{world.url}/check")
    await expect(inside.locator("#guard-title")).to_be_visible()
    await shoot(inside, "check-guard")
    async with slow_line(world.server.port or 0, 500) as url:
        slow = await pages.open(chromium, url, locale="de-DE", viewport=PHONE)
        await slow.goto(f"{url}/check")
        await slow.click("#start")
        await slow.click("#sound-yes", timeout=PATIENCE)
        await expect(slow.locator("#speed")).to_be_visible(timeout=PATIENCE)
        await shoot(slow, "check-line")
        await until_done(slow)
        await shoot(slow, "check-slow")
        await slow.goto("about:blank")
    assert len(list(folder.glob("check-*-phone-dark.png"))) == 7
