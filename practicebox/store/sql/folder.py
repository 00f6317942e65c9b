"""The data folder: its lock, its box.key and where the database lies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from practicebox.store.conditions import BoxKeyMissing, FolderInUse, FolderNotUsable
from practicebox.store.sql import database
from practicebox.store.vault import boxkey
from practicebox.store.vault.boxkey import BoxKey


@dataclass(frozen=True)
class Folder:
    """The folder while this process has it."""

    path: Path
    handle: int

    @property
    def database(self) -> Path:
        """Where the database lies."""
        return self.path / database.NAME

    def box_key(self, random: Callable[[int], bytes]) -> BoxKey:
        """The key of the box, made at the very first start, before the database.

        Raise `BoxKeyMissing`, `BoxKeyExposed` or `BoxKeyDamaged`.
        """
        path = self.path / boxkey.NAME
        try:
            return boxkey.load(path)
        except FileNotFoundError:
            if self.database.exists():  # a new key would find none of its tags
                raise BoxKeyMissing(f"{path} is missing; put it back from a backup.") from None
            return boxkey.create(path, random)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self.handle)


def take(path: Path) -> Folder:
    """Take the folder for this process alone; raise `FolderNotUsable` or `FolderInUse`.

    Two processes on one database would show each other stale lists. The lock ends with the process.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise FolderNotUsable(
            f"The data folder {path} can't be used ({error.strerror}); make it and let this user"
            " write to it."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise FolderInUse(f"PracticeBox runs already with the data folder {path}.") from None
    return Folder(path, handle)


def not_usable(path: Path, error: OSError) -> FolderNotUsable:
    """What is wrong with a folder that can't be written to, and what to do."""
    return FolderNotUsable(
        f"The data folder {path} can't be written to ({error.strerror}); give it to this user."
    )
