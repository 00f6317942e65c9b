"""GDT 2.1: records between practice software and devices, to bytes and back.

A record is a list of lines `LLLKKKKcontent` and CR LF: three digits of length (of the whole line,
its end included), four digits that name the field, the content. The first line is 8000, the kind of
record; 8100 is the length of all lines together; 9206 names the characters. As described by the
Qualitaetsring Medizinische Software (GDT 2.1, 5/2001, and its samples), and as files in the field
are: `RED Medical, GDT-Auftragsdatei`, `tomedo, GDT-Export`.

Reading is strict: in whatever is not as it says, a name or a number may be wrong. Three habits of
real senders harm nobody and are noted as warnings: LF alone at the end of lines, no 8100, and what
DOS programs leave behind the last line. What the fields mean is in `gdt_fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from unicodedata import normalize

LONGEST = 990  # bytes of one field: a line's length has three digits
MOST = 64 * 1024  # bytes of a record; the longest 6310 with tables has a few KiB
VERSION = "02.10"
KIND, LENGTH, CHARSET = "8000", "8100", "9206"
OVERHEAD = 9  # of a line: length, name and CR LF
_CODE = re.compile(r"[0-9]{4}", re.ASCII)


class Charset(Enum):
    """How bytes mean characters, by the Python codec."""

    ASCII = "ascii"  # 9206 1, "7 Bit"
    IBM = "cp437"  # 9206 2, what counts where nothing is said
    ANSI = "cp1252"  # 9206 3, ISO 8859-1 as Windows has it
    UTF8 = "utf-8"  # not of GDT 2.1 and without a number; some programs send it all the same


NUMBERS = {"1": Charset.ASCII, "2": Charset.IBM, "3": Charset.ANSI}
_NUMBER_OF = {charset: number for number, charset in NUMBERS.items()}


class Problem(StrEnum):
    """What is wrong with a file; its words are in `web/staff/gdt_words.py`."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NOT_GDT = "not-gdt"  # the first line is none
    LINE_HEAD = "line-head"  # a line doesn't begin with seven digits
    LINE_LENGTH = "line-length"
    LINE_END = "line-end"
    RECORD_LENGTH = "record-length"
    CHARACTERS = "characters"  # bytes that the characters of 9206 don't have
    CHARSET = "charset"  # a 9206 that nobody knows
    KIND = "kind"  # an 8000 that nobody knows
    VERSION = "version"
    MISSING = "missing"  # a field that this kind must have
    TWICE = "twice"  # a field that can be there once only
    DATE = "date"
    SECOND_RECORD = "second-record"


class Forgiven(StrEnum):
    """What is wrong without doing harm."""

    LINE_FEEDS = "line-feeds"
    NO_LENGTH = "no-length"
    REST = "rest"
    HALF_BIRTH_DATE = "half-birth-date"


class NotReadable(Exception):
    """The bytes are no record; says where and why, and repeats nothing of their content."""

    def __init__(
        self, problem: Problem, line: int = 0, code: str = "", said: int = 0, found: int = 0
    ) -> None:
        super().__init__(f"{problem} in line {line}")
        self.problem = problem
        self.line = line  # 0: the file as a whole
        self.code = code  # of the field
        self.said = said  # a length as it is written
        self.found = found  # and as it is


@dataclass(frozen=True)
class Field:
    """One line."""

    code: str  # four digits
    content: str = field(repr=False)


@dataclass(frozen=True)
class Record:
    """A record without what only frames it: 8000 is `kind`, 9206 `charset`, 8100 is counted."""

    kind: str  # four digits
    fields: tuple[Field, ...]
    charset: Charset = Charset.IBM

    def all(self, code: str) -> list[str]:
        """The contents of a field that may be there several times."""
        return [one.content for one in self.fields if one.code == code]

    def first(self, code: str) -> str:
        """The content of a field; empty where there is none."""
        return next(iter(self.all(code)), "")


def is_plain(text: str) -> bool:
    """Whether `text` has no control characters but the tabs that tables are made of."""
    return all(c.isprintable() or c in "\t\xa0" for c in text) and "\ufeff" not in text


def encode(record: Record) -> bytes:
    """The bytes of a record; `ValueError` for what no record can hold (see `fit`)."""
    number = _NUMBER_OF.get(record.charset)
    at = next((n for n, f in enumerate(record.fields) if f.code not in {"8315", "8316"}), None)
    body = [_line(one.code, one.content, record.charset) for one in record.fields]
    if number:
        at = len(body) if at is None else at
        body.insert(at, _line(CHARSET, number, record.charset))
    first, rest = _line(KIND, record.kind, record.charset), b"".join(body)
    total = len(first) + OVERHEAD + 5 + len(rest)
    if total > MOST:
        raise ValueError("the record is too long")
    return first + _line(LENGTH, f"{total:05}", record.charset) + rest


def fit(text: str, charset: Charset, longest: int = 60) -> str:
    """`text` as a field can hold it: no control characters, others spelled as near as can be."""
    printable = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    fitted = ""
    for character in normalize("NFC", printable):
        plain = "".join(c for c in normalize("NFKD", character) if c.isascii())
        fitted += character if _has(charset, character) else _SPELLED.get(character, plain or "?")
    return fitted[:longest].strip()


_SPELLED = dict(
    zip(
        "äöüÄÖÜßæÆøØłŁđĐ–—’‘“”„€",
        'ae oe ue Ae Oe Ue ss ae Ae o O l L d D - - \' \' " " " EUR'.split(),
        strict=True,
    )
)


def _line(code: str, content: str, charset: Charset) -> bytes:
    coded = content.encode(charset.value)
    if not _CODE.fullmatch(code) or not is_plain(content):
        raise ValueError("a field has four digits and printable content")
    if len(coded) > LONGEST:
        raise ValueError("a field holds 990 bytes")
    return f"{len(coded) + OVERHEAD:03}{code}".encode() + coded + b"\r\n"


def _has(charset: Charset, character: str) -> bool:
    try:
        character.encode(charset.value)
    except UnicodeEncodeError:
        return False
    return True
