"""Files for the practice software: whole ones, each under a name that is free.

Blocking; belongs into a thread.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble, told

SHARED = 0o660  # the practice software is another user, of the folder's group
NUMBERS = 999  # of a file name, `.001` to `.999`


def deliver(folder: Path, receiver: str, sender: str, content: bytes) -> str:
    """Put a file into the folder of the practice software, all of it or nothing; its name.

    `.gdt` where that name is free; otherwise the first free number: what hasn't been fetched yet
    stays. Raise `FolderTrouble`.
    """
    with told():
        temporary = folder / f"{sender}{receiver}.{os.urandom(4).hex()}.tmp"
        try:
            with temporary.open("xb") as file:
                with suppress(OSError):  # some shares have no modes
                    os.fchmod(file.fileno(), SHARED)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return _place(temporary, f"{receiver}{sender}")
        finally:
            temporary.unlink(missing_ok=True)


def _place(temporary: Path, stem: str) -> str:
    """Give a file its name, the first one that is free."""
    present = {name.lower() for name in os.listdir(temporary.parent)}
    for ending in ("gdt", *(f"{number:03}" for number in range(1, NUMBERS + 1))):
        name = f"{stem}.{ending}"
        if name.lower() in present:
            continue
        try:
            _rename_to_free(temporary, temporary.with_name(name))
        except FileExistsError:
            continue
        _sync(temporary.parent)
        return name
    raise FolderTrouble(Trouble.UNFETCHED)


def _rename_to_free(source: Path, target: Path) -> None:
    """Rename without writing over anything; raise `FileExistsError`."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # No hard links here (FAT, many shares). Nobody but this box makes files of this name.
        if os.path.lexists(target):
            raise FileExistsError from None
        os.rename(source, target)


def _sync(folder: Path) -> None:
    """Make a new name last. The file has its name already, so nothing may fail from here on."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
