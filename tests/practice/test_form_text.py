"""Texts of forms: their pieces, placeholders that are filled in once, what changed."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice import form_text, signature
from practicebox.practice.consents import FORMS
from practicebox.practice.form_text import (
    LONGEST_SHORT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Block,
    blocks,
    changes,
)
from practicebox.practice.message_text import UnknownPlaceholder
from practicebox.practice.signature import NotASignature


def test_what_is_delivered_fits_and_has_only_known_placeholders() -> None:
    texts = form_text.delivered(
        files("practicebox.practice").joinpath("forms.toml").read_text("utf-8")
    )
    assert list(texts) == list(FORMS)
    for form, text in texts.items():
        assert len(text.title) <= LONGEST_TITLE
        assert len(text.short) <= LONGEST_SHORT
        assert len(text.text) <= LONGEST_TEXT
        for words in (text.title, text.short, text.text):
            form_text.check(form, words)


def test_a_text_falls_into_its_pieces() -> None:
    text = "Hallo {Name},\nwie geht es?\n\n# Punkte\n- eins\n- zwei {Name}\nnoch etwas\n\n"
    assert blocks(text, {"Name": "{Praxis}", "Praxis": "nie"}) == [
        Block("paragraph", "Hallo {Praxis}, wie geht es?"),
        Block("heading", "Punkte"),
        Block("point", "eins"),
        Block("point", "zwei {Praxis}"),
        Block("paragraph", "noch etwas"),
    ]
    with pytest.raises(UnknownPlaceholder):
        form_text.check("consent", "Bis {Bis}")
    form_text.check("release", "Bis {Bis}")


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_changed_is_both_texts(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(words for kind, words in found if kind != "new") == before
    assert "".join(words for kind, words in found if kind != "gone") == after


def test_what_stayed_is_left_out_around_a_change() -> None:
    long = "a " * 300
    pieces = form_text.shortened(changes(f"{long}alt {long}", f"{long}neu {long}"))
    (_, before), gone, new, (_, after) = pieces
    assert (gone, new) == (("gone", "alt"), ("new", "neu"))
    assert before.startswith(" […] ") and after.endswith(" […] ")
    assert len(before) == len(after) < 130
    assert form_text.shortened(changes("eins zwei", "eins drei"))[0] == ("same", "eins ")


@given(st.text(max_size=200))
def test_no_text_is_a_signature_by_accident(text: str) -> None:
    try:
        kept = signature.read(text)
    except NotASignature:
        return
    assert set(kept) <= set("0123456789, ;")


def test_a_signature_becomes_lines() -> None:
    drawn = signature.read("1,2 3,4;5,6")
    assert signature.lines(drawn) == ["1,2 3,4", "5,6 5,6"]
    assert signature.lines("") == []
    assert signature.svg(drawn).count("<polyline") == 2
