"""QR codes are read back by a decoder that shares no code with the encoder."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from practicebox.post import qr
from tests.post.samples import LETTER, WORST, decoded

LINKS = [LETTER.link, WORST.link, "http://127.0.0.1:8081/v#1.AAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB"]
SVG = "{http://www.w3.org/2000/svg}"
BAR = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")
DARK, LIGHT = 0, 255


def drawn_svg(svg: str, scale: int = 6) -> Image.Image:
    """The paths as a picture; fails on anything but closed bars."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (side * scale, side * scale), 128)
    pen = ImageDraw.Draw(image)
    for path in root.iter(f"{SVG}path"):
        bars = BAR.findall(path.attrib["d"])
        assert "".join(f"M{x} {y}h{w}v{h}h-{b}z" for x, y, w, h, b in bars) == path.attrib["d"]
        for x, y, width, height, back in (map(int, bar) for bar in bars):
            assert width == back
            corner = ((x + width) * scale - 1, (y + height) * scale - 1)
            pen.rectangle(
                ((x * scale, y * scale), corner), {"#fff": LIGHT, "#000": DARK}[path.attrib["fill"]]
            )
    return image


def drawn_terminal(art: str, ink: int = LIGHT, ground: int = DARK) -> Image.Image:
    """What a terminal shows in cells of 8 by 16 pixels."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in art.split("\n")]
    image = Image.new("L", (8 * len(lines[0]), 16 * len(lines)), ground)
    pen = ImageDraw.Draw(image)
    halves = {"█": (0, 16), "▀": (0, 8), "▄": (8, 16), " ": (0, 0)}
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            top, bottom = halves[character]
            if bottom:
                left, above = 8 * column, 16 * row
                pen.rectangle(((left, above + top), (left + 7, above + bottom - 1)), ink)
    return image


@pytest.mark.parametrize("link", LINKS)
def test_the_svg_leads_to_the_link(link: str) -> None:
    assert decoded(drawn_svg(qr.svg(link))) == [link]


@pytest.mark.parametrize("link", LINKS)
def test_the_terminal_art_leads_to_the_link(link: str) -> None:
    assert decoded(drawn_terminal(qr.terminal(link))) == [link]


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=qr.LONGEST))
def test_any_text_comes_back(text: str) -> None:
    assert decoded(drawn_svg(qr.svg(text))) == [text]


def test_the_svg_has_nothing_a_strict_content_policy_refuses() -> None:
    root = ET.fromstring(qr.svg(LETTER.link))
    elements = list(root.iter())
    assert [element.tag for element in elements] == [f"{SVG}svg", f"{SVG}path", f"{SVG}path"]
    assert {name for element in elements for name in element.attrib} == {
        "viewBox",
        "shape-rendering",
        "fill",
        "d",
    }
    assert root.attrib["shape-rendering"] == "crispEdges"


def test_two_codes_on_a_page_share_no_id() -> None:
    assert "id=" not in qr.svg(LETTER.link)


def test_the_quiet_zone_is_four_light_modules_on_every_side() -> None:
    scale = 6
    image = drawn_svg(qr.svg(LETTER.link), scale)
    dark = image.point(lambda value: 255 if value == DARK else 0).getbbox()
    assert dark is not None
    left, top, right, bottom = dark
    assert (left, top) == (4 * scale, 4 * scale)
    assert (image.width - right, image.height - bottom) == (4 * scale, 4 * scale)


def test_the_terminal_art_has_its_quiet_zone() -> None:
    lines = drawn_terminal(qr.terminal(LETTER.link))
    light = lines.point(lambda value: 255 if value == DARK else 0).getbbox()
    assert light is not None
    left, top, right, bottom = light
    assert (left, top) == (4 * 8, 4 * 8)
    assert lines.width - right == 4 * 8
    assert lines.height - bottom >= 4 * 8


def test_the_terminal_art_brings_its_own_colours() -> None:
    for line in qr.terminal(LETTER.link).split("\n"):
        assert line.startswith("\x1b[38;5;231m\x1b[48;5;16m")
        assert line.endswith("\x1b[0m")


def test_the_terminal_art_fits_a_terminal_of_80_columns() -> None:
    assert drawn_terminal(qr.terminal(WORST.link)).width <= 80 * 8


def test_codes_are_level_m() -> None:
    import zxingcpp

    (code,) = zxingcpp.read_barcodes(drawn_svg(qr.svg(LETTER.link)))
    assert code.ec_level == "M"


def test_a_coffee_stain_in_the_middle_does_not_matter() -> None:
    scale = 6
    image = drawn_svg(qr.svg(LETTER.link), scale)
    side = 9 * scale  # 81 of 1369 modules
    left, top = image.width // 2 - side // 2, image.height // 2 - side // 2
    ImageDraw.Draw(image).rectangle(((left, top), (left + side, top + side)), 128)
    assert decoded(image) == [LETTER.link]


def test_more_than_a_letter_can_show_is_refused() -> None:
    assert qr.svg("x" * qr.LONGEST)
    with pytest.raises(qr.TooLong):
        qr.svg("x" * (qr.LONGEST + 1))
    with pytest.raises(qr.TooLong):
        qr.terminal("ü" * qr.LONGEST)


def test_the_same_text_gives_the_same_code() -> None:
    assert qr.svg(LETTER.link) == qr.svg(LETTER.link)
