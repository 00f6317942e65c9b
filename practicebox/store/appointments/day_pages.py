"""Day pages: the list of one local day as one sealed blob, derived from its appointments.

Opening one blob instead of 40 makes a day's list quicker than reading plain rows (DESIGN section
11). A page is rewritten in the transaction that changes an appointment of its day, so it's never
behind. Runs in the database thread.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from practicebox.store import pages
from practicebox.store.records import Entry
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring

Random = Callable[[int], bytes]
Page = tuple[Entry, ...]  # by start, then id

_TABLE = "day_pages"
_NAME = 4  # place of the patient's name in a line
_SELECT = (
    "SELECT day, day_pages.generation, sealed, subjects.generation, wrapped FROM day_pages"
    " LEFT JOIN subjects ON subjects.id = 'day_pages:' || day"
)


def days(connection: sqlite3.Connection) -> list[str]:
    """All days with appointments, in order."""
    return [day for (day,) in connection.execute("SELECT day FROM day_pages ORDER BY day")]


def read(connection: sqlite3.Connection, keyring: Keyring, day: str) -> Page:
    """The entries of a day; raise `SealBroken`."""
    row = connection.execute(f"{_SELECT} WHERE day = ?", (day,)).fetchone()
    if row is None:
        return ()
    return tuple(
        Entry(id_, from_text(starts), minutes, state, name, organiser, *kind)
        for id_, starts, minutes, state, name, organiser, *kind in _open(keyring, *row)
    )


def read_names(
    connection: sqlite3.Connection, keyring: Keyring, after: str, limit: int
) -> list[tuple[str, list[str]]]:
    """The patients' names of the next `limit` days after a day, in the order of their pages."""
    rows = connection.execute(f"{_SELECT} WHERE day > ? ORDER BY day LIMIT ?", (after, limit))
    return [(row[0], [line[_NAME] for line in _open(keyring, *row)]) for row in rows]


def write(
    connection: sqlite3.Connection,
    keyring: Keyring,
    day: str,
    entries: Iterable[Entry],
    random: Random,
    *,
    fresh: bool = False,
) -> Page:
    """Replace the page of a day, or remove it with its last entry; the page as it is now.

    `fresh` gives it a new key, so that no earlier copy of it can be opened any more.
    """
    page = tuple(sorted(entries, key=lambda entry: (entry.starts, entry.id)))
    if not page:
        connection.execute("DELETE FROM day_pages WHERE day = ?", (day,))
        pages.drop_key(connection, _TABLE, day)
        return page
    lines = [_line(entry) for entry in page]
    blob = json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()
    connection.execute(
        "INSERT INTO day_pages (day, generation, sealed) VALUES (?, ?, ?) ON CONFLICT (day)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (day, *pages.seal_page(connection, keyring, _TABLE, day, blob, random, fresh=fresh)),
    )
    return page


def _line(entry: Entry) -> list[object]:
    """An entry as it is kept; earlier versions know no kind, and most are by video."""
    kind = [] if entry.kind == "video" else [entry.kind]
    plan = [entry.id, to_text(entry.starts), entry.minutes, entry.state]
    return [*plan, entry.patient_name, entry.organiser, *kind]


def _open(
    keyring: Keyring,
    day: str,
    generation: int,
    sealed: bytes,
    wrapped_in: int | None,
    wrapped: bytes | None,
) -> list[list[Any]]:
    blob = pages.open_page(keyring, _TABLE, day, (generation, sealed), (wrapped_in, wrapped))
    lines: list[list[Any]] = json.loads(blob)
    return lines
