"""The handbook in the box: every label, step, picture and link of it is real."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from practicebox.practice.handbook import AUDIENCES, Chapter, Line
from practicebox.web import handbook
from practicebox.web.handbook import chapters
from practicebox.web.render import templates_folder
from tests.handbook_document import DOCUMENT, document
from tests.handbook_steps import actions
from tests.web.both_doors import Doors, both_doors
from tests.web.catalogue import in_german

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "practicebox" / "locale" / "de" / "handbook"
LINK = re.compile(r"""(?:help\(|help_at=)"([a-z]+)(?:#([a-z-]+))?\"""")
EVERY = pytest.mark.parametrize("chapter", chapters().values(), ids=lambda one: one.id)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def lines(chapter: Chapter) -> Iterator[Line]:
    for section in chapter.sections:
        for block in section.blocks:
            yield from block.lines


@EVERY
def test_every_label_stands_somewhere_in_the_box(chapter: Chapter) -> None:
    known = {
        words
        for found in in_german().values()
        for _, text in found
        for words in ([text] if isinstance(text, str) else text)
    }
    named = {piece.text for line in lines(chapter) for piece in line if piece.kind == "label"}
    assert named - known == set()


@EVERY
def test_every_step_can_be_executed(chapter: Chapter) -> None:
    for section in chapter.sections:
        steps = [block for block in section.blocks if block.kind == "steps"]
        assert bool(actions(chapter, section.anchor)) is bool(steps)


def test_all_chapters_are_listed_and_every_audience_has_some() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(handbook.ORDER)
    assert {name for one in chapters().values() for name in one.audiences} == set(AUDIENCES)


def test_every_picture_was_taken_by_a_test() -> None:
    """`make screenshots` takes them; whoever takes new ones copies them here."""
    shown = {
        block.picture
        for one in chapters().values()
        for section in one.sections
        for block in section.blocks
        if block.kind == "picture"
    }
    assert shown == {path.stem for path in FOLDER.glob("*.png")}
    for name in shown:
        taken = ROOT / "docs" / "screenshots" / f"{name}-light.png"
        assert handbook.picture(name) == taken.read_bytes(), name


def test_the_document_is_the_handbook() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "python -m tests.handbook_document"


def test_every_question_mark_leads_to_what_is_there() -> None:
    found = {
        place
        for path in templates_folder().rglob("*.html")
        for place in LINK.findall(path.read_text("utf-8"))
    }
    assert len(found) >= 10
    for chapter, anchor in found:
        assert anchor in chapters()[chapter].anchors | {""}, (chapter, anchor)


async def test_the_pages_with_question_marks_link_to_the_handbook(doors: Doors) -> None:
    one = await doors.plan()
    for path, place in {
        "/appointments/new": "plan#series",
        f"/appointments/{one.id}/edit": "change",
        f"/appointments/{one.id}/letter": "letter",
        "/patients": "patients",
        "/messages": "messages#mailbox",
        "/opening": "opening",
        "/backup": "backup",
        "/devices": "people#devices",
        "/status/reach": "reach",
    }.items():
        page = await doors.staff.get(path)
        assert f'href="/help/{place}" target="_blank"' in page.source, path


async def test_every_chapter_is_a_page(doors: Doors) -> None:
    contents = await doors.staff.get("/help")
    for one in chapters().values():
        assert f'href="/help/{one.id}"' in contents.source
        page = await doors.staff.get(f"/help/{one.id}")
        assert page.status == 200 and one.title in page.words
    assert (await doors.staff.get("/help/nothing")).status == 404
    assert "https://video.example.org" in contents.words
    plan = await doors.staff.get("/help/plan")
    assert "<strong>NEUER TERMIN</strong>" in plan.source
    assert (await doors.staff.body("/help/pictures/start-desktop.png")).startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["nothing", "..%2Fstaff", "start-desktop.png", "%00", "A"])
async def test_there_are_no_other_pictures(doors: Doors, path: str) -> None:
    assert (await doors.staff.get(f"/help/pictures/{path}.png")).status == 404


async def test_a_search_works_without_script(doors: Doors) -> None:
    page = await doors.staff.post("/help", {"q": "Oeffnungszeiten"})
    assert "Im Handbuch gefunden" in page.words
    assert 'href="/help/opening"' in page.source.partition('id="help-contents"')[0]
    nothing = await doors.staff.post("/help", {"q": "<b>Xylophon"})
    assert "Im Handbuch wurde nichts gefunden." in nothing.words
    assert nothing.typed["q"] == "<b>Xylophon"
    assert 'id="help-contents">' in nothing.source  # the contents stay where nothing was found


async def test_whoever_does_not_get_in_can_read_why(doors: Doors) -> None:
    stranger = await doors.box.other_browser()
    login = await stranger.get("/login")
    assert 'href="/login/help"' in login.source
    contents = await stranger.get("/login/help")
    assert "Wenn etwas nicht geht" in contents.words
    assert "Passwort vergessen" in (await stranger.get("/login/help/trouble")).words
    assert (await stranger.get("/login/help/patients")).status == 404
    assert (await stranger.get("/help/trouble")).location.startswith("/login")
