"""Reading GDT 2.1: bytes to a record, strictly.

In whatever is not as it says, a name or a number may be wrong; so a wrong length is refused, not
guessed at. Three habits of real senders harm nobody and are noted as warnings: LF alone at the end
of lines, no 8100, and what DOS programs leave behind the last line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from practicebox.practice.gdt import (
    CHARSET,
    KIND,
    LENGTH,
    MOST,
    NUMBERS,
    OVERHEAD,
    Charset,
    Field,
    Forgiven,
    NotReadable,
    Problem,
    Record,
    is_plain,
)

_HEAD = re.compile(rb"[0-9]{7}")


@dataclass(frozen=True)
class Line:
    """A line as it came."""

    number: int
    code: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Decoded:
    """A record, and what was forgiven to get it."""

    record: Record
    lines: tuple[int, ...]  # the line number of each field of the record
    warnings: tuple[Forgiven, ...] = ()


def decode(data: bytes, default: Charset = Charset.IBM) -> Decoded:
    """The record in `data`; `default` counts where 9206 is missing. Raise `NotReadable`.

    The meaning of the fields is not looked at (`gdt_fields.check`).
    """
    if not data.strip(b"\r\n\x1a\x00 "):
        raise NotReadable(Problem.EMPTY)
    if len(data) > MOST:
        raise NotReadable(Problem.TOO_LONG, said=MOST, found=len(data))
    warnings: list[Forgiven] = []
    lines = _split(data, warnings)
    if lines[0].code != KIND:
        raise NotReadable(Problem.NOT_GDT, 1)
    for line in lines[1:]:
        if line.code == KIND:
            raise NotReadable(Problem.SECOND_RECORD, line.number)
    charset = _charset(lines, default)
    _check_length(lines, warnings)
    kept = [line for line in lines if line.code not in {KIND, LENGTH, CHARSET}]
    fields = tuple(Field(line.code, _text(line, charset)) for line in kept)
    record = Record(_text(lines[0], charset), fields, charset)
    return Decoded(record, tuple(line.number for line in kept), tuple(dict.fromkeys(warnings)))


def _split(data: bytes, warnings: list[Forgiven]) -> list[Line]:
    """The lines, each with the length that it says it has."""
    body = data.rstrip(b"\x1a\x00 ")
    whole = body.rstrip(b"\r\n")
    is_dos = b"\r\n" in body or b"\n" not in body
    if len(body) != len(data) or len(body) - len(whole) > 2:
        warnings.append(Forgiven.REST)
    if not is_dos:
        warnings.append(Forgiven.LINE_FEEDS)
    raw = whole.split(b"\r\n" if is_dos else b"\n")
    lines = []
    for number, line in enumerate(raw, 1):
        if not _HEAD.match(line):
            raise NotReadable(Problem.LINE_HEAD if number > 1 else Problem.NOT_GDT, number)
        code, content = line[3:7].decode(), line[7:]
        if b"\n" in content or b"\r" in content:
            raise NotReadable(Problem.LINE_END, number, code)
        said, found = int(line[:3]), len(content) + OVERHEAD
        if said != found and not (not is_dos and said == found - 1):  # counted with LF alone
            raise NotReadable(Problem.LINE_LENGTH, number, code, said, found)
        lines.append(Line(number, code, content))
    return lines


def _charset(lines: list[Line], default: Charset) -> Charset:
    found = [line for line in lines if line.code == CHARSET]
    if len(found) > 1:
        raise NotReadable(Problem.TWICE, found[1].number, CHARSET)
    if not found:
        return default
    number = found[0].content.decode("ascii", "replace").strip()
    if number not in NUMBERS:
        raise NotReadable(Problem.CHARSET, found[0].number, CHARSET)
    return NUMBERS[number]


def _check_length(lines: list[Line], warnings: list[Forgiven]) -> None:
    """Hold 8100 against the length of all lines; where they ended in LF either count will do."""
    found = [line for line in lines if line.code == LENGTH]
    if not found:
        warnings.append(Forgiven.NO_LENGTH)
        return
    if len(found) > 1:
        raise NotReadable(Problem.TWICE, found[1].number, LENGTH)
    total = sum(len(line.content) + OVERHEAD for line in lines)
    text = found[0].content
    said = int(text) if re.fullmatch(rb"[0-9]{1,7}", text) else 0
    with_line_feeds = Forgiven.LINE_FEEDS in warnings and said == total - len(lines)
    if said != total and not with_line_feeds:
        raise NotReadable(Problem.RECORD_LENGTH, found[0].number, LENGTH, said, total)


def _text(line: Line, charset: Charset) -> str:
    try:
        text = line.content.decode(charset.value)
    except UnicodeDecodeError:
        raise NotReadable(Problem.CHARACTERS, line.number, line.code) from None
    if not is_plain(text):
        raise NotReadable(Problem.CHARACTERS, line.number, line.code)
    return text
