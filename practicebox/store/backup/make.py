"""Making one backup: a consistent copy of the running database, sealed into one file.

Works while the vault is locked, and beside a running box: it reads with a connection of its own,
in one read transaction. Everything here blocks; the running box calls it in a thread. Leaves
nothing behind but the finished file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from practicebox.store.backup import content as backup_content
from practicebox.store.backup import format as backup_format
from practicebox.store.backup import keys as backup_keys
from practicebox.store.backup.conditions import BackupBusy
from practicebox.store.backup.content import BESIDE, FileEntry, Manifest
from practicebox.store.backup.format import CHUNK, Header
from practicebox.store.backup.target import (
    Target,
    check_space,
    give_to,
    named_failures,
    owner_of,
)
from practicebox.store.sql import database
from practicebox.store.vault import boxkey

TEMPORARY = "backup.tmp"  # in the data folder: the copy is as confidential as the database
LOCK = "backup.lock"
PAGES = 512  # copied at a time; the lock of Python is free meanwhile


class Step(StrEnum):
    """What is being done."""

    COPY = "copy"  # the database, to a copy beside it
    SEAL = "seal"  # the copy, into the folder for backups
    OPEN = "open"  # a backup, to a copy beside the database
    CHECK = "check"  # that copy


@dataclass(frozen=True)
class Progress:
    """How far a step has come."""

    step: Step
    done: int
    total: int  # of the same unit; at least 1


Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class Made:
    """A backup that lies in the folder."""

    name: str
    made: datetime
    size: int  # bytes
    digest: str  # SHA-256 of the file, hex
    generation: int
    file_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Snapshot:
    """The state of one moment, copied."""

    way: backup_keys.WayIn
    public_key: bytes
    manifest: Manifest  # of the database alone


def make(
    data: Path, target: Target, now: datetime, random: Callable[[int], bytes], tell: Tell
) -> Made:
    """Make one backup; raise `NotFounded`, `TargetFailed` or `sqlite3.DatabaseError`.

    The target is prepared. What `tell` raises stops it.
    """
    with temporary(data) as folder:
        copy = folder / database.NAME
        snapshot = _take_snapshot(data / database.NAME, copy, tell)
        small = [(boxkey.NAME, (data / boxkey.NAME).read_bytes()), *_beside(data)]
        entries = [FileEntry(n, len(c), hashlib.sha256(c).hexdigest()) for n, c in small]
        entries.append(_entry_of(copy))
        manifest = replace(snapshot.manifest, files=tuple(entries))
        way, key = backup_keys.with_new_key(snapshot.way, snapshot.public_key, now, random)
        front = manifest.encode()
        size = len(front) + sum(entry.size for entry in entries)
        header = Header(now.replace(microsecond=0), size, way)
        raw = backup_format.write_header(header)
        target.check_space(len(raw) + header.sealed_size)
        name = target.name(now, random)
        with target.writing(name, owner_of(data)) as file:
            file.write(raw)
            stream = backup_format.SealingStream(file, key, raw)
            stream.write(front)
            for _, content in small:
                stream.write(content)
            for done, piece in _pieces(copy):
                stream.write(piece)
                tell(Progress(Step.SEAL, done, max(1, entries[-1].size)))
            stream.close()
            digest = digest_of(file)
        return Made(name, header.made, len(raw) + header.sealed_size, digest,
                    manifest.generation, key)  # fmt: skip


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """One backup or proof at a time, also of two processes; raise `BackupBusy`."""
    handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        give_to(handle, owner_of(data))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupBusy from None
        yield
    finally:
        os.close(handle)


@contextmanager
def temporary(data: Path) -> Iterator[Path]:
    """A place for a copy, below the data folder; what a power cut left there goes first."""
    folder = data / TEMPORARY
    with named_failures():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of a whole file, hex."""
    file.flush()
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(16 * CHUNK):
        found.update(piece)
    return found.hexdigest()


def _take_snapshot(source: Path, copy: Path, tell: Tell) -> Snapshot:
    """Copy the database, and describe the original in the same read transaction."""
    address = f"{source.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        way, public_key = backup_keys.read(connection)
        (generation,) = connection.execute("SELECT generation FROM practice").fetchone()
        with named_failures():
            check_space(copy.parent, _size(connection))
        tables = backup_content.describe(connection)
        manifest = Manifest(generation, backup_content.version(connection), (), tables)
        _copy(connection, copy, tell)
        connection.execute("ROLLBACK")
    return Snapshot(way, public_key, manifest)


def _copy(connection: sqlite3.Connection, copy: Path, tell: Tell) -> None:
    def progress(_status: int, remaining: int, total: int) -> None:
        tell(Progress(Step.COPY, total - remaining, max(1, total)))

    with closing(sqlite3.connect(copy, isolation_level=None)) as into:
        into.execute("PRAGMA synchronous = OFF")  # it lives for a moment only
        connection.backup(into, pages=PAGES, progress=progress)
        into.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def _size(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)


def _beside(data: Path) -> list[tuple[str, bytes]]:
    """The authority of the box and its certificate; none where certificates come from elsewhere."""
    found = []
    for path in sorted((data / BESIDE).glob("*.pem")):
        content = path.read_bytes()
        if len(content) <= backup_content.LARGEST_BESIDE:
            found.append((f"{BESIDE}/{path.name}", content))
    return found


def _entry_of(copy: Path) -> FileEntry:
    with copy.open("rb") as file:
        return FileEntry(database.NAME, copy.stat().st_size, digest_of(file))


def _pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    done = 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            done += len(piece)
            yield done, piece
