"""What a GDT record says: which fields must be there, what they mean, and whose it is.

Kinds and fields as in GDT 2.1 (QMS, 5/2001); 3109, 3112, 3113 and 3619 come from later versions and
are sent by programs of today all the same. Kinds must have what says whose they are; other fields
that the specification asks for, such as 8402, are left out by many senders and harm nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from unicodedata import category

from practicebox.practice.gdt import VERSION, Charset, Field, Forgiven, NotReadable, Problem, Record
from practicebox.practice.gdt_reader import Decoded, decode

ASK, MASTER_DATA, NEW, RESULT, SHOW = "6300", "6301", "6302", "6310", "6311"
_WHO = ("3000", "3101", "3102", "3103")
MUST = {ASK: ("3000",), MASTER_DATA: _WHO, NEW: _WHO, RESULT: ("3000",), SHOW: ("3000",)}
_NAMES = frozenset({"3100", "3101", "3102", "3104", "3106", "3107", "3113"})
_TEXTS = ("6220", "6227", "6228")
_ONCE = _NAMES | {"3000", "3103", "3105", "3110", "8315", "8316", "9218"}
_DATES = ("6200", "8432")
_SIGNS = {"So", "Sm", "Sc", "No", "Lm", "Po", "Ps", "Pi", "Pf"}  # Unicode categories
_UNKNOWN_DAY = "00"


@dataclass(frozen=True)
class Person:
    """Whom a record is about, as the practice software has them."""

    number: str = field(repr=False)
    last_name: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    prefix: str = field(default="", repr=False)  # "Freiherr von"
    title: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """First and last name, as people say it; a title is none of a name."""
        return " ".join(part for part in (self.first_name, self.prefix, self.last_name) if part)


@dataclass(frozen=True)
class Message:
    """A record that was understood."""

    record: Record
    person: Person
    test: str  # 8402, what is asked for; empty where it isn't said
    day: date | None  # 6200
    clock: time | None  # 6201
    text: str = field(repr=False)  # findings and comments, line by line
    warnings: tuple[Forgiven, ...] = ()

    @property
    def kind(self) -> str:
        return self.record.kind


def read(data: bytes, default: Charset = Charset.IBM) -> Message:
    """Read and understand a file; raise `NotReadable`."""
    return understand(decode(data, default))


def understand(decoded: Decoded) -> Message:
    """What a record says; raise `NotReadable`."""
    record, warnings = decoded.record, list(decoded.warnings)
    _check(decoded)
    born, is_half = _born(decoded)
    if is_half:
        warnings.append(Forgiven.HALF_BIRTH_DATE)
    lines = [one.content.strip() for one in record.fields if one.code in _TEXTS]
    return Message(
        record=record,
        person=_person(record, born),
        test=record.first("8402").strip(),
        day=_dates(decoded),
        clock=_clock(record.first("6201")),
        text="\n".join(line for line in lines if line),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def result(
    person: Person,
    sender: str,
    receiver: str,
    about: tuple[Field, ...],
    charset: Charset = Charset.IBM,
) -> Record:
    """A 6310, what was found; `about` are its fields from 6200 on."""
    born = person.born.strftime("%d%m%Y") if person.born else ""
    named = (
        Field("8315", receiver),
        Field("8316", sender),
        Field("9218", VERSION),
        Field("3000", person.number),
        Field("3101", person.last_name),
        Field("3102", person.first_name),
        Field("3103", born),
    )
    return Record(RESULT, tuple(one for one in (*named, *about) if one.content), charset)


def _check(decoded: Decoded) -> None:
    record = decoded.record
    if record.kind not in MUST:
        raise NotReadable(Problem.KIND, 1, "8000")
    seen: set[str] = set()
    for one, line in zip(record.fields, decoded.lines, strict=True):
        if one.code in seen & _ONCE:
            raise NotReadable(Problem.TWICE, line, one.code)
        seen.add(one.code)
        if one.code in _NAMES and _is_garbled(one.content):
            raise NotReadable(Problem.CHARACTERS, line, one.code)
        if one.code == "9218" and one.content.strip().removeprefix("0")[:2] != "2.":
            raise NotReadable(Problem.VERSION, line, "9218")
    for code in MUST[record.kind]:
        if not record.first(code).strip():
            raise NotReadable(Problem.MISSING, code=code)


def _is_garbled(name: str) -> bool:
    """Whether no name has such characters: they are what others look like when misread.

    As CP 437 a UTF-8 "ü" reads "├╝", one of Windows "ⁿ"; as Windows one of UTF-8 reads "Ã¼".
    """
    return any(map(_is_foreign, name)) or re.search("Ã[^\x00-\x7f]", name) is not None


def _is_foreign(character: str) -> bool:
    if character.isascii() or character in "’‘":
        return False
    is_greek = "\u0370" <= character <= "\u03ff"
    return is_greek or category(character) in _SIGNS


def _person(record: Record, born: date | None) -> Person:
    def first(*codes: str) -> str:
        return " ".join(filter(None, (" ".join(record.first(code).split()) for code in codes)))

    place = first("3106") or first("3112", "3113")
    return Person(
        number=first("3000"),
        last_name=first("3101"),
        first_name=first("3102"),
        prefix=first("3100"),
        title=first("3104"),
        born=born,
        address=tuple(line for line in (first("3107", "3109"), place) if line),
        phone=first("3626"),
        email=first("3619"),
    )


def _born(decoded: Decoded) -> tuple[date | None, bool]:
    """The birth date; None, and forgiven, where day or month isn't known (00)."""
    for one, line in zip(decoded.record.fields, decoded.lines, strict=True):
        if one.code != "3103":
            continue
        text = one.content
        if len(text) == 8 and text.isdecimal() and _UNKNOWN_DAY in (text[:2], text[2:4]):
            return None, True
        return _day(text, line, "3103"), False
    return None, False


def _dates(decoded: Decoded) -> date | None:
    """The day of 6200; every date has to be one."""
    found = None
    for one, line in zip(decoded.record.fields, decoded.lines, strict=True):
        if one.code in _DATES:
            day = _day(one.content, line, one.code)
            found = found or (day if one.code == "6200" else None)
    return found


def _day(text: str, line: int, code: str) -> date:
    """DDMMYYYY."""
    try:
        if len(text) != 8 or not (text.isascii() and text.isdecimal()):
            raise ValueError
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise NotReadable(Problem.DATE, line, code) from None


def _clock(text: str) -> time | None:
    """HHMMSS; what is none says nothing, for nothing depends on it."""
    try:
        return time(int(text[:2]), int(text[2:4])) if text.isascii() and len(text) == 6 else None
    except ValueError:
        return None
