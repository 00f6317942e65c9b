"""What the letter says, to whom, and that names are never more than text."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from practicebox.post.letter import Letter, NoLetters, Sender, pdf
from tests.post.samples import (
    LETTER,
    WORST,
    decoded,
    english,
    fonts,
    german,
    outline,
    pages,
    picture,
)

DIACRITICS = ("Alice Krejčová", "José Bañuelos", "Uwe Müller-Lüdenscheidt", "Ayşe Öztürk-Ğ")
MARKUP = (
    '#panic("x")',
    "*bold* $x$ \\",
    '#import "/etc/passwd": *',
    '"}], "patient": "x',
    "= Heading <label> @ref `raw` _em_ // no comment",
    "{patient} {clinician.__class__} %(name)s %s",
    "\\u{41} \\n -- ... 'quotes' \"here\"",
)


def letter(**changes: object) -> Letter:
    return dataclasses.replace(LETTER, **changes)  # type: ignore[arg-type]  # names of fields


def said(one: Letter, locale: str = "de") -> str:
    (page,) = pages(pdf([one], german, locale))
    return page


# What it says


def test_the_letter_says_when_with_whom_where_and_how() -> None:
    text = said(letter(test_call=LETTER.printed))
    for words in (
        "Einladung zur Videosprechstunde für Erika Mustermann",
        "Guten Tag Erika Mustermann,",
        "bei Dr. med. Anna Muster:",
        "Dienstag, 19. Januar 2027, 15:30 Uhr, etwa 30 Minuten",
        "Öffnen Sie ab 15:15 Uhr das Wartezimmer",
        "video.praxis-muster.example",
        "1d7-d64-d96",
        "Die Sprechstunde beginnt von selbst",
        "Hilfe? Rufen Sie uns an: 030 123 45 67",
        "Datum: 11. Januar 2027",
        "Probe („Technik-Check“) mit demselben Code, bis Montag, 11. Januar 2027",
        "Nichts wird aufgezeichnet.",
    ):
        assert words in text


def test_nobody_is_addressed_by_gender() -> None:
    text = said(letter(recipient=("Kim Muster",), patient="Kim Muster"))
    assert "Guten Tag Kim Muster," in text
    assert not {"Herr", "Frau", "Herrn", "geehrte", "geehrter"} & set(text.split())


def test_no_test_call_is_mentioned_where_none_is_planned() -> None:
    assert "Probe (" not in said(LETTER)


def test_a_name_alone_is_address_enough() -> None:
    assert "Erika Mustermann Telefon:" in said(letter(recipient=("Erika Mustermann",)))


def test_the_time_on_paper_is_the_time_of_the_practice_in_summer_too() -> None:
    summer = LETTER.starts.replace(month=7, hour=9, minute=5)
    text = said(letter(starts=summer))
    assert "Montag, 19. Juli 2027, 09:05 Uhr" in text
    assert "ab 08:50 Uhr" in text


def test_one_minute_is_singular() -> None:
    assert "etwa 1 Minute " in said(letter(minutes=1))


def test_english_needs_no_catalogue() -> None:
    (text,) = pages(pdf([letter(test_call=LETTER.printed)], english, "en"))
    assert "Hello Erika Mustermann," in text
    assert "Tuesday, January 19, 2027, 3:30 PM, about 30 minutes" in text


@pytest.mark.parametrize(
    ("locale", "month"), [("de", "Januar"), ("de_AT", "Jänner"), ("de-CH", "Januar")]
)
def test_a_locale_may_name_its_region(locale: str, month: str) -> None:
    assert f"19. {month} 2027, 15:30 Uhr" in said(LETTER, locale)


# Names are text


@pytest.mark.parametrize("name", DIACRITICS)
def test_accents_are_set_in_the_fonts_of_the_wheel(name: str) -> None:
    printed = pdf([letter(patient=name, recipient=(name,))], german, "de")
    assert pages(printed)[0].count(name) == 3
    assert {font.partition("-")[0] for font in fonts(printed)} == {
        "LibertinusSerif",
        "DejaVuSansMono",
    }


def test_accents_typed_as_two_characters_are_composed() -> None:
    assert "Guten Tag Krejčová," in said(letter(patient="Krejc\u030cova\u0301"))


@pytest.mark.parametrize("name", MARKUP)
def test_markup_in_a_name_is_printed_as_it_is(name: str) -> None:
    text = said(letter(patient=name, clinician=name, recipient=(name,)))
    assert f"Guten Tag {name}," in text
    assert f"bei {name}:" in text


def test_a_character_without_a_glyph_leaves_a_mark_and_the_letter_is_printed() -> None:
    assert "Guten Tag Li \ufffd\ufffd Müller," in said(letter(patient="Li 李明 Müller"))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
@example("👩🏽‍⚕️ \ud800 \x00 \u202e مرحبا שלום भारत")
def test_any_text_can_be_printed(text: str) -> None:
    odd = letter(
        patient=text,
        clinician=text,
        recipient=(text, text),
        sender=Sender(text, text, text, text, text),
        host=text,
    )
    assert pdf([odd], english, "en").startswith(b"%PDF-")


# A day's letters


def test_the_letters_of_a_day_come_in_order_each_on_its_page() -> None:
    names = [f"Patient Nummer {n}" for n in range(5)]
    printed = pdf([letter(patient=name, recipient=(name,)) for name in names], german, "de")
    assert len(pages(printed)) == 5
    for name, page in zip(names, pages(printed), strict=True):
        assert page.count(name) == 3  # address, subject, greeting
        assert page.count("Patient Nummer") == 3  # and nobody else's
    assert outline(printed) == [f"Einladung zur Videosprechstunde für {name}" for name in names]


def test_each_letter_of_a_day_has_its_own_code() -> None:
    links = [LETTER.link, WORST.link]
    printed = pdf([LETTER, WORST], german, "de")
    assert [decoded(picture(printed, page=n)) for n in range(2)] == [[link] for link in links]


def test_a_day_without_letters_is_refused() -> None:
    with pytest.raises(NoLetters):
        pdf([], german, "de")


def test_printing_again_gives_the_same_bytes() -> None:
    assert pdf([LETTER, WORST], german, "de") == pdf([LETTER, WORST], german, "de")


def test_letters_made_at_the_same_time_do_not_mix() -> None:
    letters = [letter(patient=f"Patient {n}") for n in range(8)]
    alone = [pdf([one], german, "de") for one in letters]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: pdf([one], german, "de"), letters)) == alone
