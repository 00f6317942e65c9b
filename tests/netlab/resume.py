"""What happens to a call when something breaks in the middle of it, seen from both pages."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from playwright.async_api import Error, Page

from tests.netlab.layout import Lab, change_network

LOOK = 0.1  # seconds
# Chromium learns of another network up to 3 s later, and breaks off what its pages load then.
NOTICED = 4.0  # seconds
# Frames that are on their way or in a buffer are still shown after a path has broken.
LEFTOVERS = 0.4  # seconds


@dataclass(frozen=True)
class Call:
    """A call that stands."""

    doctor: Page
    patient: Page

    async def picture_again(self, since: float, limit: float) -> tuple[float, float]:
        """Seconds from `since` (time.time()) until the doctor and the patient see a picture again.

        Infinity for who doesn't within `limit` seconds.
        """
        until = since + limit
        seconds = [float("inf"), float("inf")]
        while time.time() < until and float("inf") in seconds:
            frames = [await _frame_after(page, since) for page in (self.doctor, self.patient)]
            seconds = [frame - since if frame else float("inf") for frame in frames]
            await asyncio.sleep(LOOK)
        return seconds[0], seconds[1]

    async def connections(self) -> int:
        """How many connections both pages have made since they were loaded."""
        pages = (self.doctor, self.patient)
        return sum([int(await page.evaluate("lab.connections.length")) for page in pages])

    async def longest_gap(self, since: float) -> float:
        """Seconds without a new frame on either page, the longest since then."""
        gaps = [
            await page.evaluate("(since) => lab.longestGap(since)", 1000 * since)
            for page in (self.doctor, self.patient)
        ]
        return float(max(gaps)) / 1000


async def at_rest(lab: Lab, network: str) -> None:
    """The telephone has been in this network for a while."""
    change_network(lab, network)
    await asyncio.sleep(NOTICED)


async def reload(page: Page) -> None:
    """What an impatient person does."""
    await page.reload(wait_until="domcontentloaded")
    await page.evaluate("lab.noteFrames()")


async def _frame_after(page: Page, moment: float) -> float | None:
    """When the page showed the first frame that didn't come before `moment`."""
    try:
        shown: float = await page.evaluate(
            "(moment) => lab.firstFrameAfter(moment)", 1000 * (moment + LEFTOVERS)
        )
    except Error:
        return None  # the page is just being loaded
    return shown / 1000 if shown else None
