"""CSV from anywhere: encodings, delimiters, quotation marks, formulas."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice import csv_text
from practicebox.practice.csv_text import NotATable, guarded, read, unguarded, write

TEXT = "Nachname;Vorname\r\nMüller;Änne\r\nGroß;Zoë\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        TEXT.encode("latin-1"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode("utf-16"),
    ],
)
def test_the_same_table_in_any_encoding(content: bytes) -> None:
    table = read(content)
    assert table.headings == ("Nachname", "Vorname")
    assert [record.cells for record in table.records] == [("Müller", "Änne"), ("Groß", "Zoë")]
    assert [record.line for record in table.records] == [2, 3]


def test_windows_1252_has_more_letters_than_iso() -> None:
    assert csv_text.decode("Šárka; 5 €".encode("cp1252")) == "Šárka; 5 €"
    assert csv_text.decode(b"caf\xe9 \x81") == "café \x81"  # 81 stands for nothing in 1252


def test_quoted_cells_have_line_breaks_and_delimiters() -> None:
    content = 'Name,Adresse\n"Krejčová, ""Alice""","Weg 1\n12345 Ort"\n\n , \nBob,x\n'
    table = read(content.encode())
    assert [(record.line, record.cells) for record in table.records] == [
        (2, ('Krejčová, "Alice"', "Weg 1\n12345 Ort")),
        (6, ("Bob", "x")),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"a;b\0c\n", b";" * 500, b"\xff\xfe\x00"],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(NotATable):
        read(content)


def test_a_quotation_mark_without_an_end_is_refused() -> None:
    with pytest.raises(NotATable):
        read(b'Name;Ort\n"Alice;Berlin\n' + b"x;y\n" * 50_000)


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "-3", "@cmd", "\t=1", "'=1", "''+1", "'"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell)[0] not in "=+-@\t\r" and unguarded(guarded(cell)) == cell


cells = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r"))
rows = st.lists(st.tuples(cells, cells).filter(lambda row: bool("".join(row).strip())))


@given(rows)
def test_what_is_written_is_read_again(written: list[tuple[str, str]]) -> None:
    content = write([("Name", "Ort"), *written])
    assert content.startswith(codecs.BOM_UTF8)
    assert [record.cells for record in read(content).records] == written


@given(st.binary(max_size=400))
def test_bytes_raise_nothing_but_not_a_table(content: bytes) -> None:
    try:
        read(content)
    except NotATable:
        pass
