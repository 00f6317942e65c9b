"""A conference in real browsers: planned at the desk, entered from letters, and what each page
decodes of everybody else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.box import RunningBox
from tests.browser.conftest import Pages
from tests.browser.watching import NOTE_CONNECTIONS, download, qr_codes

DECODED = """async () => {
  const found = {};
  for (const [index, connection] of window.connections.entries()) {
    if (connection.connectionState !== "connected") continue;
    const stats = [...(await connection.getStats()).values()];
    const inbound = stats.filter(({ type }) => type === "inbound-rtp");
    const video = inbound.find(({ kind }) => kind === "video");
    if (!video) continue;
    const energy = inbound.map(({ totalAudioEnergy }) => totalAudioEnergy ?? 0);
    found[index] = [video.framesDecoded ?? 0, Math.max(...energy), video.frameHeight ?? 0];
  }
  return { at: performance.now(), found };
}"""


PATIENCE = 30_000  # milliseconds; the machine encodes the pictures of everybody at once


@dataclass(frozen=True)
class Flow:
    """What one page decodes of one other."""

    frames: float  # a second
    energy: float  # of the sound since the first look
    height: int


@dataclass
class Conference:
    """Everybody's pages; the appointment's address."""

    box: RunningBox
    pages: Pages
    browser: Browser
    clinician: Page
    appointment: str = ""
    guests: dict[str, Page] = field(default_factory=dict)

    async def plan(self) -> None:
        """A conference that begins within the next quarter of an hour."""
        page = self.clinician
        self.appointment = await steps.plan(page, self.box, kind="conference")

    async def invite(self, name: str, role: str, release: str = "patient") -> str:
        """Add somebody and note their release; their number in the list."""
        page = self.clinician
        await page.goto(f"{self.appointment}/participants")
        await page.fill("#name", name)
        await page.select_option("#role", role)
        await page.click("#add button[type=submit]")
        card = page.locator(".person", has_text=name)
        if release:
            await card.locator(f"input[name=by][value={release}]").check()
            await card.locator("button:has-text('ENTBINDUNG VERMERKEN')").click()
            await expect(card).to_contain_text("eingeladen")
        return name

    async def link_of(self, name: str) -> str:
        """What stands in the QR code of somebody's letter; empty name: the patient's."""
        page, path = self.clinician, f"{self.appointment}/letter.pdf"
        if name:
            await page.goto(f"{self.appointment}/participants")
            card = page.locator(".person", has_text=name)
            form = await card.locator("form").first.get_attribute("action") or ""
            path = f"{self.box.staff}{form.rpartition('/')[0]}/letter.pdf"
        [link] = qr_codes(await download(page, path))
        return link

    async def enter(self, who: str, link: str) -> Page:
        """From the letter to the waiting room, in a browser of their own."""
        page = await self.window(link)
        await page.fill("#name", who)
        await page.click("#entrance button[type=submit]")
        await page.click("#allow")
        await page.check("#present-self")
        await page.click("#enter:enabled")
        await page.wait_for_selector("#step-waiting", state="visible")
        self.guests[who] = page
        return page

    async def window(self, url: str) -> Page:
        size = {"width": 480, "height": 480}  # drawing large pictures costs more than decoding them
        page = await self.pages.open(self.browser, "about:blank", locale="de-DE", viewport=size)
        await page.add_init_script(NOTE_CONNECTIONS)
        await page.goto(url)
        return page

    async def begin(self) -> None:
        """The clinician opens the conference and says who is there."""
        page = self.clinician
        await page.goto(f"{self.appointment}/consultation")
        await page.check("#present-self")
        await page.click("#begin")

    async def ask_in(self, name: str) -> None:
        row = self.clinician.locator(".seat", has_text=name)
        await row.locator(".seat-admit").click()
        await expect(row).to_have_attribute("data-where", "inside", timeout=PATIENCE)

    @property
    def everybody(self) -> list[Page]:
        return [self.clinician, *self.guests.values()]


async def flows(page: Page, seconds: float = 2.0) -> list[Flow]:
    """What the page decodes of each of the others, measured over some seconds."""
    before = await page.evaluate(DECODED)
    await asyncio.sleep(seconds)
    after = await page.evaluate(DECODED)
    span = (after["at"] - before["at"]) / 1000
    return [
        Flow(
            (now[0] - before["found"].get(index, [0, 0, 0])[0]) / span,
            now[1] - before["found"].get(index, [0, 0, 0])[1],
            now[2],
        )
        for index, now in after["found"].items()
    ]


async def until_all_see_all(
    pages: list[Page], others: int, least: float, patience: float = 60.0
) -> dict[str, list[Flow]]:
    """Wait until each page decodes `least` frames a second, and sound, of as many others."""
    found: dict[str, list[Flow]] = {}
    async with asyncio.timeout(patience):
        while True:
            measured = await asyncio.gather(*map(flows, pages))
            found = {str(number): each for number, each in enumerate(measured)}
            if all(_is_alive(each, others, least) for each in measured):
                return found


def _is_alive(found: list[Flow], others: int, least: float) -> bool:
    return len(found) == others and all(f.frames >= least and f.energy > 0 for f in found)
