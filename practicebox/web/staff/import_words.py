"""The import of patients in words: what columns may be, what is wrong with rows and files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from practicebox.practice.patient_csv import Field, Flaw, Row
from practicebox.web.language import mark
from practicebox.web.staff.import_drafts import Draft

LONGEST = 60  # characters of a cell that are shown

NO_FILE = mark("Please choose a file.")
TOO_LONG = mark(
    "This file is too large. Please split it; 8 MB and 50,000 rows are possible at once."
)
NO_TABLE = mark(
    "This is not a CSV file that can be read. Please export the list once more as CSV, with a "
    "heading for each column."
)
NO_ROWS = mark("There are no rows below the headings in this file.")

FIELDS: dict[Field, str] = {
    Field.LAST: mark("Last name"),
    Field.FIRST: mark("First name"),
    Field.TITLE: mark("Title"),
    Field.NAME: mark("Name (both in one, also “last, first”)"),
    Field.FULL: mark("Whole name, as it stands"),
    Field.BORN: mark("Date of birth"),
    Field.ADDRESS: mark("Address"),
    Field.STREET: mark("Street"),
    Field.NUMBER: mark("House number"),
    Field.POSTCODE: mark("Postcode"),
    Field.TOWN: mark("Town"),
    Field.PHONE: mark("Phone"),
    Field.MOBILE: mark("Mobile phone, if there is no other"),
    Field.EMAIL: mark("E-mail"),
    Field.PAYER: mark("Who pays"),
    Field.STANDING: mark("New or known"),
    Field.LANGUAGE: mark("Language"),
    Field.NEEDS: mark("What this person needs"),
}

FLAWS: dict[Flaw, str] = {
    Flaw.NO_NAME: mark("There is no name."),
    Flaw.LONG_NAME: mark("The name has more than 120 characters."),
    Flaw.BORN: mark("The birth date is no date like 12.05.1944."),
    Flaw.EMAIL: mark("The e-mail address is not complete."),
    Flaw.PAYER: mark("Who pays is not clear: GKV, PKV, Selbstzahler or BG."),
    Flaw.STANDING: mark("“New or known” says neither of both."),
    Flaw.LANGUAGE: mark("The language is not one of the list."),
    Flaw.NEEDS: mark("What this person needs is not in the list."),
    Flaw.TOO_MANY: mark("There are more cells than headings."),
    Flaw.TWICE: mark("An earlier row has the same name and birth date."),
    Flaw.KNOWN: mark("Is in the directory already."),
    Flaw.UNSURE: mark("This name is in the directory, and both have no birth date."),
}


@dataclass(frozen=True)
class Column:
    """A column as the page shows it."""

    field: str  # name of its form field
    heading: str
    examples: str


def columns(draft: Draft, count: int, unnamed: str) -> list[Column]:
    """The columns of a file with their first cells; `unnamed` has a place for the number."""
    found = []
    for number, heading in enumerate(draft.table.headings):
        cells = (r.cells[number] for r in draft.table.records if len(r.cells) > number)
        filled = (_short(cell) for cell in cells if cell.strip())
        name = heading or unnamed % {"number": number + 1}
        found.append(Column(f"column_{number}", _short(name), " · ".join(islice(filled, count))))
    return found


def shown(row: Row) -> str:
    """The cells of a row in one line."""
    return _short("; ".join(cell for cell in row.record.cells if cell.strip()))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
