"""The library that stands between a process and its disk (`disk.c`): built, driven, and its log.

A process that was started with the library preloaded drives it by `Disk`; `read_log` understands
what it has noted.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "disk.c"
FLAGS = ("-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-O1")
_HEAD = struct.Struct("<cHQI")  # operation, length of the path, offset, size


class NoCompiler(Exception):
    """There is no C compiler to build the library with."""


def build(folder: Path) -> Path:
    """The library, built in `folder`; raise `NoCompiler`."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompiler
    library = folder / "disk.so"
    subprocess.run([compiler, *FLAGS, "-o", library, SOURCE, "-ldl"], check=True)
    return library


def preloaded(library: Path) -> dict[str, str]:
    """The environment of a process with the library."""
    return dict(os.environ, LD_PRELOAD=str(library))


@cache
def _library() -> ctypes.CDLL:
    found = ctypes.CDLL(None)
    found.disk_changes.restype = ctypes.c_long
    found.disk_kill_at.argtypes = [ctypes.c_long]
    found.disk_watch.argtypes = [ctypes.c_char_p, ctypes.c_int]
    found.disk_say.argtypes = [ctypes.c_char_p]
    return found


@dataclass(frozen=True)
class Disk:
    """The library in this process."""

    def watch(self, folder: Path, log: int = -1) -> None:
        """Count changes in `folder` from now on, and note them in the file `log`."""
        _library().disk_watch(os.fsencode(folder), log)

    def kill_at(self, number: int) -> None:
        """End this process just before its `number`-th change."""
        _library().disk_kill_at(number)

    def changes(self) -> int:
        """How many changes there were."""
        return int(_library().disk_changes())

    def say(self, text: str) -> None:
        """Note that somebody outside was told `text`."""
        _library().disk_say(text.encode())


@dataclass(frozen=True)
class Change:
    """One record of the log."""

    operation: str  # W write, T truncate, S sync, C create, M rename, U unlink, D mkdir, A said
    path: str  # relative to the folder, empty for the folder itself
    at: int  # offset of W, new size of T
    data: bytes  # of W; the new path of M; the text of A


def read_log(log: bytes, folder: Path) -> Iterator[Change]:
    """All changes of a log, in their order."""
    position = 0
    while position < len(log):
        operation, length, at, size = _HEAD.unpack_from(log, position)
        position += _HEAD.size
        path = log[position : position + length].decode()
        position += length
        data = log[position : position + size]
        position += size
        if operation == b"M":
            data = os.fsencode(_relative(os.fsdecode(data), folder))
        yield Change(operation.decode(), _relative(path, folder), at, data)


def _relative(path: str, folder: Path) -> str:
    return path.removeprefix(str(folder)).lstrip("/")
