"""The page "Datensicherung", and the light on the start page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.backup import conditions as backup_conditions
from practicebox.store.backup.backup import Backups
from practicebox.store.backup.ledger import Entry, Ledger, Level, Trouble
from practicebox.store.backup.target import Found
from practicebox.store.backup.work import Overview
from practicebox.web.staff.backup_view import FAULTS, TROUBLES, judge
from tests.web.staff_box import GOOD_PASSWORD, MONDAY, Page, StaffBox, found, staff_box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


async def pressed(box: StaffBox, path: str) -> Page:
    """The page after a button was pressed and what it began has ended."""
    assert (await box.browser.post(path, {})).location == "/backup"
    await asyncio.gather(*box.store.backups._tasks)
    assert '"busy": false' in (await box.browser.get("/backup/progress")).source
    return await box.browser.get("/backup")


async def later(box: StaffBox, span: timedelta) -> None:
    """Some time after, logged in again."""
    box.clock.forward(span)
    fields = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
    assert (await box.browser.post("/login", fields)).location == "/"


def the_backup(folder: Path) -> Path:
    [path] = (folder / "backups").iterdir()
    return path


async def test_a_backup_is_made_and_proved_by_one_button(box: StaffBox, tmp_path: Path) -> None:
    before = await box.browser.get("/backup")
    assert "In diesem Ordner liegt noch keine Sicherung." in before.words
    assert 'action="/backup/proof"' not in before.source
    page = await pressed(box, "/backup")
    assert "Die letzte geprüfte Sicherung ist vom 18.01.2027, 09:00 Uhr." in page.words
    assert "geöffnet und vollständig verglichen (18.01.2027, 09:00 Uhr)" in page.words
    assert "18.01.2027: geöffnet und vollständig verglichen" in page.words, "in the calendar"
    assert page.source.count("backup-day light-grey") == 34
    assert the_backup(tmp_path).name in page.source, "what the installer has to type"


async def test_the_button_may_be_pressed_often(box: StaffBox, tmp_path: Path) -> None:
    await pressed(box, "/backup")
    first = the_backup(tmp_path)
    await pressed(box, "/backup")
    assert the_backup(tmp_path).name > first.name, "one a day is kept, the newest"


async def test_a_trial_restore_finds_a_damaged_backup(box: StaffBox, tmp_path: Path) -> None:
    await pressed(box, "/backup")
    path = the_backup(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    page = await pressed(box, "/backup/proof")
    assert "Die neueste Sicherung ist nicht brauchbar." in page.words
    assert "Die Datei ist unvollständig: Ihr Ende fehlt." in page.words
    start = await box.browser.get("/")
    assert "Datensicherung: Störung" in start.words and "Ihr Ende fehlt" in start.words


async def test_while_it_is_under_way_the_page_shows_how_far_it_has_come(
    box: StaffBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def make(self: Backups, by: object) -> Entry:
        begun.set()
        await may_end.wait()
        raise asyncio.CancelledError

    monkeypatch.setattr(Backups, "make", make)
    await box.browser.post("/backup", {})
    await begun.wait()
    page = await box.browser.get("/backup")
    assert '<progress id="progress" aria-labelledby="words" max="100" value="0">' in page.source
    assert "JETZT SICHERN" not in page.words
    assert '<meta http-equiv="refresh" content="3">' in page.source, "without JavaScript"
    await box.browser.post("/backup", {})  # a second click changes nothing
    may_end.set()
    await asyncio.gather(*box.store.backups._tasks)
    assert "JETZT SICHERN" in (await box.browser.get("/backup")).words


async def test_the_start_page_is_silent_at_first_and_when_all_is_well(box: StaffBox) -> None:
    assert "Zur Datensicherung" not in (await box.browser.get("/")).words
    await pressed(box, "/backup")
    await later(box, timedelta(hours=47))
    assert "Zur Datensicherung" not in (await box.browser.get("/")).words


async def test_the_start_page_says_when_the_last_proven_backup_is_older_than_48_hours(
    box: StaffBox,
) -> None:
    await pressed(box, "/backup")
    await later(box, timedelta(hours=48, minutes=1))
    page = await box.browser.get("/")
    assert "Die letzte geprüfte Sicherung ist älter als zwei Tage: 18.01.2027" in page.words
    await pressed(box, "/backup")
    assert "Zur Datensicherung" not in (await box.browser.get("/")).words


async def test_a_box_that_was_never_backed_up_says_so_after_two_days(box: StaffBox) -> None:
    await later(box, timedelta(hours=49))
    assert "Es gibt keine geprüfte Sicherung." in (await box.browser.get("/")).words


async def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    async with staff_box(tmp_path / "data", backup_folder=stick) as box:
        await found(box.browser)
        page = await pressed(box, "/backup")
        assert "Bitte stecken Sie den USB-Stick ein" in page.words
        assert "Bitte stecken Sie den USB-Stick ein" in (await box.browser.get("/")).words
        stick.mkdir()
        page = await pressed(box, "/backup")
        assert "Bitte stecken Sie den USB-Stick ein" not in page.words
        assert len(list(stick.iterdir())) == 1


NAME = "practicebox-00000000-20270118-080000-0000.backup"
NOW = MONDAY + timedelta(hours=1)


def overview(
    level: Level | None = Level.WHOLE,
    fault: str = "",
    trouble: str = "",
    *,
    is_apart: bool = True,
    is_there: bool = True,
    age: timedelta = timedelta(),
) -> Overview:
    entry = Entry(NAME, MONDAY - age, 1000, "", 1, level, MONDAY, fault)
    noted = Trouble(trouble, MONDAY) if trouble else None
    files = (Found(NAME, MONDAY - age, 1000),) if is_there else ()
    return Overview(Path("/stick"), False, is_apart, files, Ledger((entry,), noted), "")


@pytest.mark.parametrize(
    ("seen", "light", "on_start"),
    [
        (overview(), "green", False),
        (overview(is_apart=False), "yellow", False),
        (overview(Level.COPY), "yellow", True),
        (overview(Level.BYTES), "red", True),
        (overview(None), "red", True),
        (overview(None, "truncated"), "red", True),
        (overview(None, "damaged"), "red", True),
        (overview(trouble="missing"), "yellow", True),
        (overview(trouble="source-damaged"), "red", True),
        (overview(is_there=False), "red", True),
        (overview(age=timedelta(hours=46)), "green", False),
        (overview(age=timedelta(hours=48)), "red", True),
        (overview(Level.COPY, age=timedelta(hours=48)), "red", True),
    ],
)
def test_the_light_is_green_only_for_a_backup_that_was_opened(
    seen: Overview, light: str, on_start: bool
) -> None:
    verdict = judge(seen, MONDAY - timedelta(days=30), NOW)
    assert (verdict.light, verdict.is_worth_a_light) == (light, on_start)


def test_every_condition_has_its_sentence() -> None:
    kinds = [kind for kind in vars(backup_conditions).values() if isinstance(kind, type)]
    refused = {k.word for k in kinds if issubclass(k, backup_conditions.BackupRefused)}
    failed = {k.word for k in kinds if issubclass(k, backup_conditions.TargetFailed)}
    assert refused - {"refused", "source-damaged"} == set(FAULTS)
    assert failed - {"failed"} | {"source-damaged"} == set(TROUBLES)
