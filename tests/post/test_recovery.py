"""The recovery sheet says what brings a practice back, and nothing that it must not."""

from __future__ import annotations

import dataclasses

import pytest

from practicebox.post.recovery import RecoverySheet, pdf
from tests.post.samples import (
    DPI,
    LONG_NAME,
    SHEET,
    WARNING,
    boxes,
    english,
    german,
    pages,
    picture,
)

OWN = dataclasses.replace(SHEET, master_words=None)


def said(sheet: RecoverySheet) -> str:
    (page,) = pages(pdf(sheet, german, "de"))
    return page


def test_the_sheet_names_everything_needed_to_log_in() -> None:
    text = said(SHEET)
    for words in (
        "Übersicht Ihrer Zugangsdaten",
        "Praxis Dr. med. Anna Muster",
        "Stand: 11. Januar 2027",
        "https://praxis-muster.local:8443",
        "Kurzname der Organisation praxis-muster",
        "Kurzname des Benutzers anna",
        "Kurzname des Endgerätes Laptop Anna",
    ):
        assert words in text


def test_the_warning_has_its_exact_words() -> None:
    assert WARNING in said(SHEET)
    assert WARNING in said(OWN)


def test_the_master_words_are_numbered() -> None:
    assert "1 anker 2 birke 3 wolkenbruch 4 delle 5 ernte 6 füller" in said(SHEET)


def test_the_master_words_are_large() -> None:
    _, top, _, bottom = next(boxes(pdf(SHEET, german, "de"), "delle"))
    assert bottom - top > 4  # mm, of letters with ascenders; those of the text have 3


@pytest.mark.parametrize("sheet", [SHEET, OWN])
def test_the_login_password_gets_a_line_to_write_on(sheet: RecoverySheet) -> None:
    printed = pdf(sheet, german, "de")
    *_, top = (top for left, top, _, _ in boxes(printed, "Passwort") if left < 23)
    *_, below = (top for left, top, _, _ in boxes(printed, "Endgerätes") if left < 23)
    (line,) = [y for y in _lines(printed, 60, 125) if top < y < below]
    assert line - top > 4  # mm of room for handwriting


def test_a_master_password_of_ones_own_gets_lines_to_write_on() -> None:
    printed = pdf(OWN, german, "de")
    _, top, _, _ = next(boxes(printed, "Schreiben Sie"))
    _, below, _, _ = next(boxes(printed, "Wo Sie dieses Blatt"))
    lines = [y for y in _lines(printed, 25, 185) if top < y < below]
    assert len(lines) == 2
    assert lines[0] - top > 10  # mm of room for handwriting
    assert "Geben Sie die Wörter" not in said(OWN)


def test_long_names_fit_on_one_page() -> None:
    long = dataclasses.replace(
        SHEET,
        practice_name="Gemeinschaftspraxis für Physiotherapie, Logopädie und Ergotherapie " * 2,
        short_name="g" * 32,
        user_short_name="k" * 32,
        user_name=LONG_NAME,
        device_name="Laptop von Karl-Friedrich am Empfang im Erdgeschoss",
        staff_address=f"https://{'g' * 32}.local:8443",
        master_words=("donaudampfschifffahrt",) * 6,
    )
    text = said(long)
    assert LONG_NAME in text
    assert "g" * 32 in text.replace(" ", "")
    assert text.count("donaudampfschifffahrt") == 6


def test_markup_in_a_name_is_printed_as_it_is() -> None:
    odd = dataclasses.replace(SHEET, device_name='#panic("x") *a* $b$', user_name="{name}")
    assert '#panic("x") *a* $b$' in said(odd)
    assert "Zweites Feld, für {name}." in said(odd)


def test_the_sheet_is_tagged_and_says_so() -> None:
    printed = pdf(SHEET, german, "de")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in printed
    assert b"/MarkInfo<</Marked true" in printed
    assert b"/Lang(de)" in printed
    assert b"/S/TH" in printed


def test_printing_again_gives_the_same_bytes() -> None:
    assert pdf(SHEET, german, "de") == pdf(SHEET, german, "de")


def test_english_needs_no_catalogue() -> None:
    (text,) = pages(pdf(SHEET, english, "en"))
    assert "We can NOT restore your login details." in text
    assert "As of January 11, 2027" in text


def test_a_traceback_shows_no_master_word() -> None:
    assert "anker" not in repr(SHEET)


def _lines(printed: bytes, left: float, right: float) -> list[float]:
    """Where black rules (grey ones are 150) run from `left` to `right`, in mm from the top."""
    strip = picture(printed, DPI).crop((int(left * 10), 0, int(right * 10), 2970))
    lightest = (max(strip.crop((0, y, strip.width, y + 1)).tobytes()) for y in range(strip.height))
    rows = [y for y, light in enumerate(lightest) if light < 100]
    return [y / 10 for n, y in enumerate(rows) if n == 0 or y - rows[n - 1] > 1]
