"""Real browsers and the box's own authority: refused, then trusted, and never beyond its limits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
    expect,
)

from tests.browser import trust_world
from tests.browser.axe import overflow, small_targets, violations
from tests.browser.looking import keep
from tests.browser.trust_world import Doors

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 360, "height": 740}
ZOOMED: ViewportSize = {"width": 320, "height": 512}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CAMERA = """async () => ({
  secure: isSecureContext,
  tracks: (await navigator.mediaDevices.getUserMedia({ audio: true, video: true }))
    .getTracks().map((track) => track.kind).sort(),
})"""

Launch = Callable[..., Awaitable[BrowserContext]]
BROWSERS = pytest.mark.parametrize("launch", [trust_world.chromium, trust_world.firefox])


@pytest_asyncio.fixture(loop_scope="session")
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with trust_world.doors(tmp_path / "box") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


async def refusal(page: Page, url: str) -> str:
    """What the browser says instead of opening `url`."""
    with pytest.raises(Error) as raised:
        await page.goto(url)
    return str(raised.value)


@BROWSERS
async def test_a_device_that_trusts_the_box_gives_it_camera_and_microphone(
    doors: Doors, playwright: Playwright, tmp_path: Path, launch: Launch
) -> None:
    context = await launch(playwright, tmp_path / "home", doors.anchor)
    page = await context.new_page()
    await page.goto(doors.help)
    await page.get_by_role("link", name=re.compile("TEST IT|TESTEN")).click()
    await page.wait_for_url(f"{doors.staff}/**")
    await expect(page.locator("h1")).to_be_visible()
    assert await page.evaluate(CAMERA) == {"secure": True, "tracks": ["audio", "video"]}
    await context.close()


@BROWSERS
async def test_a_device_that_does_not_trust_the_box_refuses_it(
    doors: Doors, playwright: Playwright, tmp_path: Path, launch: Launch
) -> None:
    context = await launch(playwright, tmp_path / "home", None)
    said = await refusal(await context.new_page(), doors.staff)
    assert "ERR_CERT_AUTHORITY_INVALID" in said or "SEC_ERROR_UNKNOWN_ISSUER" in said
    await context.close()


@BROWSERS
async def test_the_help_page_opens_after_the_staff_door_has_been_used(
    doors: Doors, playwright: Playwright, tmp_path: Path, launch: Launch
) -> None:
    """Once the authority is a new one, people come from the one to the other."""
    context = await launch(playwright, tmp_path / "home", doors.anchor)
    page = await context.new_page()
    await page.goto(doors.staff)
    page = await context.new_page()
    await page.goto(doors.help)
    await expect(page.locator("#download")).to_be_visible()
    await context.close()


@BROWSERS
async def test_even_with_the_stolen_key_nobody_can_be_another_site(
    doors: Doors, playwright: Playwright, tmp_path: Path, launch: Launch
) -> None:
    context = await launch(playwright, tmp_path / "home", doors.anchor)
    said = await refusal(await context.new_page(), doors.evil)
    assert "ERR_CERT_INVALID" in said or "SEC_ERROR_CERT_NOT_IN_NAME_SPACE" in said
    page = await context.new_page()
    await page.goto(doors.staff)  # the same browser takes the same signature for our own name
    await context.close()


@BROWSERS
async def test_a_renewal_is_not_noticed_by_a_browser(
    doors: Doors, playwright: Playwright, tmp_path: Path, launch: Launch
) -> None:
    context = await launch(playwright, tmp_path / "home", doors.anchor)
    page = await context.new_page()
    await page.goto(doors.staff)
    doors.machine.names.append("praxis-sonne.local")
    await doors.served.refresh()
    assert "praxis-sonne.local" in doors.served.status.hosts
    await page.reload()
    assert await page.evaluate("isSecureContext")
    await context.close()


async def test_the_help_page_is_accessible_small_and_on_screenshots(
    doors: Doors, playwright: Playwright, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    wanted = request.config.getoption("--screenshots")
    folder = Path(str(wanted)) if wanted else tmp_path
    context = await trust_world.chromium(playwright, tmp_path / "home", None)
    page = await context.new_page()
    await page.goto(doors.help)
    await expect(page.locator("details[open]")).to_have_count(1)
    for label, size in (("desktop", DESK), ("phone", PHONE)):
        await page.set_viewport_size(size)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            shot = await page.screenshot(full_page=True)
            keep(shot, folder / f"trust-{label}-{scheme}.png")
    for system in ("windows", "macos", "ios", "android", "firefox"):  # Linux is open already
        await page.click(f"#{system} summary")
    await expect(page.locator("details[open]")).to_have_count(6)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await violations(page) == []
    assert await small_targets(page) == []
    await page.set_viewport_size(ZOOMED)
    assert await overflow(page) <= 0
    await context.close()


async def test_the_certificate_is_downloaded_under_its_name(
    doors: Doors, playwright: Playwright, tmp_path: Path
) -> None:
    context = await trust_world.chromium(playwright, tmp_path / "home", None)
    page = await context.new_page()
    await page.goto(doors.help)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="ZERTIFIKAT HERUNTERLADEN").click()
    download = await waiting.value
    assert download.suggested_filename == "practicebox-ca.crt"
    saved = await download.path()
    assert await asyncio.to_thread(saved.read_bytes) == doors.anchor.der
    await context.close()
