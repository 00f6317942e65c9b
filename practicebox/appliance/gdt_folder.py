"""The folder that box and practice software share: files in, files out, and what can't be read.

Knows names and bytes, not what stands in a file. The folder often is a share of another computer:
it comes and goes, has no inotify and not always hard links. So it is looked at every few seconds,
by blocking functions that belong into a thread.

A file is taken when it has stood still for two looks, or was renamed into place between them. A
name that isn't addressed to the box is somebody else's. Symbolic links are never followed, and no
file is ever written over.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble, told, trouble_of

MOST_BYTES = 64 * 1024  # of a file that is read; a record with long tables has a few KiB
MOST_SHOWN = 100  # of the quarantine, each with its reason
MOST_FILES = 50  # taken at one look; thousands take their turn without stopping anything else
SHARED = 0o2770  # people look at it from their own computers, as the folder's group
QUARANTINE = "Quarantaene"  # the name people see, without an umlaut for old file systems

Mark = tuple[int, int]  # size, time of the last change in ns: a file as it was seen


@dataclass(frozen=True)
class Found:
    """A file that is ready."""

    name: str = field(repr=False)
    mark: Mark
    content: bytes | None = field(repr=False)  # None: too large, or no ordinary file
    trouble: Trouble | None = None  # it could not be opened yet

    @property
    def origin(self) -> bytes:
        """What tells this file from a later one of the same name and content."""
        return f"{self.name}/{self.mark[0]}/{self.mark[1]}".encode()


@dataclass(frozen=True)
class Quarantined:
    """A file that could not be read, and why."""

    name: str = field(repr=False)
    reason: str = field(repr=False)


class Inbox:
    """The folder in which the practice software puts files for the box."""

    def __init__(self, folder: Path, receiver: str, sender: str) -> None:
        self._folder = folder
        # GDT: four letters of who receives, four of who sends; `.gdt`, or a running number.
        name = f"{re.escape(receiver)}{re.escape(sender)}" + r"\.(gdt|[0-9]{3})"
        self._ours = re.compile(name, re.IGNORECASE)
        self._seen: set[tuple[object, Mark]] = set()  # by name, and by inode

    def look(self) -> list[Found]:
        """The files that are ready, by name; raise `FolderTrouble`."""
        with told():
            listed = list(self._files())
            ready = [one[0] for one in listed if not self._seen.isdisjoint(_keys(*one))]
            self._seen = {key for one in listed for key in _keys(*one)}
            wanted = sorted(name for name in ready if self._ours.fullmatch(name))[:MOST_FILES]
            return [found for name in wanted if (found := self._read(name))]

    def remove(self, found: Found) -> None:
        """Delete a file that was taken, unless another has come in its place meanwhile.

        Raise `FolderTrouble`.
        """
        with told():
            try:
                if _mark(self._folder / found.name) == found.mark:
                    (self._folder / found.name).unlink()
            except FileNotFoundError:
                self._exists()

    def put_aside(self, found: Found, reason: str) -> None:
        """Move a file to the quarantine, beside the reason in words; raise `FolderTrouble`."""
        with told():
            if _mark(self._folder / found.name) != found.mark:
                return  # it's being written anew
            aside = self._folder / QUARANTINE
            if not aside.is_dir():
                aside.mkdir()
                with suppress(OSError):  # some shares have no modes
                    aside.chmod(SHARED)
            target = _reserve(aside, found.name)
            note = target.with_name(f"{target.name}.txt")
            try:
                note.write_text(f"{reason}\r\n", "utf-8-sig")  # for the editor of Windows
                os.replace(self._folder / found.name, target)
            except OSError:  # or every look would leave another pair behind
                note.unlink(missing_ok=True)
                target.unlink(missing_ok=True)
                raise

    def quarantined(self) -> list[Quarantined]:
        """What lies in the quarantine, by name; raise `FolderTrouble`."""
        with told():
            aside = self._folder / QUARANTINE
            if not aside.is_dir():
                self._exists()
                return []
            names = sorted(os.listdir(aside))[: 2 * MOST_SHOWN]
        present = set(names)
        return [
            Quarantined(name.encode(errors="replace").decode(), _reason(aside / f"{name}.txt"))
            for name in names
            if not (name.endswith(".txt") and name.removesuffix(".txt") in present)
        ]

    def _exists(self) -> None:
        os.stat(self._folder)

    def _files(self) -> Iterator[tuple[str, int, Mark]]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    about = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if not stat.S_ISDIR(about.st_mode):
                    yield entry.name, about.st_ino, (about.st_size, about.st_mtime_ns)

    def _read(self, name: str) -> Found | None:
        """A file as it is now; None where it has gone."""
        path = self._folder / name
        try:
            mark, is_plain = _mark(path), stat.S_ISREG(path.lstat().st_mode)
        except FileNotFoundError:
            return None
        if not is_plain or mark[0] > MOST_BYTES:
            return Found(name, mark, None)
        try:
            # Between the look and the opening it may have become a link, or a pipe nobody fills.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:  # of this file alone; others wait behind it
            return Found(name, mark, None, trouble_of(error))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return Found(name, mark, None)
            content = file.read(MOST_BYTES + 1)
            is_same = (os.fstat(handle).st_size, os.fstat(handle).st_mtime_ns) == mark
        return Found(name, mark, content) if is_same and len(content) == mark[0] else None


def _reserve(folder: Path, name: str) -> Path:
    """An empty file of that name, or with a number behind it, to move something onto."""
    for number in range(1, 100_000):
        target = folder / (name if number == 1 else f"{name}.{number}")
        try:
            target.touch(exist_ok=False)
        except FileExistsError:
            continue
        return target
    raise FolderTrouble(Trouble.FULL)


def _reason(path: Path) -> str:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(2000).decode("utf-8-sig", "replace").strip()
    except OSError:
        return ""


def _keys(name: str, inode: int, mark: Mark) -> tuple[tuple[object, Mark], ...]:
    """As what a file is known at the next look; shares change inodes, renaming the name."""
    return (name, mark), (inode, mark)


def _mark(path: Path) -> Mark:
    about = path.lstat()
    return about.st_size, about.st_mtime_ns
