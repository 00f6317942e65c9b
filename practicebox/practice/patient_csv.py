"""Rows of a CSV file as patients: which column is what, and what is wrong with a row.

Columns are known by their headings in German and English, and may be assigned by hand. A row either
becomes a patient or has one reason why not. Knows no directory: who is there already is found out
by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from practicebox.practice import particulars
from practicebox.practice.csv_text import Record
from practicebox.practice.csv_words import HEADINGS, LANGUAGES, MONTHS, NEEDS, PAYERS, STANDINGS
from practicebox.practice.names import LONGEST, clean, fold

OLDEST = 125  # years
_NUMBERS = re.compile(r"(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
_IN_WORDS = re.compile(r"(\d{1,2})\.?\s*([^\W\d]+)\.?\s*(\d{4})")
_NO_DATE = {"", "-", "0", "00.00.0000", "0000-00-00", "unbekannt", "unknown"}


class Field(StrEnum):
    """What a column may be."""

    LAST = "last"
    FIRST = "first"
    TITLE = "title"
    NAME = "name"  # both in one, or "last, first"
    FULL = "full"  # both in one as it stands, also with a comma
    BORN = "born"
    ADDRESS = "address"  # with line breaks
    STREET = "street"
    NUMBER = "number"
    POSTCODE = "postcode"
    TOWN = "town"
    PHONE = "phone"
    MOBILE = "mobile"  # where there is no other phone
    EMAIL = "email"
    PAYER = "payer"
    STANDING = "standing"
    LANGUAGE = "language"
    NEEDS = "needs"


class Flaw(StrEnum):
    """Why a row is no patient, or isn't taken."""

    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    BORN = "born"
    EMAIL = "email"
    PAYER = "payer"
    STANDING = "standing"
    LANGUAGE = "language"
    NEEDS = "needs"
    TOO_MANY = "too_many"  # cells beyond the headings: a delimiter within a cell
    TWICE = "twice"  # an earlier row of the file has the same name and birth date
    KNOWN = "known"  # in the directory already, and the reception wants to skip those
    UNSURE = "unsure"  # a name of the directory, both without birth date


class _Bad(ValueError):
    """A cell that means nothing; its argument is the flaw."""


@dataclass(frozen=True)
class Imported:
    """A patient as a row has them."""

    name: str = field(repr=False)
    born: date | None = field(default=None, repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    payer: str = ""
    standing: str = ""
    language: str = field(default="", repr=False)
    needs: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Row:
    """A row that was read: a patient, or a flaw."""

    record: Record
    patient: Imported | None
    flaw: Flaw | None = None


def assign(headings: Sequence[str]) -> list[Field | None]:
    """What each column is by its heading; a field is given to the first column that may be it."""
    found: list[Field | None] = []
    for heading in headings:
        meant = _HEADINGS.get(re.sub(r"[^a-z]", "", fold(heading)))
        found.append(meant if meant not in found else None)
    return found


def read_rows(
    records: Iterable[Record], columns: Sequence[Field | None], today: date
) -> Iterator[Row]:
    """Every row as a patient or with its flaw."""
    for record in records:
        try:
            yield Row(record, _patient(record, columns, today))
        except _Bad as bad:
            yield Row(record, None, Flaw(bad.args[0]))


def read_date(text: str, today: date) -> date | None:
    """A birth date as people and programs write it, the day before the month; None for none.

    Raise `ValueError`.
    """
    text = text.strip()
    if text.lower() in _NO_DATE:
        return None
    if iso := _ISO.fullmatch(text):
        year, month, day = iso.groups()
    elif numbers := _NUMBERS.fullmatch(text):
        day, month, year = numbers.groups()
    elif words := _IN_WORDS.fullmatch(text):
        day, name, year = words.groups()
        month = str(MONTHS.get(fold(name)[:3], 0))
    else:
        raise ValueError
    number = int(year) + (_century(int(year), today) if len(year) == 2 else 0)
    born = date(number, int(month), int(day))
    if not today.year - OLDEST <= born.year or born > today:
        raise ValueError
    return born


def _century(year: int, today: date) -> int:
    """Of a year of two digits: nobody is born in the future."""
    return 2000 if year <= today.year % 100 else 1900


def _patient(record: Record, columns: Sequence[Field | None], today: date) -> Imported:
    if any(cell.strip() for cell in record.cells[len(columns) :]):
        raise _Bad(Flaw.TOO_MANY)
    cells = dict.fromkeys(Field, "")
    for meant, cell in zip(columns, record.cells, strict=False):
        if meant:
            cells[meant] = cell.strip()
    return Imported(
        name=_name(cells),
        born=_born(cells[Field.BORN], today),
        address=_address(cells),
        phone=(cells[Field.PHONE] or cells[Field.MOBILE])[:40],
        email=_email(cells[Field.EMAIL]),
        payer=_payer(cells[Field.PAYER]),
        standing=_word(cells[Field.STANDING], STANDINGS, Flaw.STANDING),
        language=_word(cells[Field.LANGUAGE], LANGUAGES, Flaw.LANGUAGE),
        needs=_needs(cells[Field.NEEDS]),
    )


def _name(cells: Mapping[Field, str]) -> str:
    parts = (cells[Field.TITLE], cells[Field.FIRST], cells[Field.LAST])
    typed = " ".join(part for part in parts if part)
    if not (cells[Field.FIRST] or cells[Field.LAST]):
        last, comma, first = cells[Field.NAME].partition(",")
        turned = f"{first.strip()} {last.strip()}" if comma else last
        typed = " ".join(part for part in (cells[Field.TITLE], turned) if part.strip())
        typed = cells[Field.FULL] or typed
    if len(" ".join(typed.split())) > LONGEST:
        raise _Bad(Flaw.LONG_NAME)
    name = clean(typed)
    if not name or not (
        cells[Field.FIRST] or cells[Field.LAST] or cells[Field.NAME] or cells[Field.FULL]
    ):
        raise _Bad(Flaw.NO_NAME)
    return name


def _born(text: str, today: date) -> date | None:
    try:
        return read_date(text, today)
    except ValueError:
        raise _Bad(Flaw.BORN) from None


def _address(cells: Mapping[Field, str]) -> tuple[str, ...]:
    street = f"{cells[Field.STREET]} {cells[Field.NUMBER]}"
    town = f"{cells[Field.POSTCODE]} {cells[Field.TOWN]}"
    lines = [*cells[Field.ADDRESS].splitlines(), street, town]
    return tuple(short for line in lines if (short := " ".join(line.split())[:80]))[:6]


def _email(text: str) -> str:
    name, at, host = text.rpartition("@")
    if text and (not (at and name and "." in host) or " " in text or len(text) > 120):
        raise _Bad(Flaw.EMAIL)
    return text


def _payer(text: str) -> str:
    """By its word, or by the name of an insurer as other programs keep it."""
    for word, payer in PAYERS.items():
        if re.search(rf"\b{word}", fold(text)):
            return payer
    if text.strip(" -"):
        raise _Bad(Flaw.PAYER)
    return ""


def _word(text: str, words: Mapping[str, str], flaw: Flaw) -> str:
    if not text.strip(" -"):
        return ""
    try:
        return words[fold(text)]
    except KeyError:
        raise _Bad(flaw) from None


def _needs(text: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"[,;/|\n]", text) if part.strip(" -")]
    return particulars.in_order(_word(part, NEEDS, Flaw.NEEDS) for part in parts)


_HEADINGS = {word: Field(meant) for meant, words in HEADINGS.items() for word in words.split()}
