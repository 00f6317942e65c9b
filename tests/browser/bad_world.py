"""A box in this process that a test can break, its status in good and bad, and real browsers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page

from practicebox.appliance.clock import Doubt, Trouble
from practicebox.appliance.jobs import JobState, Report
from practicebox.appliance.supervise import Health
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import DESK
from tests.web.both_doors import Doors
from tests.web.staff_box import Browser

NOON = datetime(2027, 1, 18, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD: dict[str, object] = {
    "stun_answers": True,
    "echo_works": True,
    "mdns_state": "running",
    "mdns_host": "pwinkler.local",
    "disk_free": 23 * 10**9,
    "clock_right": True,
    "started": NOON - 3 * DAY,
    "version": "0.4.0",
    "jobs": [
        Report("backup", JobState.WAITING, last=NOON),
        Report("retention", JobState.WAITING, last=NOON - DAY / 2),
        Report("proof", JobState.RUNNING, last=NOON - DAY),
    ],
}
TROUBLED: dict[str, object] = {
    **GOOD,
    "stun_answers": False,
    "mdns_state": "unavailable",
    "disk_trouble": "read-only",
    "clock_doubt": Doubt(Trouble.AHEAD, NOON + 30 * DAY, NOON, is_possible=True),
    "work": [Health("rooms", is_running=False, failures=1)],
    "jobs": [
        Report("backup", JobState.FAILED, last=NOON - 2 * DAY, failures=3),
        Report("retention", JobState.PAUSED),
    ],
}


@dataclass
class World:
    """The box, and the Hauptnutzer's page."""

    doors: Doors
    page: Page
    browsers: Browsers
    pages: Pages

    @property
    def staff(self) -> str:
        return address(self.doors.staff)

    async def window(self, browser: Browser) -> Page:
        """A real browser with the cookies of this one."""
        chromium = await self.browsers.chromium()
        page = await self.pages.open(chromium, "about:blank", locale="de-DE", viewport=DESK)
        await page.context.add_cookies(
            [
                {"name": f"pb-{name}", "value": browser.cookie(name), "url": address(browser)}
                for name in ("session", "device", "visit")
                if browser.cookie(name)
            ]
        )
        return page


def address(browser: Browser) -> str:
    """The door that this browser stands at."""
    return f"http://{browser.client.host}:{browser.client.port}"
