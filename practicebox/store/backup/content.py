"""What is inside a backup: a manifest in front, then the files it names.

The manifest holds, beside sizes and digests of the files, the number of rows and a digest of every
table as they were in the running database. So a proof compares with the original, not with the
copy. Knows SQL only as far as every database is alike.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from practicebox.store.backup.conditions import BackupAltered
from practicebox.store.sql import database
from practicebox.store.vault import boxkey

LENGTH_BYTES = 8  # of the manifest, in front of it
LONGEST = 1024 * 1024  # bytes of a manifest; it has one line per table and file
BESIDE = "tls"  # the folder where the appliance keeps its authority: computers go on trusting it
LARGEST_BESIDE = 64 * 1024  # bytes of one such file
_NAME = re.compile(rf"{re.escape(database.NAME)}|{re.escape(boxkey.NAME)}|{BESIDE}/[\w-]+\.pem")


@dataclass(frozen=True)
class FileEntry:
    """One file of the data folder."""

    name: str  # below the data folder
    size: int  # bytes
    digest: str  # SHA-256, hex


@dataclass(frozen=True)
class TableEntry:
    """One table of the database."""

    rows: int
    digest: str  # SHA-256 of all rows in the order of the primary key, hex


@dataclass(frozen=True)
class Manifest:
    """What must come out again."""

    generation: int
    schema: int
    files: tuple[FileEntry, ...]
    tables: dict[str, TableEntry]

    def encode(self) -> bytes:
        """The manifest with its length in front."""
        fields = {
            "generation": self.generation,
            "schema": self.schema,
            "files": [[f.name, f.size, f.digest] for f in self.files],
            "tables": {name: [t.rows, t.digest] for name, t in self.tables.items()},
        }
        text = json.dumps(fields).encode()
        return len(text).to_bytes(LENGTH_BYTES) + text


def decode(text: bytes) -> Manifest:
    """The manifest; raise `BackupAltered` for one that we would not have written.

    It was sealed with the backup's key, but whoever has the practice's public key can seal.
    """
    try:
        fields: dict[str, Any] = json.loads(text)
        files = tuple(_file(*entry) for entry in fields["files"])
        tables = {str(n): TableEntry(int(r), str(d)) for n, (r, d) in fields["tables"].items()}
        manifest = Manifest(int(fields["generation"]), int(fields["schema"]), files, tables)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BackupAltered from None
    names = [file.name for file in files]
    if len(set(names)) < len(names) or not {database.NAME, boxkey.NAME} <= set(names):
        raise BackupAltered
    return manifest


def describe(
    connection: sqlite3.Connection, tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, TableEntry]:
    """Number and digest of the rows of every table; `tell` gets tables done and in all."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%'"
        " ESCAPE '!' ORDER BY name"
    )
    names = [str(name) for (name,) in connection.execute(query)]
    found = {}
    for number, name in enumerate(names):
        tell(number, len(names))
        found[name] = _describe_table(connection, name)
    return found


def version(connection: sqlite3.Connection) -> int:
    """Steps of the schema that were taken."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _describe_table(connection: sqlite3.Connection, name: str) -> TableEntry:
    columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    key = [column[1] for column in sorted(columns, key=lambda c: c[5]) if column[5]]
    order = ", ".join(f'"{column}"' for column in key) or "rowid"
    digest, rows = hashlib.sha256(), 0
    for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY {order}'):
        # `ascii` tells apart what differs, and is the same in every version of Python. Bytes stand
        # in it by their length and follow: a document as text would hold Python's lock too long.
        shape = tuple((len(value),) if type(value) is bytes else value for value in row)
        digest.update(ascii(shape).encode())
        for value in row:
            if type(value) is bytes:
                digest.update(value)
        rows += 1
    return TableEntry(rows, digest.hexdigest())


def _file(name: str, size: int, digest: str) -> FileEntry:
    if not _NAME.fullmatch(name) or type(size) is not int or size < 0:
        raise ValueError("not a file of ours")
    return FileEntry(name, size, str(digest))
