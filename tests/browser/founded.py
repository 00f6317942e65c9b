"""A practice that has been set up already, in the wizard, once for all tests of a process.

A test that isn't about the wizard begins with a copy of its data folder and logs in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import Browsers, Pages

DEVICE = "pb-device"  # the cookie of an approved workstation


@dataclass(frozen=True)
class FoundedPractice:
    """The data folder, and what the first workstation's browser keeps."""

    disk: Path
    device: str

    async def log_in(self, page: Page, box: RunningBox) -> None:
        """Be that browser, at a box that runs on a copy of the folder."""
        device = {"name": DEVICE, "value": self.device, "url": box.staff}
        await page.context.add_cookies([device])  # type: ignore[list-item]  # its own kind of dict
        await steps.log_in(page, box)


async def found_practice(folder: Path, browsers: Browsers) -> FoundedPractice:
    """Go through the wizard, and leave."""
    pages = Pages()
    async with running_box(folder) as box:
        page = await pages.open(await browsers.chromium(), "about:blank", locale="de-DE")
        await steps.set_up(page, box)
        [device] = [
            cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == DEVICE
        ]
        await steps.log_out(page, pages)
        await pages.close()
    return FoundedPractice(folder / "data", device)
