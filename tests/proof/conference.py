"""Nine people meet, and the conference stands for five minutes: every pair, in both directions.

All nine pages run on one machine, which encodes 72 pictures at once; so the rate is printed and not
judged, and what must hold is that each page goes on decoding each of the eight others. `--short`:
four people for half a minute.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conference_world import Conference, Flow, flows
from tests.browser.conftest import Browsers, Pages
from tests.browser.watching import NOTE_CONNECTIONS

ONLY_LONG = True  # tests/browser/test_conference.py has four people

CAMERAS = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=10")
MEETING = 240.0  # seconds for everybody to find everybody, on a machine that is busy with cameras
LOOK = 5.0  # seconds of one measurement
EVERY = 30.0  # seconds between two of them


def main(short: bool) -> int:
    """Hold the conference; 0 if every pair stood to the end."""
    people, seconds = (4, 30.0) if short else (9, 300.0)
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_hold(Path(folder), people, seconds))


async def _hold(folder: Path, people: int, seconds: float) -> int:
    pages = Pages()
    async with async_playwright() as playwright, running_box(folder / "box") as box:
        browsers = Browsers(playwright)
        browser = await browsers.chromium(*CAMERAS)
        clinician = await pages.open(browser, "about:blank", locale="de-DE")
        await clinician.add_init_script(NOTE_CONNECTIONS)
        await steps.set_up(clinician, box)
        meeting = Conference(box, pages, browser, clinician)
        try:
            await _gather(meeting, people)
            return await _watch(meeting, people - 1, seconds)
        finally:
            await _shut(pages, browsers, box)


async def _gather(meeting: Conference, people: int) -> None:
    await meeting.plan()
    names = [f"Gast {number}" for number in range(2, people)]
    links = {"Alice Krejčová": await meeting.link_of("")}
    for name in names:
        await meeting.invite(name, "colleague")
        links[name] = await meeting.link_of(name)
    for name, link in links.items():
        await meeting.enter(name, link)
    await meeting.begin()
    for name in links:
        await meeting.ask_in(name)


async def _watch(meeting: Conference, others: int, seconds: float) -> int:
    """Measure from the moment in which everybody sees everybody."""
    began = time.monotonic()
    while not _all_stand(measured := await _measure(meeting), others):
        print(f"  each sees so many others: {[len(each) for each in measured]}", flush=True)
        if time.monotonic() - began > MEETING:
            print(f"not everybody has met: {[len(each) for each in measured]}")
            return 1
    print(f"{others + 1} people, all connected after {time.monotonic() - began:.0f} s")
    began, broken = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        await asyncio.sleep(min(EVERY, seconds / 3))
        measured = await _measure(meeting)
        broken += not _all_stand(measured, others)
        print(_line(time.monotonic() - began, measured), flush=True)
    print(f"looks in which a pair stood still: {broken}")
    return int(broken > 0)


async def _measure(meeting: Conference) -> list[list[Flow]]:
    return list(await asyncio.gather(*(flows(page, LOOK) for page in meeting.everybody)))


def _all_stand(measured: list[list[Flow]], others: int) -> bool:
    return all(len(each) == others and all(f.frames > 0 for f in each) for each in measured)


def _line(seconds: float, measured: list[list[Flow]]) -> str:
    every = [flow for each in measured for flow in each]
    rates = sorted(flow.frames for flow in every)
    heights = sorted({flow.height for flow in every})
    return (
        f"{seconds:4.0f} s: {len(every)} pictures, {rates[0]:.1f} to {rates[-1]:.1f} frames/s,"
        f" median {statistics.median(rates):.1f}; heights {heights}"
    )


async def _shut(pages: Pages, browsers: Browsers, box: RunningBox) -> None:
    pages.expect(".*")
    await pages.close()
    await browsers.close()
    await box.stop()


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
