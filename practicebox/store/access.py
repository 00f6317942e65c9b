"""Getting in: login, the master password, a new password. Argon2id between two short hops.

An unknown organisation or user costs the same as a wrong password: the same queries, one run of
Argon2id, one seal that doesn't open.
"""

from __future__ import annotations

import hmac
import sqlite3
from dataclasses import dataclass

from practicebox.practice.names import short_key
from practicebox.store import sessions, slots, staff
from practicebox.store.aead import KEY_BYTES, OVERHEAD, VERSION
from practicebox.store.box import Box
from practicebox.store.boxkey import BoxKey
from practicebox.store.conditions import (
    DeviceNotApproved,
    NoSuchUser,
    NotFounded,
    WrongCredentials,
    WrongDevice,
    WrongPassword,
)
from practicebox.store.kdf import SALT_BYTES, Cost
from practicebox.store.records import Session
from practicebox.store.slots import UserKey


@dataclass(frozen=True)
class _Account:
    """What a password is tried against."""

    user_id: str
    salt: bytes
    cost: Cost
    key: UserKey
    slot: bytes


@dataclass(frozen=True)
class Safe:
    """The sealed keyring, and what the database calls the practice's public key."""

    keyring: bytes
    public_key: bytes


async def login(
    box: Box, organisation: str, user: str, password: str, device_secret: bytes | None
) -> Session:
    """Unlock the vault and begin a session; raise `WrongCredentials` or `DeviceNotApproved`."""
    secret = device_secret or bytes(KEY_BYTES)  # no device has this one: D opens for nobody
    account = await box.database.run(
        lambda connection: _find_account(connection, box.key, organisation, user)
    )
    tried = account or _decoy(box.costs.user)
    password_key = await box.argon.stretch(password, tried.salt, tried.cost)
    try:
        private_key = slots.open_user_key(tried.user_id, tried.key, password_key)
    except WrongPassword:
        raise WrongCredentials from None
    device_id, vault_key = await _open_slots(box, tried, private_key, secret)
    safe = await box.database.run(find_safe)
    keyring = box.vault.unlock(vault_key, safe.keyring, safe.public_key)
    return await sessions.start(box, keyring, tried.user_id, device_id)


async def recover(box: Box, master_password: str) -> None:
    """Unlock the vault without a device; raise `WrongMasterPassword` or `NotFounded`."""
    salt, cost, slot = await box.database.run(find_master_slot)
    master_key = await box.argon.stretch(master_password, salt, cost)
    vault_key = slots.open_master(master_key, slot)
    safe = await box.database.run(find_safe)
    box.vault.unlock(vault_key, safe.keyring, safe.public_key)


async def change_password(box: Box, user_id: str, old: str, new: str) -> None:
    """Seal the user's private key anew, nothing else; raise `WrongPassword` or `NoSuchUser`."""
    account = await box.database.run(lambda connection: _account(connection, "id", user_id))
    if account is None:
        raise NoSuchUser
    old_key = await box.argon.stretch(old, account.salt, account.cost)
    private_key = slots.open_user_key(user_id, account.key, old_key)
    salt, cost = box.random(SALT_BYTES), box.costs.user
    new_key = await box.argon.stretch(new, salt, cost)
    sealed = slots.seal_user_key(user_id, private_key, new_key, box.random).sealed

    def write(connection: sqlite3.Connection) -> bool:
        changed = connection.execute(
            "UPDATE users SET salt = ?, operations = ?, memory = ?, private_key = ?"
            " WHERE id = ? AND salt = ?",
            (salt, cost.operations, cost.memory, sealed, user_id, account.salt),
        )
        return changed.rowcount == 1

    if not await box.database.transaction(write):
        raise WrongPassword  # changed by somebody else in the meantime


def find_safe(connection: sqlite3.Connection) -> Safe:
    """The safe of the practice, which exists."""
    return Safe(*connection.execute("SELECT keyring, public_key FROM practice").fetchone())


def find_master_slot(connection: sqlite3.Connection) -> tuple[bytes, Cost, bytes]:
    """Salt, cost and slot of the master password; raise `NotFounded`."""
    row = connection.execute("SELECT salt, operations, memory, slot FROM master_slot").fetchone()
    if row is None:
        raise NotFounded
    salt, operations, memory, slot = row
    return salt, Cost(operations, memory), slot


async def _open_slots(
    box: Box, account: _Account, private_key: bytes, secret: bytes
) -> tuple[str, bytes]:
    """The device's id and the vault key; raise `DeviceNotApproved`."""
    found = await box.database.run(
        lambda connection: connection.execute(
            "SELECT id, slot FROM devices WHERE tag = ? AND state = 'approved'",
            (staff.device_tag(box.key, secret),),
        ).fetchone()
    )
    if found is None:
        raise DeviceNotApproved
    device_id, slot = found
    try:
        device_key = slots.open_device(device_id, secret, slot)
        vault_key = slots.open_grant(account.user_id, private_key, device_key, account.slot)
    except WrongDevice:
        raise DeviceNotApproved from None
    return device_id, vault_key


def _find_account(
    connection: sqlite3.Connection, key: BoxKey, organisation: str, user: str
) -> _Account | None:
    row = connection.execute("SELECT short_name FROM practice").fetchone()
    expected = short_key(row[0] if row else "").encode()
    given = short_key(organisation).encode("utf-8", "surrogatepass")
    account = _account(connection, "tag", staff.user_tag(key, user))
    return account if hmac.compare_digest(expected, given) else None


def _account(connection: sqlite3.Connection, column: str, value: str | bytes) -> _Account | None:
    row = connection.execute(
        "SELECT id, salt, operations, memory, public_key, private_key, slot FROM users"
        f" WHERE {column} = ?",
        (value,),
    ).fetchone()
    if row is None:
        return None
    user_id, salt, operations, memory, public_key, private_key, slot = row
    key = UserKey(public_key, private_key)
    return _Account(user_id, salt, Cost(operations, memory), key, slot)


def _decoy(cost: Cost) -> _Account:
    """An account whose seal opens for no password."""
    sealed = VERSION + bytes(OVERHEAD + KEY_BYTES - len(VERSION))
    return _Account("", bytes(SALT_BYTES), cost, UserKey(bytes(KEY_BYTES), sealed), b"")
