"""Looking at a page: what axe finds, what is too small or too wide, and pictures of it."""

from __future__ import annotations

import io
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.async_api import Page, ViewportSize

from tests.browser.axe import overflow, small_targets, violations

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 860}
ZOOMED: ViewportSize = {
    "width": 320,
    "height": 512,
}  # 320 px, which is also a 640 px window at 200 %

# Two sentences without a blank: templates swallow blanks around their tags.
GLUED = re.compile(r"\w*[a-zäöüß]{2}[.!?](?:[A-ZÄÖÜ][a-zäöü]|\d)\w*")

Scheme = Literal["light", "dark"]
View = tuple[str, ViewportSize, Scheme]
VIEWS: tuple[View, ...] = (
    ("desktop", DESK, "light"),
    ("desktop", DESK, "dark"),
    ("phone", PHONE, "light"),
    ("phone", PHONE, "dark"),
)
FEW_VIEWS = (VIEWS[0], VIEWS[-1])

Look = Callable[[Page, str], Awaitable[None]]


async def check(page: Page, name: str) -> None:
    """No violation, light and dark; nothing wider than 320 px; targets of 44 px; no glued words."""
    size = page.viewport_size
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await violations(page, colours=scheme == "dark") == [], (name, scheme)
    await page.emulate_media(color_scheme="light")
    assert await small_targets(page) == [], name
    assert GLUED.findall(await page.inner_text("body")) == [], name
    await page.set_viewport_size(ZOOMED)
    assert await overflow(page) <= 0, name
    assert size
    await page.set_viewport_size(size)


def photographer(folder: Path, views: tuple[View, ...] = VIEWS) -> Look:
    """Takes each page at desk and phone width, light and dark, or in fewer views."""
    folder.mkdir(parents=True, exist_ok=True)

    async def shoot(page: Page, name: str) -> None:
        size = page.viewport_size
        for label, window, scheme in views:
            await page.set_viewport_size(window)
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            keep(await page.screenshot(), folder / f"{name}-{label}-{scheme}.png")
        await page.emulate_media(color_scheme="light")
        assert size
        await page.set_viewport_size(size)

    return shoot


def onlooker(request: pytest.FixtureRequest) -> Look:
    """Checks each page at desk and phone width, and takes two views of it for --screenshots."""
    wanted = request.config.getoption("--screenshots")
    shoot = photographer(Path(str(wanted)), FEW_VIEWS) if wanted else None

    async def look(page: Page, name: str) -> None:
        if shoot:
            await shoot(page, name)
        for window in (DESK, PHONE):
            await page.set_viewport_size(window)
            await check(page, name)

    return look


def keep(picture: bytes, file: Path) -> None:
    """Write a screenshot in 256 colours: pages have hardly more, and it takes 40 % of the room."""
    with Image.open(io.BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(file, "PNG", optimize=True)
