"""One consultation in the lab, the pages driven as their users do, and what came of it."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Page

from practicebox import demo
from practicebox.practice import link
from tests.netlab.box import PUBLIC, STAFF, Box

NAME = "Alice Krejčová"
GIVE_UP = 14.0  # seconds after the tap without picture and without words
LOOK = 0.1  # seconds between two looks at the pages
WATCHED = 3  # seconds in each of which frames have to arrive
RESCUE = "#rescue"  # says in words that it can't be, and offers the telephone


@dataclass(frozen=True)
class Path:
    """The chosen path as one page sees it: kinds of candidates (host, srflx, prflx, relay)."""

    local: str
    remote: str
    address: str  # of the other end
    relay: str  # how this page reaches its relay: udp, tcp, tls; empty without one

    @property
    def is_relayed(self) -> bool:
        return "relay" in (self.local, self.remote)


@dataclass
class Outcome:
    """What one consultation came to. Times in seconds after the patient's tap."""

    patient_sees: float | None = None  # the first frame
    doctor_sees: float | None = None
    patient_told: float | None = None  # that it can't be
    doctor_told: float | None = None
    path: Path | None = None  # as the patient's page sees it
    doctor_path: Path | None = None
    slowest: int = 0  # frames in the worst second of either page
    strangers: list[str] = field(default_factory=list)  # destinations that are nobody's
    trouble: list[str] = field(default_factory=list)  # what the pages complained about

    @property
    def connected(self) -> bool:
        return self.patient_sees is not None and self.doctor_sees is not None


async def log_in(doctor: BrowserContext, box: Box) -> None:
    """The doctor's browser is the approved workstation; the session stays with it."""
    secret = link.encode(box.device_secret)
    await doctor.add_cookies(
        [{"name": "__Host-device", "value": secret, "url": STAFF, "secure": True}]
    )
    page = await doctor.new_page()
    await page.goto(f"{STAFF}/login")
    await page.fill("#organisation", demo.SHORT_NAME)
    await page.fill("#user", demo.USER)
    await page.fill("#password", demo.PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_selector("#menu")
    await page.close()


async def doctor_ready(page: Page, box: Box, number: int) -> None:
    """The doctor has pressed the button of the appointment and waits."""
    await page.goto(f"{STAFF}/appointments/{box.appointments[number]}/consultation#start")
    await page.wait_for_selector("#admit", state="hidden")
    await page.evaluate("lab.noteFrames()")


async def patient_ready(page: Page, box: Box, number: int) -> None:
    """From the letter to the page on which the patient sees their own picture."""
    await page.goto(f"{PUBLIC}{box.fragments[number]}")
    await page.fill("#name", NAME)
    await page.click("#entrance button[type=submit]")
    await page.click("#allow")
    await page.wait_for_selector("#enter:enabled")
    await page.evaluate("lab.noteFrames()")
    await page.evaluate("lab.noteTap('#enter')")


async def consult(doctor: Page, patient: Page) -> Outcome:
    """The patient taps; wait for both pictures, or until the patient is told why not."""
    outcome = Outcome()
    await patient.click("#enter")
    until = time.monotonic() + GIVE_UP
    while time.monotonic() < until and not outcome.connected and not outcome.patient_told:
        await _look(doctor, patient, outcome)
        await asyncio.sleep(LOOK)
    return outcome


async def watch(doctor: Page, patient: Page, outcome: Outcome) -> None:
    """Look at the picture for some seconds, and at the path that it has taken."""
    if outcome.connected:
        outcome.slowest = await _slowest_second(doctor, patient)
        outcome.path, outcome.doctor_path = await path_of(patient), await path_of(doctor)


async def path_of(page: Page) -> Path | None:
    """The path that the page's connection has chosen."""
    status = await status_of(page)
    local, remote = status["local"], status["remote"]
    if not local or not remote:
        return None
    return Path(
        local["candidateType"],
        remote["candidateType"],
        remote.get("address") or "",
        local.get("relayProtocol") or "",
    )


async def status_of(page: Page) -> dict[str, Any]:
    status: dict[str, Any] = await page.evaluate("lab.status()")
    return status


async def _look(doctor: Page, patient: Page, outcome: Outcome) -> None:
    seen, other = await asyncio.gather(status_of(patient), status_of(doctor))
    tapped = seen["tapped"]

    def after(moment: float) -> float | None:
        return (moment - tapped) / 1000 if moment and tapped else None

    outcome.patient_sees, outcome.doctor_sees = (
        after(seen["firstFrame"]),
        after(other["firstFrame"]),
    )
    outcome.patient_told = outcome.patient_told or await _told(patient, tapped)
    outcome.doctor_told = outcome.doctor_told or await _told(doctor, tapped)


async def _told(page: Page, tapped: float) -> float | None:
    shown: bool = await page.evaluate("(selector) => lab.shows(selector)", RESCUE)
    return time.time() - tapped / 1000 if shown and tapped else None


async def _slowest_second(doctor: Page, patient: Page) -> int:
    """Frames in the worst of some seconds on either page."""
    counts: list[list[int]] = []
    for number in range(WATCHED + 1):
        await asyncio.sleep(1.0 if number else 0.0)
        statuses = await asyncio.gather(status_of(patient), status_of(doctor))
        counts.append([each["frames"] for each in statuses])
    steps = itertools.pairwise(counts)
    return min(b - a for before, now in steps for a, b in zip(before, now, strict=True))
