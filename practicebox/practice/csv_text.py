"""CSV files as other programs write them: which encoding, which delimiter, which rows.

What is no text, or no table, raises `NotATable`. Rows keep the number of the line on which they
begin, so that people find them again in their own program. Guards against formulas live here, too:
a spreadsheet program runs what begins with `=`, so such cells go out with an apostrophe in front,
which comes off again when they are read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

DELIMITERS = ";,\t"
MOST_COLUMNS = 200
_TRIED = 20  # records looked at to find the delimiter
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_FORMULA = re.compile("'*[=+@\\t\\r-]")  # at the beginning of a cell


class NotATable(ValueError):
    """The bytes are no text, or the text is no table with a heading and rows."""


@dataclass(frozen=True)
class Record:
    """A row, and the line of the file on which it begins."""

    line: int
    cells: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Table:
    """What is in a file."""

    headings: tuple[str, ...]
    records: tuple[Record, ...] = field(repr=False)


def read(content: bytes) -> Table:
    """The table in a file; raise `NotATable`."""
    text = decode(content)
    found = _records(text, _delimiter(text))
    headings = next(found, None)
    if headings is None or len(headings.cells) > MOST_COLUMNS:
        raise NotATable
    return Table(tuple(" ".join(cell.split()) for cell in headings.cells), tuple(found))


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16, else Windows-1252 or ISO 8859-1; raise `NotATable`."""
    encoding = next((name for bom, name in _BOMS.items() if content.startswith(bom)), "")
    encoding = encoding or _guess_utf_16(content)
    for tried in (encoding,) if encoding else ("utf-8", "cp1252", "latin-1"):
        try:
            text = content.decode(tried).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise NotATable


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM and semicolons, which German spreadsheet programs open by a double click."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8", "replace")


def guarded(cell: str) -> str:
    """A cell that no program takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _guess_utf_16(content: bytes) -> str:
    """Without a mark at its beginning, by the empty halves of Latin letters."""
    sample = content[:2000]
    if sample.count(0) < 0.3 * max(len(sample), 1):
        return ""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def _delimiter(text: str) -> str:
    """The one that cuts the first records into most cells."""

    def cells(delimiter: str) -> int:
        found = zip(range(_TRIED), _records(text, delimiter), strict=False)
        return sum(len(record.cells) - 1 for _, record in found)

    return max(DELIMITERS, key=cells)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """All rows that aren't empty; raise `NotATable` where a cell has no end."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in rows:  # a loop in Python: other threads get their turn between two rows
            if any(cell.strip() for cell in cells):
                yield Record(line, tuple(map(unguarded, cells)))
            line = rows.line_num + 1
    except csv.Error:  # such as a quotation mark that is never closed
        raise NotATable from None
