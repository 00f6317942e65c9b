"""Looking at a page: what axe finds, what is too small or too wide, and pictures of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, ViewportSize

from tests.browser.axe import overflow, small_targets, violations

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 860}
ZOOMED: ViewportSize = {
    "width": 320,
    "height": 512,
}  # 320 px, which is also a 640 px window at 200 %

Look = Callable[[Page, str], Awaitable[None]]


async def check(page: Page, name: str) -> None:
    """No violation in light and dark, nothing wider than the window at 320 px, targets of 44 px."""
    size = page.viewport_size
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await violations(page) == [], (name, scheme)
    await page.emulate_media(color_scheme="light")
    assert await small_targets(page) == [], name
    await page.set_viewport_size(ZOOMED)
    assert await overflow(page) <= 0, name
    assert size
    await page.set_viewport_size(size)


def photographer(folder: Path) -> Look:
    """Takes each page at desk and phone width, light and dark."""

    async def shoot(page: Page, name: str) -> None:
        size = page.viewport_size
        for label, window in (("desktop", DESK), ("phone", PHONE)):
            await page.set_viewport_size(window)
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                await page.screenshot(path=folder / f"{name}-{label}-{scheme}.png")
        await page.emulate_media(color_scheme="light")
        assert size
        await page.set_viewport_size(size)

    return shoot
