"""The ways to the key of a backup.

    file key (fresh) <-- SealedBox for the practice's public key; no open vault is needed to seal
    master password --Argon2id--> slot --> vault key --> keyring --> private key --> file key

So a backup is opened by the unlocked vault, or on an empty box by the master password alone, with
slot and keyring as they travel in the header. An unlocked box tries the private key of each
generation. Pure but for the one query that reads the way from the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from practicebox.store.backup.conditions import BackupAltered, ForeignBackup
from practicebox.store.conditions import SealBroken
from practicebox.store.people import access
from practicebox.store.times import to_text
from practicebox.store.vault import slots
from practicebox.store.vault.aead import KEY_BYTES, associated
from practicebox.store.vault.kdf import Cost, stretch
from practicebox.store.vault.keyring import (
    Keyring,
    open_keyring,
    open_submission,
    seal_submission,
)

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class WayIn:
    """What stands between the master password and the key of one backup."""

    salt: bytes
    cost: Cost
    slot: bytes = field(repr=False)
    keyring: bytes = field(repr=False)
    sealed_key: bytes = field(default=b"", repr=False)

    def as_fields(self) -> dict[str, object]:
        """As the header keeps it."""
        return {
            "salt": self.salt.hex(),
            "operations": self.cost.operations,
            "memory": self.cost.memory,
            "slot": self.slot.hex(),
            "keyring": self.keyring.hex(),
            "key": self.sealed_key.hex(),
        }

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> WayIn:
        """What `as_fields` wrote; raise `ValueError`, `KeyError` or `TypeError`."""
        cost = Cost(int(fields["operations"]), int(fields["memory"]))
        salt, slot, keyring, key = (
            bytes.fromhex(fields[name]) for name in ("salt", "slot", "keyring", "key")
        )
        return cls(salt, cost, slot, keyring, key)


def read(connection: sqlite3.Connection) -> tuple[WayIn, bytes]:
    """The way as the database has it now, and the public key; raise `NotFounded`."""
    salt, cost, slot = access.find_master_slot(connection)
    safe = access.find_safe(connection)
    return WayIn(salt, cost, slot, safe.keyring), safe.public_key


def with_new_key(
    way: WayIn, public_key: bytes, made: datetime, random: Random
) -> tuple[WayIn, bytes]:
    """A fresh file key, and the way to it; no key of the vault is needed."""
    key = random(KEY_BYTES)
    return replace(way, sealed_key=seal_submission(public_key, _place(made), key)), key


def open_by_vault(way: WayIn, made: datetime, keyring: Keyring) -> bytes:
    """The file key; raise `ForeignBackup` where it was sealed for another practice."""
    for generation in reversed(keyring.generations):
        try:
            return _checked(open_submission(generation, _place(made), way.sealed_key))
        except SealBroken:
            continue
    raise ForeignBackup


def open_by_master(way: WayIn, made: datetime, master_password: str) -> tuple[bytes, Keyring]:
    """The file key and the keyring; 0.5 s of Argon2id. Raise `WrongMasterPassword`.

    `BackupAltered` where the password is right and the rest of the header is not.
    """
    try:
        master_key = stretch(master_password, way.salt, way.cost)
    except SealBroken:
        raise BackupAltered from None
    vault_key = slots.open_master(master_key, way.slot)
    try:
        keyring = open_keyring(vault_key, way.keyring)
        return open_by_vault(way, made, keyring), keyring
    except (SealBroken, ForeignBackup):
        raise BackupAltered from None


def is_ours(way: WayIn, keyring: Keyring) -> bool:
    """Whether the master password leads on from here to these keys.

    After somebody has left, a new vault key seals the keyring; older ways can't be followed then.
    """
    try:
        return open_keyring(keyring.vault_key, way.keyring) == keyring
    except SealBroken:
        return False


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise SealBroken
    return key


def _place(made: datetime) -> bytes:
    return associated("backup", to_text(made))
