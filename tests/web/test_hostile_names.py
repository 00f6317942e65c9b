"""Names that are meant to do harm, through every view, print, mail, export and log."""

from __future__ import annotations

import io
import json
import logging
import re
import unicodedata
import zipfile
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from practicebox.appliance.logs import LineFormatter
from practicebox.practice.names import LONGEST, MARKS, clean
from tests.data.hostile_names import EMPTY, MARKER, NAMES
from tests.post.samples import pages
from tests.web.both_doors import PLANNED, Doors, both_doors

TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")  # bidi controls
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200b\ufeff\u2060]")
ELEMENTS = {"script", "img", "iframe", "svg", "object", "embed", "style"}


class Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ELEMENTS:
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def is_bounded(text: str) -> bool:
    """Whether nothing in it turns, hides or piles up."""
    piles = re.compile(rf"\w[{''.join(map(chr, range(0x300, 0x370)))}\u0489]{{{MARKS + 1},}}")
    return not (TURNS.search(text) or CONTROLS.search(text) or piles.search(text))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_cleaned_name_is_bounded_and_still_there(name: str) -> None:
    cleaned = clean(name)
    assert MARKER in cleaned and len(cleaned) <= LONGEST
    assert is_bounded(cleaned)
    assert clean(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)


@pytest.mark.parametrize("name", EMPTY)
async def test_a_name_that_shows_nothing_is_no_name(doors: Doors, name: str) -> None:
    assert clean(name) == ""
    page = await doors.staff.post("/appointments/new", {**PLANNED, "patient": name})
    assert page.status == 422 and "Bitte geben Sie den Namen" in page.words


async def test_a_name_that_is_too_long_is_said_so_and_not_lost(doors: Doors) -> None:
    long = NAMES["10,000 characters"]
    page = await doors.staff.post("/appointments/new", {**PLANNED, "patient": long})
    assert page.status == 422 and "höchstens 120 Zeichen" in page.words
    assert page.typed["patient"] == long


@pytest.mark.slow
async def test_a_hostile_name_does_no_harm_anywhere(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    harmless = await _everywhere(doors, f"Anna {MARKER}")
    for typed in NAMES.values():
        assert await _everywhere(doors, typed) == harmless, clean(typed)
    assert MARKER not in caplog.text + _as_lines(caplog)


async def _everywhere(doors: Doors, typed: str) -> list[list[str]]:
    """Plan an appointment and look everywhere; the elements of each page that could do harm."""
    name, elements = clean(typed), []
    appointment = await doors.plan(patient=typed if len(typed) < LONGEST else name, reason=typed)
    assert appointment.patient.name == name
    own = f"/appointments/{appointment.id}"
    person = f"/patients/{appointment.patient_id}"
    for path in (
        "/appointments",
        own,
        f"{own}/edit",
        f"{own}/delete",
        f"{own}/letter",
        f"{own}/consultation",
        f"{own}/patient",
        "/patients",
        person,
        f"{person}/edit",
        f"{person}/delete",
    ):
        page = await doors.staff.get(path)
        assert page.status == 200, path
        seen = Elements(page.source)
        elements.append(seen.found)
        shown = name in seen.text or name in page.typed.values()
        assert shown or path.endswith(("/consultation", "/letter")), (name, path)
    await _searches(doors, name)
    await _mail(doors, own, name)
    await _paper(doors, own, person, name)
    return elements


async def _searches(doors: Doors, name: str) -> None:
    for path in ("/patients/search", "/appointments/search"):
        page = await doors.staff.post(path, {"q": name})
        assert page.status == 200
    doors.staff.headers["Accept"] = "application/json"
    page = await doors.staff.post("/patients/search", {"q": MARKER})
    del doors.staff.headers["Accept"]
    assert name in [one["name"] for one in json.loads(page.source)["patients"]]


async def _mail(doors: Doors, own: str, name: str) -> None:
    """The name stands in the text, and adds no line, no address and no header."""
    page = await doors.staff.get(own)
    address = re.search(r'href="(mailto:[^"]*)"', page.source)
    assert address
    parts = urlsplit(address[1].replace("&amp;", "&"))
    assert unquote(parts.path) == PLANNED["email"]
    fields = parse_qs(parts.query, strict_parsing=True)
    assert sorted(fields) == ["body", "subject"]
    assert fields["body"][0].startswith(f"Guten Tag {name},\r\n")
    assert fields["subject"] == ["Ihre Videosprechstunde"]


async def _paper(doors: Doors, own: str, person: str, name: str) -> None:
    letter = await doors.staff.body(f"{own}/letter.pdf")
    texts = [*pages(letter)]
    assert len(texts) == 1 and MARKER in texts[0]
    origin = f"http://{doors.staff.client.host}:{doors.staff.client.port}"
    async with doors.staff.client.post(f"{person}/export", headers={"Origin": origin}) as answer:
        assert MARKER not in str(answer.headers)
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert archive.namelist() == ["auskunft.pdf", "auskunft.json"]
    texts += pages(archive.read("auskunft.pdf"))
    assert MARKER in "".join(texts[1:])
    for text in texts:
        assert not TURNS.search(text) and not re.search("[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
    data = archive.read("auskunft.json")
    assert data.isascii()
    assert json.loads(data)["patient"]["name"] == name


def _as_lines(caplog: pytest.LogCaptureFixture) -> str:
    """What the box would have written to its log."""
    lines = StringIO()
    for record in caplog.records:
        lines.write(LineFormatter(for_journal=False).format(record))
    return lines.getvalue()
