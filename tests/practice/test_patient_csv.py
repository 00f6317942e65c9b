"""Rows of a file as patients: headings, dates, names, and what is wrong with the others."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice import csv_text, csv_words, particulars, patient_csv
from practicebox.practice.csv_text import Record
from practicebox.practice.patient_csv import Field, Flaw, Imported, assign, read_date, read_rows

TODAY = date(2026, 3, 2)


def row(**cells: str) -> patient_csv.Row:
    """One row with these columns."""
    columns = [Field(name) for name in cells]
    [found] = read_rows([Record(2, tuple(cells.values()))], columns, TODAY)
    return found


def patient(**cells: str) -> Imported:
    found = row(**cells)
    assert found.patient is not None, found.flaw
    return found.patient


def test_headings_of_other_programs_are_known() -> None:
    german = (
        "Nachname;Vorname;Geb.-Datum;Straße;Haus-Nr.;PLZ;Ort;Telefon;E-Mail;Kostenträger;Sprache"
    )
    assert assign(german.split(";")) == [
        *(Field.LAST, Field.FIRST, Field.BORN, Field.STREET, Field.NUMBER, Field.POSTCODE),
        *(Field.TOWN, Field.PHONE, Field.EMAIL, Field.PAYER, Field.LANGUAGE),
    ]
    english = "Last name,First Name,Date of birth,Street,ZIP,City,Phone,Mobile,E-mail,Insurance"
    assert None not in assign(english.split(","))
    assert assign(["Name", "Schuhgröße", "NAME"]) == [Field.NAME, None, None]


@pytest.mark.parametrize(
    "text",
    [
        *("12.5.1944", "12.05.44", "1944-05-12", "19440512", "12/05/1944", "12. Mai 1944"),
        *("12 May 1944", "1944-05-12T00:00:00", "12-05-1944", " 12. 5. 1944 "),
    ],
)
def test_dates_in_many_forms(text: str) -> None:
    assert read_date(text, TODAY) == date(1944, 5, 12)


def test_years_of_two_digits_are_not_in_the_future() -> None:
    assert read_date("1.3.26", TODAY) == date(2026, 3, 1)
    assert read_date("1.3.27", TODAY) == date(1927, 3, 1)
    assert read_date("29.2.00", TODAY) == date(2000, 2, 29)
    for nothing in ("", "-", "00.00.0000", "unbekannt"):
        assert read_date(nothing, TODAY) is None


@pytest.mark.parametrize(
    "text", ["31.2.1980", "5/25/1944", "1.1.1850", "3.3.2026", "gestern", "12.1944", "1.Foo 1980"]
)
def test_no_dates(text: str) -> None:
    assert row(name="Alice", born=text).flaw is Flaw.BORN


@given(st.text(max_size=20))
def test_a_date_raises_nothing_but_value_error(text: str) -> None:
    try:
        read_date(text, TODAY)
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"last": "Müller", "first": "Max"}, "Max Müller"),
        ({"last": "Müller", "first": "Max", "title": "Dr."}, "Dr. Max Müller"),
        ({"last": "Müller"}, "Müller"),
        ({"name": "Müller, Max"}, "Max Müller"),
        ({"name": "Max  Müller"}, "Max Müller"),
        ({"full": "Müller, Max"}, "Müller, Max"),
    ],
)
def test_names_are_put_together(cells: dict[str, str], name: str) -> None:
    assert patient(**cells).name == name


def test_a_whole_row() -> None:
    found = patient(
        name="Alice",
        street="Lindenallee",
        number="7",
        postcode="01067",
        town="Dresden",
        mobile="0151 2",
        payer="AOK Plus",
        standing="neu",
        language="Türkisch",
        needs="Große Schrift, Dolmetscher",
    )
    assert found.address == ("Lindenallee 7", "01067 Dresden") and found.phone == "0151 2"
    assert (found.payer, found.standing, found.language) == ("gkv", "new", "tr")
    assert found.needs == ("large_type", "interpreter")


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        *(("PKV", "pkv"), ("privat", "pkv"), ("Selbstzahler", "self"), ("BG Bau", "bg")),
        *(("Barmer", "gkv"), ("Gesetzliche Krankenkasse (GKV)", "gkv"), ("TK", "gkv"), ("", "")),
        *(("Private Krankenversicherung (PKV)", "pkv"), ("Berufsgenossenschaft (BG)", "bg")),
    ],
)
def test_payers(text: str, payer: str) -> None:
    assert patient(name="A", payer=text).payer == payer


@pytest.mark.parametrize(
    ("cells", "flaw"),
    [
        ({"name": " "}, Flaw.NO_NAME),
        ({"title": "Dr."}, Flaw.NO_NAME),
        ({"name": "\u200b\u2800"}, Flaw.NO_NAME),
        ({"name": "x" * 121}, Flaw.LONG_NAME),
        ({"name": "A", "email": "alice"}, Flaw.EMAIL),
        ({"name": "A", "payer": "Fußballverein"}, Flaw.PAYER),
        ({"name": "A", "standing": "vielleicht"}, Flaw.STANDING),
        ({"name": "A", "language": "Klingonisch"}, Flaw.LANGUAGE),
        ({"name": "A", "needs": "Kaffee"}, Flaw.NEEDS),
    ],
)
def test_what_is_wrong_with_a_row(cells: dict[str, str], flaw: Flaw) -> None:
    assert row(**cells).flaw is flaw


def test_a_cell_too_many_is_a_delimiter_in_the_wrong_place() -> None:
    [found] = read_rows([Record(2, ("Alice", "", "x"))], [Field.NAME, None], TODAY)
    assert found.flaw is Flaw.TOO_MANY
    [found] = read_rows([Record(2, ("Alice",))], [Field.NAME, Field.BORN], TODAY)
    assert found.patient == Imported("Alice")


def test_every_key_has_a_word() -> None:
    assert set(csv_words.LANGUAGES.values()) == {"", *particulars.LANGUAGES}
    assert set(csv_words.PAYERS.values()) == set(particulars.PAYERS)
    assert set(csv_words.STANDINGS.values()) == set(particulars.STANDINGS)
    assert set(csv_words.NEEDS.values()) == set(particulars.NEEDS)


def test_twenty_thousand_rows_with_a_few_mistakes() -> None:
    lines = [
        "Nachname;Vorname;Geburtsdatum",
        *(f"Nr{n};A;1.1.{1930 + n % 90}" for n in range(20_000)),
    ]
    lines[100] = "Nr;A;32.1.1980"
    table = csv_text.read("\n".join(lines).encode())
    rows = list(read_rows(table.records, assign(table.headings), TODAY))
    assert len(rows) == 20_000
    assert [(one.record.line, one.flaw) for one in rows if one.flaw] == [(101, Flaw.BORN)]
