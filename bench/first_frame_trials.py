"""What bench/first_frame.py measures: the yardstick's three orders, and our pages' two ways in.

Every trial begins with fresh pages, ours also with an appointment that nobody has been to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from box import Plan, Practice
from browsers import context
from pages import NAME, consultation, to_preview
from playwright.async_api import Browser, BrowserContext, Page

WAIT = 0.7  # seconds between "everything stands" and the click, as people wait longer than that

# Both browsers run on one machine, and a page's time origin is the machine's clock.
NOTE_CLICK = """(selector) => {
  document.querySelector(selector).addEventListener(
    "click",
    ({ timeStamp }) => (window.clicked = performance.timeOrigin + timeStamp),
    { capture: true, once: true },
  );
}"""
NOTE_FIRST_FRAME = """() => {
  window.firstFrame = new Promise((resolve) => {
    document.querySelector("#remote").requestVideoFrameCallback(
      () => resolve(performance.timeOrigin + performance.now()),
    );
  });
}"""


@dataclass(frozen=True)
class World:
    """Who takes part: a doctor who is logged in, a patient's browser, both boxes."""

    doctor: BrowserContext
    patient: Browser
    plan: Plan
    practice: Practice
    bare: str  # address of the yardstick's box
    numbers: Iterator[int]  # of appointments and rooms, each used once


@dataclass(frozen=True)
class Trial:
    """One row of the table."""

    title: str
    start: str  # what the clock starts with
    run: Callable[[World], Awaitable[float]]  # milliseconds


async def naive(world: World) -> float:
    return await _bare(world, "naive", "#enter")


async def trickle(world: World) -> float:
    return await _bare(world, "trickle", "#enter")


async def advance(world: World) -> float:
    return await _bare(world, "advance", "#admit")


async def admitted(world: World) -> float:
    """The patient waits; from the doctor's click to the patient's picture."""
    async with _pages(world) as (doctor, patient):
        number = next(world.numbers)
        await doctor.goto(consultation(world.plan, world.practice, number))
        await to_preview(patient, world.plan, world.practice, number)
        await patient.click("#enter:enabled")
        await doctor.wait_for_function(
            "(name) => document.querySelector('#ante-status').textContent.includes(name)",
            arg=NAME,  # it came over the connection, so that stands
        )
        await asyncio.sleep(WAIT)
        return await _until_first_frame(doctor, "#admit", patient)


async def cold(world: World) -> float:
    """The doctor is ready; from the patient's tap to the patient's picture."""
    async with _pages(world) as (doctor, patient):
        number = next(world.numbers)
        await doctor.goto(f"{consultation(world.plan, world.practice, number)}#start")
        await doctor.wait_for_selector("#admit", state="hidden")
        await to_preview(patient, world.plan, world.practice, number)
        await patient.wait_for_selector("#enter:enabled")
        await asyncio.sleep(WAIT)
        return await _until_first_frame(patient, "#enter", patient)


TRIALS = (
    Trial("bare, naive: new socket, no trickle", "tap", naive),
    Trial("bare, trickle on an open socket", "tap", trickle),
    Trial("bare, connected in advance", "admit", advance),
    Trial("PracticeBox, admitted", "admit", admitted),
    Trial("PracticeBox, cold start", "tap", cold),
)


async def _bare(world: World, order: str, button: str) -> float:
    room = str(next(world.numbers))
    async with _pages(world) as (doctor, patient):
        for role, page in (("doctor", doctor), ("patient", patient)):
            query = {"role": role, "order": order, "room": room, "stun": world.plan.stun}
            await page.goto(f"{world.bare}/bare.html?{urlencode(query)}")
            await page.wait_for_selector("body[data-ready]")
        clicking = doctor if button == "#admit" else patient
        await clicking.wait_for_selector(f"{button}:enabled")
        await asyncio.sleep(WAIT)
        return await _until_first_frame(clicking, button, patient)


@asynccontextmanager
async def _pages(world: World) -> AsyncIterator[tuple[Page, Page]]:
    """The doctor's page and that of a patient who was never here."""
    doctor = await world.doctor.new_page()
    window = await context(world.patient)
    try:
        yield doctor, await window.new_page()
    finally:
        await window.close()
        await doctor.close()


async def _until_first_frame(clicking: Page, button: str, watching: Page) -> float:
    """Milliseconds from a click on one page to the first frame that the other one shows."""
    await watching.evaluate(NOTE_FIRST_FRAME)
    await clicking.evaluate(NOTE_CLICK, button)
    await clicking.click(button)
    # In one call, since the round trips of Playwright keep the browsers busy.
    shown: float = await watching.evaluate(
        "Promise.race([window.firstFrame, new Promise((r) => setTimeout(r, 20000, NaN))])"
    )
    began: float = await clicking.evaluate("window.clicked")
    return shown - began
