"""The letter as a patient holds it: rendered, measured in mm, photographed and read back."""

from __future__ import annotations

import dataclasses
import io
import random
from typing import cast

import pypdfium2  # type: ignore[import-untyped]  # comes without types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # likewise
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from practicebox.post import paper
from practicebox.post.letter import Letter, Translate, _inputs, pdf, preview
from tests.post.samples import (
    DPI,
    LETTER,
    LONG_HOST,
    MM,
    WORST,
    alt_texts,
    boxes,
    decoded,
    english,
    german,
    pages,
    picture,
)

both = pytest.mark.parametrize("sample", [LETTER, WORST], ids=["ordinary", "worst"])


def photographed(page: Image.Image, turn: float, noise: float) -> Image.Image:
    """As a phone held askew in poor light sees it; the same picture at every run."""
    turned = page.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    blurred = turned.filter(ImageFilter.GaussianBlur(0.6))
    grain = random.Random(31).randbytes(blurred.width * blurred.height)
    return Image.blend(blurred, Image.frombytes("L", blurred.size, grain), noise)


# The code


@both
@pytest.mark.parametrize(
    ("dpi", "turn", "noise"),
    [(150, 0, 0), (72, 0, 0), (100, 7, 0.1), (120, -15, 0.3), (90, 3, 0.15), (300, 180, 0)],
)
def test_the_code_is_read_as_a_phone_sees_it(
    sample: Letter, dpi: float, turn: float, noise: float
) -> None:
    page = picture(pdf([sample], german, "de"), dpi)
    assert decoded(photographed(page, turn, noise)) == [sample.link]


@both
def test_the_code_is_45_mm_wide_and_no_fold_crosses_it(sample: Letter) -> None:
    corners = _corners(picture(pdf([sample], german, "de"), DPI))
    left, top, right, bottom = (pixels / 10 for pixels in corners)
    assert (right - left, bottom - top) == pytest.approx((45, 45), abs=0.2)
    assert right == pytest.approx(190, abs=0.2)
    assert top > 105 + 2
    assert bottom < 210


@both
def test_the_code_has_four_modules_of_white_around_it(sample: Letter) -> None:
    page = picture(pdf([sample], german, "de"), DPI)
    left, top, right, bottom = _corners(page)
    quiet = 4 * 450 // 37 + 1  # modules of the shorter link; those of the longer are smaller
    for strip in (
        (left - quiet, top - quiet, left - 1, bottom + quiet),
        (right + 1, top - quiet, right + quiet, bottom + quiet),
        (left, top - quiet, right, top - 1),
        (left, bottom + 1, right, bottom + quiet),
    ):
        assert page.crop(strip).getextrema() == (255, 255)


def test_the_preview_shows_the_letter() -> None:
    image = Image.open(io.BytesIO(preview(LETTER, german, "de")))
    assert image.format == "PNG"
    assert image.size == (909, 1286)  # A4 at 110 pixels an inch
    assert decoded(image.convert("L")) == [LETTER.link]


# PDF/UA-1


def test_the_pdf_is_tagged_and_says_so() -> None:
    printed = pdf([LETTER], german, "de")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in printed
    assert b"/MarkInfo<</Marked true" in printed
    assert b"/Lang(de)" in printed
    assert b"/DisplayDocTitle true" in printed
    assert b'<rdf:li xml:lang="x-default">Einladung zur Videosprechstunde</rdf:li>' in printed


def test_the_code_has_an_alternative_text() -> None:
    assert alt_texts(pdf([LETTER], german, "de")) == [
        "QR-Code mit dem Link zu Ihrer Videosprechstunde"
    ]


def test_a_picture_without_an_alternative_text_is_refused() -> None:
    inputs = _inputs([LETTER], german, "de")
    (only,) = cast(list[dict[str, object]], inputs["letters"])
    assert paper.pdf("letter.typ", inputs)
    with pytest.raises(paper.NotSet):
        paper.pdf("letter.typ", {**inputs, "letters": [{**only, "qr_alt": None}]})


# DIN 5008 form B, in mm


@both
def test_the_address_is_inside_the_window(sample: Letter) -> None:
    printed = pdf([sample], german, "de")
    for line in sample.recipient:
        assert any(
            left == pytest.approx(25, abs=0.8) and 50 < top < bottom < 90
            for left, top, _, bottom in boxes(printed, line[:20])
        )


