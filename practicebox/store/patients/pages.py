"""Name pages: names and birth dates of 128 patients in one sealed blob, derived from their rows.

Opening 128 names at once makes the directory searchable ten times sooner than opening every row
(DESIGN section 11). A page is rewritten in the transaction that changes a patient on it. The folded
names are kept beside the names: folding takes longer than opening. Runs in the database thread.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from practicebox.practice.names import findable
from practicebox.store import pages
from practicebox.store.conditions import SealBroken
from practicebox.store.patients import rows as patients_rows
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.patients.search import NamePage
from practicebox.store.vault.keyring import Keyring

log = logging.getLogger(__name__)

Random = Callable[[int], bytes]
_Line = tuple[str, str]  # of a page, and its folded name

PER_PAGE = 128
_TABLE = "name_pages"
_FOLDING = "2"  # raise it whenever `findable` changes: older pages are then folded anew when read
_PARTS = "\0"  # between version, lines and folded names; names have no control characters
_SELECT = (
    "SELECT page, name_pages.generation, sealed, subjects.generation, wrapped FROM name_pages"
    " LEFT JOIN subjects ON subjects.id = 'name_pages:' || page"
)


def page_of(number: int) -> int:
    """The page on which the patient with this running number stands."""
    return number // PER_PAGE


def read_some(
    connection: sqlite3.Connection, keyring: Keyring, after: int, limit: int
) -> dict[int, NamePage]:
    """The next `limit` pages after a page.

    A damaged page is made again from the rows.
    """
    rows = connection.execute(f"{_SELECT} WHERE page > ? ORDER BY page LIMIT ?", (after, limit))
    read = {}
    for page, generation, sealed, wrapped_in, wrapped in rows.fetchall():
        try:
            blob = pages.open_page(
                keyring, _TABLE, page, (generation, sealed), (wrapped_in, wrapped)
            )
            read[page] = _load(blob)
        except SealBroken:
            read[page] = _from_rows(connection, keyring, page)
    return read


def rewrite(
    connection: sqlite3.Connection,
    keyring: Keyring,
    changed: Mapping[int, PatientRecord | None],
    random: Random,
    *,
    fresh: bool = False,
) -> dict[int, NamePage]:
    """Write the pages of changed patients; the pages as they are now.

    `changed` has each patient's number, and None for one who is gone. `fresh` gives the pages new
    keys, so that no earlier copy can be opened any more.
    """
    by_page: defaultdict[int, dict[int, PatientRecord | None]] = defaultdict(dict)
    for number, record in changed.items():
        by_page[page_of(number)][number] = record
    written = {}
    for page, there in by_page.items():
        lines = _lines_of(connection, keyring, page)
        for number, record in there.items():
            lines.pop(number, None)
            if record is not None:
                lines[number] = _line(record)
        written[page] = _write(connection, keyring, page, lines, random, fresh=fresh)
    return written


def _lines_of(connection: sqlite3.Connection, keyring: Keyring, page: int) -> dict[int, _Line]:
    """The lines of a page by their patients' numbers."""
    numbers = _numbers(connection, page)
    known = read_some(connection, keyring, page - 1, 1).get(page) if numbers else None
    if known is None:
        return {}
    pairs = zip(known.lines.split("\n"), known.folded.split("\n"), strict=True)
    by_id = {line.partition("\t")[0]: (line, folded) for line, folded in pairs}
    return {number: by_id[id_] for id_, number in numbers.items() if id_ in by_id}


def _numbers(connection: sqlite3.Connection, page: int) -> dict[str, int]:
    """Id to number of everybody who belongs on a page."""
    first = page * PER_PAGE
    rows = connection.execute(
        "SELECT id, number FROM patients WHERE number BETWEEN ? AND ? ORDER BY number",
        (first, first + PER_PAGE - 1),
    )
    return dict(rows.fetchall())


def _write(
    connection: sqlite3.Connection,
    keyring: Keyring,
    page: int,
    lines: Mapping[int, _Line],
    random: Random,
    *,
    fresh: bool,
) -> NamePage:
    made = _page(lines[number] for number in sorted(lines))
    if not lines:
        connection.execute("DELETE FROM name_pages WHERE page = ?", (page,))
        pages.drop_key(connection, _TABLE, page)
        return made
    blob = _PARTS.join((_FOLDING, made.lines, made.folded)).encode()
    sealed = pages.seal_page(connection, keyring, _TABLE, page, blob, random, fresh=fresh)
    connection.execute(
        "INSERT INTO name_pages (page, generation, sealed) VALUES (?, ?, ?) ON CONFLICT (page)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (page, *sealed),
    )
    return made


def _from_rows(connection: sqlite3.Connection, keyring: Keyring, page: int) -> NamePage:
    """A page made anew; a patient whose own row is damaged as well is left out."""
    lines = []
    for id_ in _numbers(connection, page):
        try:
            lines.append(_line(patients_rows.find(connection, keyring, id_).record))
        except SealBroken:
            log.error("patient_unreadable")
    return _page(lines)


def _line(record: PatientRecord) -> _Line:
    born = record.patient.born.isoformat() if record.patient.born else ""
    name = " ".join(record.patient.name.split())
    return "\t".join((record.id, born, name)), findable(name)


def _page(lines: Iterable[_Line]) -> NamePage:
    kept = list(lines)
    return NamePage("\n".join(line for line, _ in kept), "\n".join(folded for _, folded in kept))


def _load(blob: bytes) -> NamePage:
    version, lines, folded = blob.decode().split(_PARTS)
    if version != _FOLDING:
        names = (line.split("\t", 2)[2] for line in lines.split("\n"))
        return NamePage(lines, "\n".join(map(findable, names)))
    return NamePage(lines, folded)
