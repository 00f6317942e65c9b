"""The main job, end to end: from an empty box to doctor and patient seeing each other."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from practicebox.store.sql.database import NAME
from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import BOX_AWAY, Browsers, Pages
from tests.browser.steps import Patient
from tests.browser.watching import (
    NOTE_CONNECTIONS,
    download,
    no_media_flows,
    qr_codes,
    saved_digest,
    until_moving,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BIG = 20 * 1024 * 1024  # bytes
WHOLE = "whole_chromium"  # with its windows, as people have it
PAIRS = [(WHOLE, WHOLE), (WHOLE, "firefox"), ("firefox", WHOLE)]


@pytest_asyncio.fixture(loop_scope="session")
async def box(tmp_path: Path) -> AsyncIterator[RunningBox]:
    async with running_box(tmp_path) as running:
        yield running


@dataclass
class Visitors:
    """The windows of one journey."""

    pages: Pages
    doctor: Browser
    patient: Browser

    async def open(self, browser: Browser, url: str, **options: object) -> Page:
        wanted = {"locale": "de-DE"} if browser.browser_type.name == "chromium" else {}
        page = await self.pages.open(browser, "about:blank", **wanted, **options)
        await page.add_init_script(NOTE_CONNECTIONS)
        await page.goto(url)
        return page


@pytest_asyncio.fixture(loop_scope="session", params=PAIRS, ids="-".join)
async def visitors(request: pytest.FixtureRequest, browsers: Browsers, pages: Pages) -> Visitors:
    doctor, patient = [await getattr(browsers, name)() for name in request.param]
    return Visitors(pages, doctor, patient)


async def test_from_an_empty_box_to_seeing_each_other(
    box: RunningBox, visitors: Visitors, tmp_path: Path
) -> None:
    patient = Patient()
    doctor = await visitors.open(visitors.doctor, box.staff)
    await steps.set_up(doctor, box)
    await steps.log_out(doctor, visitors.pages)
    await steps.log_in(doctor, box)

    appointment = await steps.plan(doctor, box, patient)
    letter = await download(doctor, f"{appointment}/letter.pdf")
    [link] = qr_codes(letter)
    assert link.startswith(f"{box.patients}/v#1.")
    assert await download(doctor, f"{appointment}/letter.pdf") == letter, (
        "reprinting changes nothing"
    )

    phone = await visitors.open(visitors.patient, link)
    assert phone.url == f"{box.patients}/v", "the secret is out of the address bar"
    await steps.to_waiting_room(phone, patient)
    await expect(doctor.locator("#details [data-waiting]")).to_be_visible()

    await steps.look_into_waiting_room(doctor, appointment)
    await expect(doctor.locator("#ante-status")).to_contain_text(patient.name)
    assert await no_media_flows(phone) and await no_media_flows(doctor)
    await steps.ask_in(doctor)
    await expect(phone.locator("#stage")).to_be_visible()
    await until_moving(doctor, phone)
    await expect(doctor.locator("#other-name")).to_have_text(patient.name)
    await expect(phone.locator("#other-name")).to_have_text("Martin Winkler")

    await _chat(doctor, phone)
    await _send_file(doctor, phone, tmp_path)
    await _way_is_told(box)
    for page in (phone, doctor):
        await page.reload()
        await expect(doctor.locator("#stage")).to_be_visible()
        await expect(phone.locator("#stage")).to_be_visible()
        await until_moving(doctor, phone)

    await doctor.click("#hang-up")
    await expect(phone.locator("#ended-title")).to_have_text("Die Sprechstunde ist beendet")
    await expect(doctor.locator("#ante-status")).to_have_text("Die Sprechstunde ist beendet.")


async def _way_is_told(box: RunningBox) -> None:
    """The clinician's page has told the box, for its figures, which way the call took."""
    async with asyncio.timeout(30):
        while ("direct",) not in _ways(box):  # noqa: ASYNC110  another process writes it
            await asyncio.sleep(0.1)


def _ways(box: RunningBox) -> list[tuple[str]]:
    with closing(sqlite3.connect(box.data / NAME)) as disk:
        return disk.execute("SELECT way FROM ways").fetchall()


async def _chat(doctor: Page, phone: Page) -> None:
    await phone.click("#toggle-side")
    await phone.fill("#chat-text", "Guten Tag, hören Sie mich?")
    await phone.press("#chat-text", "Enter")
    await expect(doctor.locator("#unread")).to_have_text("1")
    await doctor.click("#toggle-side")
    await expect(doctor.locator("#messages")).to_contain_text("Guten Tag, hören Sie mich?")
    await doctor.fill("#chat-text", "Ja, sehr gut <b>so</b>.")
    await doctor.press("#chat-text", "Enter")
    await expect(phone.locator("#messages")).to_contain_text("Ja, sehr gut <b>so</b>.")


async def _send_file(doctor: Page, phone: Page, folder: Path) -> None:
    content = os.urandom(BIG)
    source = folder / "Röntgenbild Knie.bin"
    source.write_bytes(content)
    await phone.set_input_files("#file-choice", source)
    row = doctor.locator("#files li")
    await expect(row).to_contain_text("Röntgenbild Knie.bin")
    await row.locator(".accept").click()
    await expect(row).to_have_attribute("data-state", "done", timeout=60_000)
    await expect(phone.locator("#files li")).to_have_attribute("data-state", "done")
    await row.locator(".save").click()
    assert await saved_digest(doctor) == hashlib.sha256(content).hexdigest()


async def test_the_call_goes_on_while_the_box_is_stopped(
    box: RunningBox, browsers: Browsers, pages: Pages
) -> None:
    pages.expect(f"{BOX_AWAY}|Failed to load")
    visitors = Visitors(pages, await browsers.chromium(), await browsers.chromium())
    doctor = await visitors.open(visitors.doctor, box.staff)
    await steps.set_up(doctor, box)
    appointment = await steps.plan(doctor, box)
    [link] = qr_codes(await download(doctor, f"{appointment}/letter.pdf"))
    phone = await visitors.open(visitors.patient, link)
    await steps.to_waiting_room(phone)
    await doctor.goto(f"{appointment}/consultation#start")
    await expect(phone.locator("#stage")).to_be_visible()
    await until_moving(doctor, phone)

    assert await box.stop() == 0
    await until_moving(doctor, phone)
    await _chat(doctor, phone)
