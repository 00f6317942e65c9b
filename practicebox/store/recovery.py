"""The way back with the master password, for whoever lost password, workstation or both.

It opens the vault key without a user and without a device. Then one transaction draws a new device
key D, so that no old device opens anything, and seals the vault key anew for everybody. The vault
key stays, so the master password stays, and no record is encrypted again. Knows no HTTP.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace

from practicebox.store import access, slots, staff
from practicebox.store.access import Safe
from practicebox.store.aead import KEY_BYTES
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NoSuchUser, SealBroken
from practicebox.store.kdf import SALT_BYTES, Cost
from practicebox.store.keyring import Keyring, open_keyring, seal_keyring
from practicebox.store.records import Device, Founded


@dataclass(frozen=True)
class _Renewal:
    """All that is ready before the transaction begins."""

    vault_key: bytes = field(repr=False)
    password_key: bytes = field(repr=False)
    salt: bytes
    cost: Cost
    device: Device
    device_secret: bytes = field(repr=False)


async def reset_access(
    box: Box, master_password: str, user_short_name: str, new_password: str, device_name: str
) -> Founded:
    """A new password for a user and a new device, the only one that may log in from then on.

    Raise `WrongMasterPassword`, `NoSuchUser` or `NotFounded`. Both passwords are stretched before
    either is judged: whatever is wrong takes the same time. Unlocks the vault, begins no session.
    """
    master_salt, master_cost, master_slot = await box.database.run(access.find_master_slot)
    salt, cost = box.random(SALT_BYTES), box.costs.user
    master_key = await box.argon.stretch(master_password, master_salt, master_cost)
    password_key = await box.argon.stretch(new_password, salt, cost)
    vault_key = slots.open_master(master_key, master_slot)
    device = Device(new_id(box.random), device_name.strip(), "approved", box.now())
    secret = box.random(KEY_BYTES)
    renewal = _Renewal(vault_key, password_key, salt, cost, device, secret)
    user_tag = staff.user_tag(box.key, user_short_name)
    user_id, safe = await box.database.transaction(
        lambda connection: _renew(connection, box, user_tag, renewal), erases=True
    )
    box.vault.unlock(vault_key, safe.keyring, safe.public_key)  # the old D is worth nothing now
    return Founded(secret, user_id)


def _renew(
    connection: sqlite3.Connection, box: Box, user_tag: bytes, renewal: _Renewal
) -> tuple[str, Safe]:
    """The user's id, and the safe as it is from now on."""
    user_id = _find(connection, user_tag)
    keyring, safe = _with_new_device_key(connection, box, renewal.vault_key)
    user_key = slots.new_user_key(user_id, renewal.password_key, box.random)
    staff.replace_key(
        connection, keyring, user_id, user_key, renewal.salt, renewal.cost, box.random
    )
    staff.grant_anew(connection, keyring, box.random)
    staff.revoke_all(connection)
    staff.add_device(
        connection, keyring, box.key, renewal.device, renewal.device_secret, box.random
    )
    return user_id, safe


def _find(connection: sqlite3.Connection, user_tag: bytes) -> str:
    row = connection.execute("SELECT id FROM users WHERE tag = ?", (user_tag,)).fetchone()
    if row is None:
        raise NoSuchUser
    return str(row[0])


def _with_new_device_key(
    connection: sqlite3.Connection, box: Box, vault_key: bytes
) -> tuple[Keyring, Safe]:
    """Read within the transaction, so that of two resets at once the later one builds on the
    earlier."""
    old = access.find_safe(connection)
    opened = open_keyring(vault_key, old.keyring)
    if opened.current.public_key != old.public_key:
        raise SealBroken  # as when unlocking, but before anything is written
    keyring = replace(opened, device_key=box.random(KEY_BYTES))
    safe = Safe(seal_keyring(keyring, box.random), old.public_key)
    connection.execute("UPDATE practice SET keyring = ?", (safe.keyring,))
    return keyring, safe
