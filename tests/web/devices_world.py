"""What the tests of workstations have in common: what the asking page hears, a device's buttons."""

from __future__ import annotations

import re

from tests.web.staff_box import Browser

HANGS = 10.0  # seconds after which a socket is never told


async def news(browser: Browser) -> str:
    return (await browser.get("/login/device/news")).source


def button(page_source: str, name: str, what: str) -> str:
    """The address of one of a device's buttons."""
    row = page_source.partition(f"<h2>{name} ")[2].partition("</li>")[0]
    found_ = re.search(rf'"(/devices/[^"]+/{what})"', row)
    assert found_, (name, what)
    return found_.group(1)
