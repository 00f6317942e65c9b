"""The folder for backups: a stick, a share or a folder of the box; and which backups stay in it.

Knows what an operating system says of a folder that is missing, full or read-only, and turns it
into a `TargetFailed`. Several boxes may share a folder: each touches only files that carry its own
tag in their names.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from practicebox.store.backup.conditions import (
    TargetBroken,
    TargetFailed,
    TargetForbidden,
    TargetFull,
    TargetMissing,
    TargetReadOnly,
)
from practicebox.store.vault.boxkey import BoxKey, sync_folder

DAYS, WEEKS = 14, 4  # the newest backup of each stays (FEATURES N10)
LONGEST = timedelta(days=35)  # until then a backup may hold what has been deleted since
RESERVE = 16 * 1024 * 1024  # bytes that stay free on any disk
TAG_BYTES = 4  # of the box in a file's name; chance alone has to keep boxes apart
SUFFIX = ".backup"
PART = ".part"  # a file that is being written; nobody takes it for a backup
_NAME = re.compile(r"practicebox-([0-9a-f]{8})-(\d{8}-\d{6})-[0-9a-f]{4}\.backup")

_CONDITIONS: dict[int, type[TargetFailed]] = {
    errno.ENOENT: TargetMissing,
    errno.ENOTDIR: TargetMissing,
    errno.ENODEV: TargetMissing,
    errno.ENXIO: TargetMissing,
    errno.ENOTCONN: TargetMissing,
    errno.ESTALE: TargetMissing,
    errno.EHOSTDOWN: TargetMissing,
    errno.EHOSTUNREACH: TargetMissing,
    errno.ETIMEDOUT: TargetMissing,
    errno.ENOSPC: TargetFull,
    errno.EDQUOT: TargetFull,
    errno.EFBIG: TargetFull,  # FAT32 ends at 4 GiB
    errno.EROFS: TargetReadOnly,
    errno.EACCES: TargetForbidden,
    errno.EPERM: TargetForbidden,
}


@dataclass(frozen=True)
class Found:
    """One backup of this box in the folder."""

    name: str
    made: datetime  # as its name says
    size: int  # bytes


@dataclass(frozen=True)
class Target:
    """The folder, as one box uses it."""

    path: Path
    tag: str  # of the box, in every name
    is_own: bool  # inside the data folder, so the box makes it itself

    def name(self, made: datetime, random: Callable[[int], bytes]) -> str:
        """A name for a backup that is made now; the time in it is UTC."""
        moment = made.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
        return f"practicebox-{self.tag}-{moment}-{random(2).hex()}{SUFFIX}"

    def backups(self) -> list[Found]:
        """The backups of this box, oldest first; raise a `TargetFailed`."""
        with named_failures():
            entries = [e for e in os.scandir(self.path) if self._is_ours(e.name)]
            found = [Found(e.name, _made(e.name), e.stat().st_size) for e in entries]
        return sorted(found, key=lambda each: (each.made, each.name))

    def prepare(self, data: Path) -> bool:
        """Make sure that the folder is there, and tidy what a power cut left behind.

        Return whether it lies on another disk than the data; raise a `TargetFailed`.
        """
        with named_failures():
            if self.is_own:
                _make(self.path, owner_of(data))
            for entry in os.scandir(self.path):
                if entry.name.endswith(PART) and self._is_ours(entry.name.removesuffix(PART)):
                    os.unlink(entry.path)
            return self.path.stat().st_dev != data.stat().st_dev

    def check_space(self, size: int) -> None:
        """Raise `TargetFull` where `size` bytes don't fit."""
        with named_failures():
            check_space(self.path, size)

    @contextmanager
    def writing(self, name: str, owner: tuple[int, int]) -> Iterator[BinaryIO]:
        """A file that is there under its name when all of it has been written, or not at all.

        `owner` (user, group) gets the file where root writes it for the box.
        """
        draft = self.path / f"{name}{PART}"
        try:
            with named_failures():
                handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                with os.fdopen(handle, "w+b") as file:
                    yield file
                    file.flush()
                    give_to(file.fileno(), owner)
                    os.fsync(file.fileno())
                    # The proof must read what is on the disk, not what is still in memory.
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                os.rename(draft, self.path / name)
                _sync(self.path)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def remove(self, names: Iterable[str]) -> None:
        """Delete backups of this box; raise a `TargetFailed`."""
        with named_failures():
            for name in names:
                assert self._is_ours(name), "only what this box has made"
                (self.path / name).unlink(missing_ok=True)

    def _is_ours(self, name: str) -> bool:
        match = _NAME.fullmatch(name)
        return match is not None and match[1] == self.tag


def make_target(path: Path | None, data: Path, key: BoxKey) -> Target:
    """The folder of the configuration, or `backups/` in the data folder where there is none."""
    tag = key.tag("backup name", b"")[:TAG_BYTES].hex()
    return Target(path or data / "backups", tag, path is None)


def surplus(backups: Iterable[Found], proven: str | None, now: datetime) -> list[Found]:
    """What may go: all but the newest of each of 14 days, and of each of the 4 weeks before this.

    The newest backup, the newest proven one, and whatever claims to be from the future stay.
    """
    ordered = sorted(backups, key=lambda each: (each.made, each.name))
    if not ordered:
        return []
    by_day = {each.made.date(): each for each in ordered}  # the last one of a day wins
    by_week = {_week(each.made): each for each in ordered}
    weeks = {_week(now - timedelta(weeks=back)) for back in range(1, WEEKS + 1)}
    kept = {by_day[day].name for day in sorted(by_day)[-DAYS:] if now.date() - day < LONGEST}
    kept |= {each.name for week, each in by_week.items() if week in weeks}
    kept |= {ordered[-1].name, proven or ""}
    return [each for each in ordered if each.name not in kept and each.made <= now]


def check_space(folder: Path, size: int) -> None:
    """Raise `TargetFull` where `size` bytes don't fit beside the reserve; or `OSError`."""
    disk = os.statvfs(folder)
    if disk.f_blocks and disk.f_bavail * disk.f_frsize < size + RESERVE:  # some shares tell nothing
        raise TargetFull


@contextmanager
def named_failures() -> Iterator[None]:
    """Turn what the operating system says into a `TargetFailed`."""
    try:
        yield
    except OSError as error:
        raise _CONDITIONS.get(error.errno or 0, TargetBroken) from error


def owner_of(folder: Path) -> tuple[int, int]:
    """User and group whom a folder belongs to."""
    status = folder.stat()
    return status.st_uid, status.st_gid


def give_to(handle: int, owner: tuple[int, int]) -> None:
    """Give a file to whom the box runs as, where root has written it for the box."""
    if os.geteuid() == 0 and owner != (0, 0):
        with suppress(OSError):  # FAT and shares have no owners of their own
            os.fchown(handle, *owner)


def _made(name: str) -> datetime:
    match = _NAME.fullmatch(name)
    assert match
    try:
        return datetime.strptime(match[2], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:  # somebody renamed it
        return datetime.min.replace(tzinfo=UTC)


def _week(moment: datetime) -> tuple[int, int]:
    year, week, _ = moment.isocalendar()
    return year, week


def _make(folder: Path, owner: tuple[int, int]) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        give_to(handle, owner)
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems have no such thing
            raise
