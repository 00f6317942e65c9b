"""What a data folder holds, as plain values that two folders can be compared by.

Taking a picture opens the store as a start of the box does, so it is also the proof that a folder
can be opened. What is sealed is opened; ciphertext itself differs from run to run and is left out.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from practicebox.store.audit.audit import Action, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.conditions import DeviceNotApproved, WrongCredentials
from practicebox.store.store import Store
from tests.store.world import CHEAP, MASTER, PASSWORD, Clock, reading

OTHER_PASSWORD = "rote Kanne am Fenster"
PASSWORDS = (PASSWORD, OTHER_PASSWORD)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
MOST = 1000  # appointments
# Of SQLite, drafts that a kill has left, copies that an upgrade made, and the mark of the audit
# log, which follows it by one step.
PASSING = ("-wal", "-shm", ".new", ".upgrading", ".before-upgrade", "audit.mark")
BACKUP = ".backup"  # a finished one; what else belongs to backups is of no use alone
COUNTERS = {"enrolments": 1}  # columns at the end that count tries, before anybody is told
READ = "audit"  # tables that are looked at as they are read: entries move from one to the other
LATEST = 500  # entries of the audit log

Picture = dict[str, object]


class Damaged(Exception):
    """The database isn't whole; the text says what is wrong."""


async def take(folder: Path, secret: bytes = b"") -> Picture:
    """A picture; raise `CannotOpen`, `SealBroken` or `Damaged` where nothing can be made of it.

    `secret` is the device secret by which somebody may be able to log in.
    """
    clock = Clock()
    bits = Random("picture")  # an upgrade draws ids
    store = await Store.open(folder, now=clock, random=bits.randbytes, costs=CHEAP)
    try:
        with reading(folder) as connection:
            picture = _database(connection)
        picture["files"] = _files(folder)
        if await store.practice():
            picture |= await _opened(store)
            picture["logins"] = [await _logs_in(store, each, secret) for each in PASSWORDS]
            if any(str(name).endswith(BACKUP) for name in _files(folder)):
                picture["proved"] = repr((await store.backups.prove()).level)
        return picture
    finally:
        await store.close()


def _files(folder: Path) -> list[str]:
    files = [path for path in folder.iterdir() if path.is_file() and "backup" not in path.name]
    lasting = [path for path in files if not path.name.endswith(PASSING)]
    return sorted(path.name for path in (*lasting, *folder.glob(f"*/*{BACKUP}")))


def difference(expected: object, found: Picture) -> str:
    """Where two pictures differ, in one line."""
    known = expected if isinstance(expected, dict) else {}
    names = [name for name in {**known, **found} if known.get(name) != found.get(name)]
    return ", ".join(names)


def _database(connection: sqlite3.Connection) -> Picture:
    for check in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
        found = connection.execute(check).fetchall()
        if found not in ([("ok",)], []):
            raise Damaged(f"{check}: {found[0]}")
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    tables = [name for (name,) in connection.execute(query).fetchall()]
    return {table: _rows(connection, table) for table in tables if not table.startswith(READ)}


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    count = -COUNTERS[table] if table in COUNTERS else None
    return sorted((tuple(_clear(value) for value in row[:count]) for row in rows), key=repr)


def _clear(value: object) -> object:
    return "sealed" if isinstance(value, bytes) else value


async def _opened(store: Store) -> Picture:
    """Everything that can be read with the master password."""
    await store.recover(MASTER)
    entries = await store.appointments.past(FAR_AHEAD, MOST)
    days = {entry.starts.date() for entry in entries}
    submissions = await store.submissions()
    return {
        "entries": sorted(map(_plain, entries)),
        "appointments": sorted([_plain(await store.appointments.get(e.id)) for e in entries]),
        "days": [list(map(_plain, await store.appointments.day(day))) for day in sorted(days)],
        "submissions": [
            (each.id, each.kind, hashlib.sha256(each.payload).hexdigest()) for each in submissions
        ],
        "users": sorted(map(_plain, await store.people.everybody())),
        "devices": sorted(map(_plain, await store.devices())),
        "practice": _plain(await store.practice()),
        "audit": await _audit(store),
    }


async def _audit(store: Store) -> list[str]:
    """Raise `Damaged` for a log that somebody would be warned of: nobody has touched it."""
    if flaws := await store.audit.verify():
        raise Damaged(f"the audit log: {flaws[0].kind.value}")
    page = await store.audit.page(Filter(), LATEST)
    noted = [entry.entry for entry in page.entries if isinstance(entry, Noted)]
    # That a backup was made is noted when it lies there already.
    return [repr(astuple(entry)) for entry in noted if entry.action is not Action.BACKUP_MADE]


async def _logs_in(store: Store, password: str, secret: bytes) -> str:
    with suppress(WrongCredentials):
        try:
            await store.login("sonne", "aenne", password, secret)
        except DeviceNotApproved:
            return "unknown device"
        return "yes"
    return "no"


def _plain(record: object) -> str:
    """All fields, also those that `repr` of the record leaves out."""
    if isinstance(record, tuple):
        return repr(tuple(record))
    return repr(astuple(record))  # type: ignore[call-overload]  # every other one is a dataclass
