"""What a disk may hold after a power cut, from the log of what was written and synced to it.

A model of what POSIX promises, and nothing more: bytes are sure after a sync of their file, names
after a sync of their folder. What isn't sure may be lost, there in part and in any order, or torn
within a write at a border of 512 bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.faults.disk import Change

SECTOR = 512  # bytes that a disk writes whole or not at all
SHARED_MEMORY = "-shm"  # SQLite makes it anew at the first opening after a start

Content = dict[str, bytes]  # of a folder, by relative path; folders themselves are always there


class Fate(StrEnum):
    """What happens to what wasn't synced."""

    LOST = "lost"
    REORDERED = "reordered"
    TORN = "torn"


@dataclass
class File:
    """What is surely on the disk, and what is on its way there."""

    sure: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            _apply(self.sure, change)
        self.pending.clear()

    def after(self, fate: Fate, random: Random) -> bytes:
        """The bytes after a power cut."""
        content = bytearray(self.sure)
        for change in self.pending:
            _survive(content, change, fate, random)
        return bytes(content)


Step = Callable[[dict[str, File]], None]


@dataclass
class Names:
    """The names in the folder: those of now, those that are sure, and how one became the other."""

    now: dict[str, File] = field(default_factory=dict)
    sure: dict[str, File] = field(default_factory=dict)
    pending: list[tuple[str, Step]] = field(default_factory=list)  # with their folder

    def change(self, path: str, step: Step) -> None:
        step(self.now)
        self.pending.append((path.rpartition("/")[0], step))

    def sync(self, folder: str) -> None:
        for parent, step in self.pending:
            if parent == folder:
                step(self.sure)
        self.pending = [each for each in self.pending if each[0] != folder]

    def after(self, fate: Fate, random: Random) -> dict[str, File]:
        """The names after a power cut: file systems keep the order of names."""
        names = dict(self.sure)
        survivors = 0 if fate is Fate.LOST else random.randint(0, len(self.pending))
        for _, step in self.pending[:survivors]:
            step(names)
        return names


class Platter:
    """The disk, fed with one change after the other."""

    def __init__(self) -> None:
        self._names = Names()

    def take(self, change: Change) -> None:
        """Go on by one change of the log."""
        path = change.path
        if path.endswith(SHARED_MEMORY) or change.operation in "AD":
            return
        if change.operation == "S":
            self._names.now[path].sync() if path in self._names.now else self._names.sync(path)
        elif change.operation in "WT":
            self._names.now[path].pending.append(change)
        elif change.operation == "C":
            self._names.change(path, _enter(path, File()))
        elif change.operation == "U":
            self._names.change(path, _remove(path))
        else:
            assert change.operation == "M", change.operation
            self._names.change(path, _move(path, change.data.decode()))

    def after(self, fate: Fate, random: Random) -> Content:
        """What the folder may hold if the power fails now."""
        names = self._names.after(fate, random)
        return {path: file.after(fate, random) for path, file in names.items()}


def _enter(path: str, file: File) -> Step:
    return lambda names: names.__setitem__(path, file)


def _remove(path: str) -> Step:
    def step(names: dict[str, File]) -> None:
        names.pop(path, None)

    return step


def _move(path: str, to: str) -> Step:
    def step(names: dict[str, File]) -> None:
        if path in names:
            names[to] = names.pop(path)

    return step


def _survive(content: bytearray, change: Change, fate: Fate, random: Random) -> None:
    if fate is Fate.REORDERED and random.random() < 0.5:
        _apply(content, change)
    elif fate is Fate.TORN and change.operation == "W":
        for start in range(0, len(change.data), SECTOR):
            if random.random() < 0.5:
                piece = change.data[start : start + SECTOR]
                _apply(content, Change("W", change.path, change.at + start, piece))


def _apply(content: bytearray, change: Change) -> None:
    missing = change.at - len(content)
    if missing > 0:
        content.extend(bytes(missing))  # a hole
    if change.operation == "T":
        del content[change.at :]
    else:
        content[change.at : change.at + len(change.data)] = change.data
