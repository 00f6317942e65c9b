"""The handbook, executed: a receptionist who does what its steps say gets where they lead."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, expect

from practicebox.store.sql.database import NAME
from practicebox.web.handbook import chapters
from tests.browser.box import RunningBox, running_box
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.looking import DESK, onlooker
from tests.handbook_steps import Action, actions

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Reader:
    """Somebody who does what the handbook says, and knows what to type."""

    page: Page
    typed: dict[str, str]  # by the label of the field

    async def do(self, chapter: str, anchor: str = "") -> None:
        """All steps of a section; one that can't be done fails."""
        for action in actions(chapters()[chapter], anchor):
            await self._act(action)

    async def _act(self, action: Action) -> None:
        main = self.page.locator("#main")
        if action.what == "open":
            await main.get_by_role("link", name=self.typed["Patient/in"]).first.click()
        for label in action.labels:
            if action.what == "menu":
                menu = self.page.get_by_role("navigation", name="Menü")
                await menu.get_by_role("link", name=label, exact=True).click()
            elif action.what == "press":
                await _to_press(main, label).click()
            elif action.what == "fill":
                await _field(main, label).fill(self.typed[label])
            elif action.what == "see":
                await expect(main.get_by_text(label, exact=True).first).to_be_visible()
            else:
                await self._choose(main, action, label)

    async def _choose(self, main: Locator, action: Action, label: str) -> None:
        if action.what == "tick":
            await main.get_by_label(label).check()
        else:
            await main.get_by_label(label).select_option(self.typed[label])


def _field(main: Locator, label: str) -> Locator:
    """The field with this label, to which a star may be added."""
    return main.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).first


def _to_press(main: Locator, label: str) -> Locator:
    """A button or a link; its name may go on with whom it is about, for screen readers."""
    name = re.compile(rf"^{re.escape(label)}\b")
    return main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first


async def test_the_handbook_can_be_done_as_it_is_read(
    tmp_path: Path,
    browsers: Browsers,
    pages: Pages,
    founded: FoundedPractice,
    request: pytest.FixtureRequest,
) -> None:
    look = onlooker(request)
    async with running_box(tmp_path, founded.disk) as box:
        page = await pages.open(
            await browsers.chromium(), "about:blank", locale="de-DE", viewport=DESK
        )
        await page.goto(f"{box.staff}/login/help/trouble")
        await look(page, "help-before-login")
        await page.set_viewport_size(DESK)
        await founded.log_in(page, box)
        await _search(page, box)
        await look(page, "help-chapter")
        await page.set_viewport_size(DESK)
        await page.goto(box.staff)  # with its menu open

        soon = datetime.now(BERLIN) + timedelta(days=1)
        typed = {"Patient/in": "Alice Krejčová", "Tag": f"{soon:%Y-%m-%d}", "Uhrzeit": "10:00"}
        reader = Reader(page, {**typed, "Montag": "8-12, 14-18", "Telefon": "0151 2345678"})
        await reader.do("plan")
        await reader.do("letter")
        reader.typed["Uhrzeit"] = "11:00"
        await reader.do("change")
        await expect(page.locator("#details .when")).to_contain_text("11:00")
        _took_place(box)
        await reader.do("confirmations")
        await page.goto(f"{box.staff}/confirmations")
        await expect(page.locator("#main")).to_contain_text("sind bestätigt")
        await reader.do("change", "cancel")
        reader.typed |= {"Patient/in": "Bruno Berg"}
        await reader.do("plan", "phone")
        await expect(page.locator("#dial")).to_be_visible()
        await reader.do("opening")  # last: with hours, other times are asked about
        await expect(page.locator("#main").get_by_label("Montag").first).to_have_value(
            re.compile("08:00-12:00")
        )
        await page.goto("about:blank")  # or it would complain that the box is gone


async def _search(page: Page, box: RunningBox) -> None:
    """While one types, without the button."""
    await page.goto(f"{box.staff}/help")
    await page.locator("#q").press_sequentially("oeffnungsz")
    hit = page.locator("#help-found a", has_text="Öffnungszeiten und gesperrte Zeiten").first
    await expect(hit).to_be_visible()
    await expect(page.locator("#help-contents")).to_be_hidden()
    await hit.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Öffnungszeiten")


def _took_place(box: RunningBox) -> None:
    """As if the appointment had been held: what a call would have noted."""
    at = datetime.now(UTC) + timedelta(days=2)
    with closing(sqlite3.connect(box.data / NAME)) as disk, disk:
        [(id_, starts)] = disk.execute("SELECT id, starts FROM appointments").fetchall()
        begun = datetime.fromisoformat(starts)
        assert begun < at
        for event, minutes in (("began", 0), ("ended", 10)):
            moment = (begun + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
            disk.execute(
                "INSERT INTO attendance (appointment, at, event) VALUES (?, ?, ?)",
                (id_, moment, event),
            )
