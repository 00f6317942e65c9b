"""Proving one backup: opening it for real, and comparing what comes out with what went in.

How far that goes depends on the keys at hand (`Level`). Everything here blocks. The copy that is
opened lies in the data folder, protected like the database, and is gone afterwards.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from practicebox.store.backup import content as backup_content
from practicebox.store.backup import format as backup_format
from practicebox.store.backup import keys as backup_keys
from practicebox.store.backup import rows as backup_rows
from practicebox.store.backup.conditions import (
    BackupAltered,
    ContentDiffers,
    CopyDamaged,
    ForeignBackup,
)
from practicebox.store.backup.content import LENGTH_BYTES, FileEntry, Manifest
from practicebox.store.backup.format import CHUNK, Header, OpeningStream
from practicebox.store.backup.keys import WayIn
from practicebox.store.backup.ledger import Level
from practicebox.store.backup.make import Progress, Step, Tell, temporary
from practicebox.store.backup.target import check_space, named_failures
from practicebox.store.sql import database
from practicebox.store.vault.keyring import Keyring


def prove(
    path: Path,
    data: Path,
    tell: Tell,
    *,
    keyring: Keyring | None = None,
    file_key: bytes | None = None,
    digest: str | None = None,
) -> Level:
    """Prove the backup at `path` as far as the keys reach; raise `BackupRefused`, `TargetFailed`.

    `digest` is the SHA-256 of the file as it was written, where that is known.
    """
    with named_failures(), path.open("rb") as file:
        _check_digest(file, digest, tell)
        header, raw = backup_format.read_header(file)
        if keyring:
            file_key = backup_keys.open_by_vault(header.way, header.made, keyring)
        if file_key is None:
            return Level.BYTES
        with temporary(data) as folder:
            manifest = unpack(file, file_key, header, raw, folder, tell)
            check_copy(folder / database.NAME, manifest, header.way, keyring, tell)
    return Level.WHOLE if keyring else Level.COPY


def unpack(
    file: BinaryIO, key: bytes, header: Header, raw: bytes, folder: Path, tell: Tell
) -> Manifest:
    """Write the files of a backup into an empty folder, each checked by its digest.

    `file` stands at the stream. Raise `BackupRefused`, `TargetFull` or `OSError`.
    """
    stream = OpeningStream(file, key, header, raw)
    length = int.from_bytes(stream.read(LENGTH_BYTES))
    if length > backup_content.LONGEST:
        raise BackupAltered
    manifest = backup_content.decode(stream.read(length))
    if LENGTH_BYTES + length + sum(entry.size for entry in manifest.files) != header.size:
        raise BackupAltered
    check_space(folder, header.size)
    done = 0
    for entry in manifest.files:
        for size in _unpack_file(stream, entry, folder):
            done += size
            tell(Progress(Step.OPEN, done, header.size))
    stream.end()
    return manifest


def check_copy(
    copy: Path, manifest: Manifest, way: WayIn, keyring: Keyring | None, tell: Tell
) -> None:
    """Check an unpacked database; raise `ContentDiffers`, `CopyDamaged` or `ForeignBackup`."""
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            _check_database(connection, _telling(tell, 0))
            _compare(connection, manifest, way, _telling(tell, 1))
            if keyring:
                _check_keys(manifest, way, keyring)
                backup_rows.open_all(connection, keyring, _telling(tell, 2))
    except sqlite3.DatabaseError:
        raise CopyDamaged from None
    tell(Progress(Step.CHECK, 1, 1))


def _check_digest(file: BinaryIO, digest: str | None, tell: Tell) -> None:
    if digest is None:
        return
    total = max(1, file.seek(0, os.SEEK_END))
    file.seek(0)
    found, done = hashlib.sha256(), 0
    while piece := file.read(16 * CHUNK):
        found.update(piece)
        done += len(piece)
        tell(Progress(Step.OPEN, done, total))
    file.seek(0)
    if found.hexdigest() != digest:
        backup_format.read_header(file)  # names the damage better where it can
        raise BackupAltered


def _unpack_file(stream: OpeningStream, entry: FileEntry, folder: Path) -> Iterator[int]:
    """Write one file; the size of each piece."""
    path = folder / entry.name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    left, digest = entry.size, hashlib.sha256()
    with os.fdopen(handle, "wb") as file:
        while left:
            piece = stream.read(min(CHUNK, left))
            file.write(piece)
            digest.update(piece)
            left -= len(piece)
            yield len(piece)
    if digest.hexdigest() != entry.digest:
        raise ContentDiffers


def _check_database(connection: sqlite3.Connection, tell: Callable[[int, int], None]) -> None:
    tell(0, 1)
    if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise CopyDamaged
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise CopyDamaged


def _compare(
    connection: sqlite3.Connection,
    manifest: Manifest,
    way: WayIn,
    tell: Callable[[int, int], None],
) -> None:
    """The copy against what was recorded of the running box, and against its own header."""
    if backup_content.version(connection) != manifest.schema:
        raise ContentDiffers
    if backup_content.describe(connection, tell) != manifest.tables:
        raise ContentDiffers
    inside, _ = backup_keys.read(connection)
    if (inside.salt, inside.cost, inside.slot, inside.keyring) != (
        way.salt, way.cost, way.slot, way.keyring
    ):  # fmt: skip
        raise ContentDiffers


def _check_keys(manifest: Manifest, way: WayIn, keyring: Keyring) -> None:
    """Whether the master password would lead on from the header to the practice's keys.

    Not so for a backup from before somebody left: it has an older vault key, which nobody has now.
    """
    if manifest.generation == keyring.current.number and not backup_keys.is_ours(way, keyring):
        raise ForeignBackup


def _telling(tell: Tell, part: int, parts: int = 3) -> Callable[[int, int], None]:
    """Progress within one of the parts of a check."""

    def say(done: int, total: int) -> None:
        tell(Progress(Step.CHECK, part * total + done, parts * max(1, total)))

    return say