def test_six_lines_of_an_address_start_below_the_field_for_notes() -> None:
    lines = tuple(f"Zeile {n}" for n in range(6))
    printed = pdf([dataclasses.replace(LETTER, recipient=lines)], german, "de")
    tops = [next(boxes(printed, line))[1] for line in lines]
    assert tops[0] == pytest.approx(45 + 17.7, abs=1)
    assert tops[5] - tops[0] == pytest.approx(5 * 4.55, abs=0.2)


@both
def test_nothing_but_the_address_shows_in_the_window(sample: Letter) -> None:
    page = picture(pdf([sample], german, "de"), DPI)
    margin = page.crop((200, 450, 245, 900))
    beside = page.crop((1055, 450, 1240, 900))
    below = page.crop((200, 905, 1240, 1000))
    assert margin.getextrema() == beside.getextrema() == below.getextrema() == (255, 255)


@both
def test_the_return_address_stands_in_the_top_of_the_field(sample: Letter) -> None:
    _, head = boxes(pdf([sample], german, "de"), sample.sender.street)
    left, top, right, bottom = head
    assert 45 <= top < bottom <= 50
    assert 20 <= left < right <= 105


def test_the_information_block_stands_at_125_mm() -> None:
    left, top, _, _ = next(boxes(pdf([LETTER], german, "de"), "Telefon:"))
    assert left == pytest.approx(125, abs=0.6)
    assert top == pytest.approx(50, abs=1.5)


@both
def test_the_body_starts_at_103_5_mm(sample: Letter) -> None:
    left, top, _, _ = next(boxes(pdf([sample], german, "de"), "Einladung"))
    assert top == pytest.approx(103.5, abs=0.5)
    assert left == pytest.approx(25, abs=0.6)


def test_fold_and_punch_marks_stand_at_the_left_edge() -> None:
    page = picture(pdf([LETTER], german, "de"), DPI)
    edge = page.crop((60, 0, 61, page.height)).tobytes()
    dark = [y / 10 for y, pixel in enumerate(edge) if pixel < 220]
    assert sorted({round(y * 2) / 2 for y in dark}) == [105, 148.5, 210]


# It fits


@both
@pytest.mark.parametrize("translate", [german, english], ids=["de", "en"])
def test_everything_is_said_on_one_page(sample: Letter, translate: Translate) -> None:
    (text,) = pages(pdf([sample], translate, "de"))
    for words in (sample.patient, sample.clinician, sample.code, sample.sender.phone):
        assert words in text
    assert sample.host in text.replace(" ", "")


def test_the_worst_case_has_a_host_name_of_60_characters() -> None:
    assert len(LONG_HOST) == 60
    assert len(WORST.recipient) == 6


def test_the_longest_names_that_forms_allow_stay_on_one_page() -> None:
    name = ("Donaudampfschifffahrt " * 10)[:200].strip()
    lines = (name[:80].strip(),) * 6
    long = dataclasses.replace(WORST, patient=name, clinician=name, recipient=lines)
    printed = pdf([long, LETTER], german, "de")
    assert len(pages(printed)) == 2
    address = [box for box in boxes(printed, lines[0][:20]) if box[0] < 26 and box[3] < 100]
    assert len(address) == 6
    assert all(50 < top < bottom < 90 for _, top, _, bottom in address)


@both
def test_no_line_of_the_body_is_smaller_than_eleven_points(sample: Letter) -> None:
    with pypdfium2.PdfDocument(pdf([sample], german, "de")) as document:
        page = document[0]
        text = page.get_textpage()
        body = page.get_height() - 103 * MM
        sizes = [
            pdfium.FPDFText_GetFontSize(text.raw, n)
            for n in range(text.count_chars())
            if text.get_charbox(n)[3] < body and text.get_text_range(n, 1).strip()
        ]
    assert len(sizes) > 500
    assert min(sizes) >= 11


@both
def test_nothing_is_printed_where_printers_can_not_print(sample: Letter) -> None:
    page = picture(pdf([sample], german, "de"), DPI)
    assert page.crop((0, page.height - 100, page.width, page.height)).getextrema() == (255, 255)
    assert page.crop((page.width - 150, 0, page.width, page.height)).getextrema() == (255, 255)


def _corners(page: Image.Image) -> tuple[int, int, int, int]:
    """The dark square of the only code: left, top, right, bottom in pixels."""
    (code,) = zxingcpp.read_barcodes(page)
    first, last = code.position.top_left, code.position.bottom_right
    return first.x, first.y, last.x, last.y
