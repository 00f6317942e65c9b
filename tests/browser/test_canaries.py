"""Strings planted everywhere in a practice's first days, and searched for where none may be.

One long story, because that is how data spreads: what one page keeps, another writes elsewhere. In
its course everything that goes through the sockets is captured; at its end the disk is stolen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import canary_life, steps
from tests.browser.box import RunningBox, running_box
from tests.browser.canaries import (
    CHAT,
    COLLEAGUE,
    FILE_MARK,
    FILE_NAME,
    NEW_PASSWORD,
    PATIENTS,
    PRACTICE,
    STRANGER,
    TYPED_NAME,
    disguises,
    planted,
    seen,
)
from tests.browser.conftest import Browsers, Pages
from tests.browser.watching import NOTE_CONNECTIONS, download, qr_codes
from tests.browser.wire import Capture, capture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HEADS = re.compile(
    rb"(?:(?:GET|HEAD|POST) [^\r\n]* HTTP/1\.1|HTTP/1\.1 \d{3} [^\r\n]*)\r\n.*?\r\n\r\n", re.DOTALL
)
PAPER = ["%PDF-1.", "auskunft.json"]  # a letter, a copy of a patient's data: packed, but named


class Story:
    """The people of the story at their browsers, and what they must leave no trace of."""

    def __init__(self, box: RunningBox, doctor: Page, colleague: Page, phone: Page) -> None:
        self.box, self.doctor, self.colleague, self.phone = box, doctor, colleague, phone
        self.secrets: list[str] = []  # codes, links, cookies, words that the box has made up
        self.words = ""  # the master password

    async def tell(self, folder: Path) -> None:
        """From the wizard to the backup."""
        doctor, box = self.doctor, self.box
        await steps.set_up(doctor, box, PRACTICE, look=self._note_words)
        joined_by = await canary_life.welcome(doctor, self.colleague, box)
        appointments, codes = await canary_life.plan_all(doctor, box)
        [link] = qr_codes(await download(doctor, f"{appointments[-1]}/letter.pdf"))
        await canary_life.consult(doctor, self.phone, appointments[-1], link, folder)
        await canary_life.keep_patients(doctor, box, appointments)
        await canary_life.write_letters(doctor, appointments[-1])
        await canary_life.end_access(doctor, self.colleague, box)
        await canary_life.read_log(doctor, box)
        await canary_life.give_notice(doctor, box)
        await canary_life.make_mistakes(self.phone, box)
        await canary_life.change_password(doctor, box)
        await steps.back_up(doctor, box)
        self.secrets += [*codes, joined_by, joined_by.replace("-", ""), link.partition("#")[2]]
        for page in (doctor, self.colleague, self.phone):
            cookies = await page.context.cookies()
            self.secrets += [one["value"] for one in cookies if len(one.get("value", "")) > 20]

    async def _note_words(self, page: Page, name: str) -> None:
        if name == "setup-access":
            text = await page.inner_text("#words ol, #words ul")
            words = re.findall(r"[a-z]{3,}", text)
            self.words = " ".join(words)
            self.secrets += [self.words, "-".join(words), "".join(words)]


async def test_nothing_planted_is_readable_afterwards(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    if os.geteuid() != 0:
        pytest.skip("reading the loopback interface needs root")
    assert len(planted()) >= 60
    # Sockets of sessions that have ended, and answers to what was mistyped.
    pages.expect(r"/(presence|sessions/watch)' failed|4(01|03|04|22)")
    browser = await browsers.chromium()
    async with running_box(tmp_path / "box") as box:
        people = [await pages.open(browser, "about:blank", locale="de-DE") for _ in range(4)]
        for page in people:
            await page.add_init_script(NOTE_CONNECTIONS)
        story = Story(box, *people[:3])
        with capture(box.staff_port, box.patients_port, box.stun_port) as wire:
            await story.tell(tmp_path)
        _search_wire(wire, story)
        texts = [*planted(), *story.secrets, *PAPER]
        _search_files(box, texts)
        async with running_box(tmp_path / "stolen", disk=box.data) as stolen:
            await _try_stolen(stolen, people[3], story.colleague, story.doctor)
            _search_files(stolen, texts)
        for page in people:  # or they would complain that the box is gone
            await page.goto("about:blank")
        await box.stop()
        _search_files(box, texts)
        [backup] = box.data.glob("backups/*.backup")
        said = await canary_life.restore(backup, tmp_path / "restored", story.words)
        _search_restored(tmp_path / "restored", said, texts)


def _search_wire(wire: Capture, story: Story) -> None:
    said = wire.contents()
    # Controls: the capture sees what does go through the box, in clear and below masks.
    assert PATIENTS[-1].name.encode() in said, "the practice's own pages show the planned name"
    assert b'"kind":"admit"' in said.replace(b" ", b"")
    assert any(datagram[4:8] == b"\x21\x12\xa4\x42" for datagram in wire.datagrams)
    between_browsers = [TYPED_NAME, FILE_NAME, *CHAT, FILE_MARK[:22].decode()]
    assert seen(between_browsers, said) == []
    for word in ("ice-ufrag", "fingerprint:", "candidate:"):  # packed scripts know these words
        assert not any(disguise in said for disguise in disguises(word)), word
    heads = HEADS.findall(said)
    assert len(heads) > 200 and b"POST /patients/search HTTP/1.1" in b"".join(heads)
    in_no_address = [*planted(), story.words]
    assert seen(in_no_address, b"".join(heads)) == [], "names stand in bodies, never in addresses"


def _search_files(box: RunningBox, texts: Iterable[str]) -> None:
    """The database with its WAL, keys, backups, the log, temporary files; how it was started."""
    files = [path for path in box.folder.rglob("*") if path.is_file()]
    assert any(path.name == "practicebox.db" for path in files)
    assert any(path.suffix == ".backup" for path in files)
    assert box.log in files and b"event=request" in box.log.read_bytes()
    assert b"Musterhausen" in b"".join(map(Path.read_bytes, files)), "the door plate is readable"
    process = Path(f"/proc/{box.process.pid}")
    files += [process / name for name in ("cmdline", "environ") if process.exists()]
    for path in files:
        assert seen(texts, path.read_bytes()) == [], path.name
    assert not list(box.temporary.rglob("*")), "no temporary files"


async def _try_stolen(stolen: RunningBox, thief: Page, departed: Page, doctor: Page) -> None:
    """Right passwords open the copy of a disk at an approved workstation only."""
    await canary_life.log_in(thief, stolen, PRACTICE.user, NEW_PASSWORD)
    await expect(thief.locator("h1")).to_have_text("Dieser Arbeitsplatz ist nicht freigeschaltet.")
    await thief.fill("#device", STRANGER.device)
    await thief.click("main button.primary")
    await expect(thief.locator("#asking")).to_have_attribute("data-state", "waiting")
    for path in ("", "/appointments", "/patients", "/audit", "/users", "/devices", "/backup"):
        await thief.goto(stolen.staff + path)
        await expect(thief).to_have_url(f"{stolen.staff}/login")
        assert seen(planted(), (await thief.content()).encode()) == []
    await canary_life.log_in(departed, stolen, COLLEAGUE.user, COLLEAGUE.password)
    await expect(departed.locator("main")).to_contain_text("Fehler beim Login.")
    await canary_life.log_in(doctor, stolen, PRACTICE.user, PRACTICE.password)  # the old one
    await expect(doctor.locator("main")).to_contain_text("Fehler beim Login.")
    await canary_life.log_in(doctor, stolen, PRACTICE.user, NEW_PASSWORD)
    await doctor.wait_for_selector("#menu")  # the copy is whole: its own workstation opens it
    await doctor.goto(f"{stolen.staff}/patients")
    await expect(doctor.locator("#patients")).to_contain_text(PATIENTS[-1].name)


def _search_restored(folder: Path, said: str, texts: list[str]) -> None:
    """A backup put back writes nothing readable either, and says nothing but what it did."""
    assert "Restored" in said
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "practicebox.db" for path in files)
    for content in [said.encode(), *map(Path.read_bytes, files)]:
        assert seen(texts, content) == []
