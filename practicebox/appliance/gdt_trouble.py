"""Why the exchange folder can't be used right now. Nothing of it needs a restart."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Trouble(StrEnum):
    """Why a folder can't be used right now; each goes away by itself."""

    GONE = "gone"  # also a share that isn't mounted
    FORBIDDEN = "forbidden"
    FULL = "full"
    READ_ONLY = "read-only"
    FAILED = "failed"
    UNFETCHED = "unfetched"  # all numbers are taken by files that nobody fetches


class FolderTrouble(Exception):
    """The folder can't be used right now."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@contextmanager
def told() -> Iterator[None]:
    """Turn what the file system says into a `FolderTrouble`."""
    try:
        yield
    except OSError as error:
        raise FolderTrouble(trouble_of(error)) from error


def trouble_of(error: OSError) -> Trouble:
    """What an error of the file system means here."""
    return _TROUBLES.get(error.errno or 0, Trouble.FAILED)


_TROUBLES = {
    errno.ENOENT: Trouble.GONE,
    errno.ENOTDIR: Trouble.GONE,
    errno.ESTALE: Trouble.GONE,
    errno.EHOSTDOWN: Trouble.GONE,
    errno.ENOTCONN: Trouble.GONE,
    errno.EACCES: Trouble.FORBIDDEN,
    errno.EPERM: Trouble.FORBIDDEN,
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
}
