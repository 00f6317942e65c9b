"""box.key: 32 bytes of the box itself, for tags of what is looked up while the vault is locked.

A tag (HMAC-SHA256) stands in the database for an access code, a locator, a session or a visit, so
that the database alone neither shows them nor lets anybody try all codes. The key opens no
patient data.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from practicebox.store.conditions import BoxKeyDamaged, BoxKeyExposed
from practicebox.store.vault.aead import associated

NAME = "box.key"
KEY_BYTES = 32
TAG_BYTES = 32
_OTHERS = 0o077  # permission bits of group and world


@dataclass(frozen=True)
class BoxKey:
    """The key in memory."""

    secret: bytes = field(repr=False)

    def tag(self, context: str, value: bytes) -> bytes:
        """The keyed tag of `value`, different for every context."""
        return hmac.digest(self.secret, associated("tag", context, value), "sha256")


def load(path: Path) -> BoxKey:
    """Read the key; raise `BoxKeyExposed`, `BoxKeyDamaged` or `FileNotFoundError`."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(handle).st_mode & _OTHERS:
            raise BoxKeyExposed(f"{path} can be read by others; run: chmod 600 {path}")
        secret = os.read(handle, KEY_BYTES + 1)
    finally:
        os.close(handle)
    if len(secret) != KEY_BYTES:
        raise BoxKeyDamaged(f"{path} is damaged; put it back from a backup.")
    return BoxKey(secret)


def create(path: Path, random: Callable[[int], bytes]) -> BoxKey:
    """Write a new key: on the disk completely, or not at all."""
    key = BoxKey(random(KEY_BYTES))
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # left behind by a power cut
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, key.secret)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.rename(path)
    sync_folder(path.parent)
    return key


def sync_folder(folder: Path) -> None:
    """Make new and renamed files in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
