"""Everything lost: a new box, a backup from the stick, and the six words from the safe."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.browser import steps
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import DESK, check
from tests.browser.steps import Patient, Practice
from tests.browser.watching import download, qr_codes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

PATIENTS = (Patient(), Patient(name="Jesús Bañuelos", reason="Befund besprechen"))
NEW_PASSWORD = "Noch ein guter Satz 8"


@pytest_asyncio.fixture(loop_scope="session")
async def box(tmp_path: Path) -> AsyncIterator[RunningBox]:
    async with running_box(tmp_path) as running:
        yield running


async def test_everything_is_there_again_with_the_master_password_alone(
    box: RunningBox, browsers: Browsers, pages: Pages
) -> None:
    browser = await browsers.chromium()
    page = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
    words = await _set_up(page, box)
    planned = [await steps.plan(page, box, patient) for patient in PATIENTS]
    letters = [qr_codes(await download(page, f"{each}/letter.pdf")) for each in planned]
    await steps.back_up(page, box)
    await page.goto("about:blank")
    file = await _lose_everything(box)

    assert "doesn't open" in await _restore(box, file, "zebra zange zeder zelt zeile zimt")
    assert list(box.data.iterdir()) == []
    said = await _restore(box, file, " ".join(words).upper())
    assert "Restored: PWinkler, 2 appointments" in said
    assert "not empty" in await _restore(box, file, " ".join(words))
    await box.restart()

    reception = await pages.open(browser, "about:blank", locale="de-DE", viewport=DESK)
    await _recover(reception, box, words)
    for patient, address, codes in zip(PATIENTS, planned, letters, strict=True):
        await reception.goto(address)
        await expect(reception.locator("#details-title")).to_contain_text(patient.name)
        await expect(reception.locator("body")).to_contain_text(patient.reason)
        assert qr_codes(await download(reception, f"{address}/letter.pdf")) == codes
    phone = await pages.open(browser, "about:blank", locale="de-DE")
    await phone.goto(letters[0][0])
    await steps.to_waiting_room(phone)  # the letter from before opens the door
    for each in (reception, phone):
        await each.goto("about:blank")


async def test_the_page_is_accessible_and_its_progress_bar_moves_by_itself(
    box: RunningBox, browsers: Browsers, pages: Pages
) -> None:
    page = await pages.open(await browsers.chromium(), "about:blank", locale="de-DE", viewport=DESK)
    await _set_up(page, box)
    await page.goto(f"{box.staff}/backup")
    await check(page, "no backup yet")
    await page.route("**/backup/progress", _slowly)
    await page.focus("button:has-text('JETZT SICHERN')")
    await page.keyboard.press("Enter")
    bar = page.locator("#progress")
    await bar.evaluate("(bar) => { bar.value = 3; }")  # the page may have come late in the work
    await expect(bar).to_have_attribute("value", "97")
    await expect(page.locator("#words")).to_have_text("Der Inhalt wird verglichen.")
    await check(page, "under way")
    await page.unroute("**/backup/progress")
    await expect(page.locator("body")).to_contain_text("geöffnet und vollständig verglichen")
    await check(page, "a backup")
    [backup] = (box.data / "backups").glob("*.backup")
    backup.write_bytes(backup.read_bytes()[:-1])
    await page.click("button:has-text('PROBE-WIEDERHERSTELLUNG')")
    await expect(page.locator("body")).to_contain_text("Ihr Ende fehlt")
    await check(page, "a damaged backup")
    await page.goto(box.staff)
    await expect(page.locator(".backup-light")).to_contain_text("Datensicherung: Störung")
    await check(page, "the light on the start page")
    await page.goto("about:blank")


async def _slowly(route: Route) -> None:
    words = "Der Inhalt wird verglichen."
    await route.fulfill(json={"busy": True, "percent": 97, "words": words})


async def _set_up(page: Page, box: RunningBox) -> list[str]:
    """The wizard; the six words of the overview."""
    found: list[str] = []

    async def note(seen: Page, name: str) -> None:
        if name == "setup-access":
            text = await seen.inner_text("#words ol, #words ul")
            found.extend(re.findall(r"[a-z]{3,}", text))

    await steps.set_up(page, box, look=note)
    assert len(found) == 6
    return found


async def _lose_everything(box: RunningBox) -> Path:
    """The box burns; the stick with the backup was elsewhere."""
    await box.stop()
    [backup] = (box.data / "backups").glob("*.backup")
    stick = box.folder / "stick"
    stick.mkdir()
    file = Path(shutil.copy(backup, stick))
    shutil.rmtree(box.data)
    box.data.mkdir()
    return file


async def _restore(box: RunningBox, file: Path, words: str) -> str:
    """What `practicebox restore` says."""
    config = box.folder / "practicebox.toml"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "practicebox", "restore", str(file), "--config", str(config)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(f"{words}\n".encode()), 60)
    assert process.returncode == (0 if b"Restored" in said else 2)
    return said.decode()


async def _recover(page: Page, box: RunningBox, words: list[str]) -> None:
    await page.goto(f"{box.staff}/login")
    await page.click("a[href='/recover']")
    fields = {
        "master": " ".join(words),
        "user": Practice().user,
        "new": NEW_PASSWORD,
        "new_again": NEW_PASSWORD,
        "device": "Neuer Empfang",
    }
    for field, value in fields.items():
        await page.fill(f"#{field}", value)
    await page.click("button.primary")
    await page.wait_for_selector("#menu")
