"""Practice software in a real browser: an order in the folder, a file by hand, a report back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from practicebox.practice.gdt_fields import read
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, check, onlooker
from tests.practice.gdt_samples import counted, data

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WHO = ("30004711", "3101Krejci", "3102Älice", "310312051944")
WRITTEN = 20  # seconds; the box looks every two seconds, on a busy machine less often


@pytest_asyncio.fixture(loop_scope="session")
async def box(tmp_path: Path, founded: FoundedPractice) -> AsyncIterator[RunningBox]:
    async with running_box(tmp_path, founded.disk) as running:
        exchange = tmp_path / "gdt"
        exchange.mkdir()
        with (tmp_path / "practicebox.toml").open("a", encoding="utf-8") as config:
            config.write(f'[gdt]\nin_folder = "{exchange}"\nout_folder = "{exchange}"\n')
        await running.restart()
        yield running


def order() -> bytes:
    today = datetime.now(ZoneInfo("Europe/Berlin"))
    lines = ("80006302", *WHO, f"6200{today:%d%m%Y}", "6201000500", "6227Kontrolle")
    return data(counted(*lines), charset="cp437")


async def test_from_an_order_to_the_report(
    box: RunningBox,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    pages.expect("422")  # the refused file
    look, exchange = onlooker(request), box.folder / "gdt"
    page = await pages.open(await browsers.chromium(), "about:blank", locale="de-DE", viewport=DESK)
    await founded.log_in(page, box)
    (exchange / "PBOXEDV1.001").write_bytes(b"kein GDT")
    (exchange / "PBOXEDV1.gdt").write_bytes(order())
    await page.goto(f"{box.staff}/gdt")
    await _until_it_came(page, "Älice Krejci")
    await _until_it_came(page, "Das ist keine GDT-Datei")
    await look(page, "gdt")
    await _drop(page, FilePayload(name="alt.gdt", mimeType="", buffer=order()[:-20]))
    await expect(page.locator("#refused")).to_contain_text("alt.gdt")
    await check(page, "a refused file")
    master = data(counted("80006301", *WHO, "3107Neuer Weg 1"), charset="cp437")
    await _drop(page, FilePayload(name="neu.gdt", mimeType="", buffer=master))
    await expect(page.locator("#record-title")).to_have_text("Älice Krejci")
    await page.click("button:has-text('In die Kartei eintragen')")
    await page.goto(f"{box.staff}/gdt")
    await page.click("h3 a:has-text('Älice Krejci')")
    await look(page, "gdt-record")
    await page.click("a:has-text('TERMIN ANLEGEN')")
    await page.click("button:has-text('SPEICHERN')")
    await page.click("#report")
    await expect(page.locator("main")).to_contain_text("an die Praxissoftware übergeben")
    await check(page, "reported")
    message = read((exchange / "EDV1PBOX.gdt").read_bytes())
    assert (message.kind, message.person.number) == ("6310", "4711")


async def _until_it_came(page: Page, words: str) -> None:
    """Look again until the box has looked into its folder."""
    async with asyncio.timeout(WRITTEN):
        while words not in await page.inner_text("main"):
            await page.wait_for_timeout(200)
            await page.reload()


async def _drop(page: Page, file: FilePayload) -> None:
    await page.set_input_files("#file", file)
    await page.click("button:has-text('DATEI ÜBERNEHMEN')")
