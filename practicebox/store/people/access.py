"""Getting in: login, the master password, a new password. Argon2id between two short hops.

An unknown organisation or user costs the same as a wrong password: the same queries, one run of
Argon2id, one seal that doesn't open.
"""

from __future__ import annotations

import hmac
import sqlite3
from dataclasses import dataclass

from practicebox.practice.names import short_key
from practicebox.store.audit import audit
from practicebox.store.audit import guard as audit_guard
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import (
    DeviceLocked,
    DeviceNotApproved,
    NoSession,
    NoSuchUser,
    NotFounded,
    WrongCredentials,
    WrongDevice,
    WrongPassword,
)
from practicebox.store.people import devices, sessions, staff
from practicebox.store.people.records_sessions import Session
from practicebox.store.vault import slots
from practicebox.store.vault.aead import KEY_BYTES, OVERHEAD, VERSION
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.kdf import SALT_BYTES, Cost
from practicebox.store.vault.keyring import Keyring
from practicebox.store.vault.slots import UserKey


@dataclass(frozen=True)
class Account:
    """What a password is tried against."""

    user_id: str
    salt: bytes
    cost: Cost
    key: UserKey


@dataclass(frozen=True)
class Safe:
    """The sealed keyring, and what the database calls the practice's public key."""

    keyring: bytes
    public_key: bytes


async def login(
    box: Box, organisation: str, user: str, password: str, device_secret: bytes | None
) -> Session:
    """Unlock the vault and begin a session; raise `WrongCredentials` or `DeviceNotApproved`."""
    found = await box.database.run(
        lambda connection: _find_account(connection, box.key, organisation, user)
    )
    tried = found or decoy(box.costs.user)
    password_key = await box.argon.stretch(password, tried.salt, tried.cost)
    try:
        private_key = slots.open_user_key(tried.user_id, tried.key, password_key)
    except WrongPassword:
        await note_failure(box, tried.user_id, device_secret)
        raise WrongCredentials from None
    try:
        device_id, keyring = await unlock(box, tried.user_id, private_key, device_secret)
    except DeviceNotApproved as condition:
        condition.user_id = tried.user_id
        await note_failure(box, tried.user_id, device_secret, "device")
        raise
    return await sessions.start(box, keyring, tried.user_id, device_id)


async def uncover(box: Box, token: str, password: str, device_secret: bytes | None) -> None:
    """Unlock the screen of a session, and the vault if it was locked meanwhile.

    Raise `WrongPassword`, `NoSession` or `DeviceNotApproved`.
    """
    bearer = await sessions.bearer(box, token)
    found = await box.database.run(lambda connection: account(connection, "id", bearer.user_id))
    if found is None:
        raise NoSession
    password_key = await box.argon.stretch(password, found.salt, found.cost)
    try:
        private_key = slots.open_user_key(found.user_id, found.key, password_key)
    except WrongPassword:
        await note_failure(box, found.user_id, device_secret)
        raise
    device_id, _ = await unlock(box, found.user_id, private_key, device_secret)
    if device_id != bearer.device_id:
        raise DeviceNotApproved
    await sessions.cover(box, (bearer.session_id,), covered=False)


async def unlock(
    box: Box, user_id: str, private_key: bytes, device_secret: bytes | None
) -> tuple[str, Keyring]:
    """Open the vault with both halves; the device's id and the keys. Raise `DeviceNotApproved`.

    Slots and safe are read, and the vault opened, in one visit to the database thread: keys that
    were changed a moment ago can't be replaced by their predecessors.
    """
    secret = device_secret or bytes(KEY_BYTES)  # no device has this one: D opens for nobody

    def run(connection: sqlite3.Connection) -> tuple[str, Keyring]:
        device_id, vault_key = _open_slots(connection, box.key, user_id, private_key, secret)
        safe = find_safe(connection)
        return device_id, box.vault.unlock(vault_key, safe.keyring, safe.public_key)

    was_locked = not box.vault.is_unlocked
    device_id, keyring = await box.database.run(run)
    if was_locked:
        await audit_guard.opened(box, keyring)
    return device_id, keyring


async def recover(box: Box, master_password: str) -> None:
    """Unlock the vault without a device; raise `WrongMasterPassword` or `NotFounded`."""
    salt, cost, slot = await box.database.run(find_master_slot)
    master_key = await box.argon.stretch(master_password, salt, cost)
    vault_key = slots.open_master(master_key, slot)
    safe = await box.database.run(find_safe)
    await audit_guard.opened(box, box.vault.unlock(vault_key, safe.keyring, safe.public_key))


async def change_password(box: Box, user_id: str, old: str, new: str) -> None:
    """Seal the user's private key anew, nothing else; raise `WrongPassword` or `NoSuchUser`."""
    found = await box.database.run(lambda connection: account(connection, "id", user_id))
    if found is None:
        raise NoSuchUser
    old_key = await box.argon.stretch(old, found.salt, found.cost)
    private_key = slots.open_user_key(user_id, found.key, old_key)
    salt, cost = box.random(SALT_BYTES), box.costs.user
    new_key = await box.argon.stretch(new, salt, cost)
    sealed = slots.seal_user_key(user_id, private_key, new_key, box.random).sealed

    def write(connection: sqlite3.Connection) -> bool:
        changed = connection.execute(
            "UPDATE users SET salt = ?, operations = ?, memory = ?, private_key = ?"
            " WHERE id = ? AND salt = ?",
            (salt, cost.operations, cost.memory, sealed, user_id, found.salt),
        )
        if changed.rowcount != 1:
            return False
        audit_waiting.record(connection, box, moment, By(user_id).did(Action.PASSWORD_CHANGED))
        return True

    moment = box.now()
    if not await box.database.transaction(write, erases=True):  # the old password opens the old
        raise WrongPassword  # changed by somebody else in the meantime


async def note_failure(
    box: Box, user_id: str, device_secret: bytes | None, detail: str = ""
) -> None:
    """Note an attempt: at whose account, and at which workstation if it is one of ours. For an
    unknown account as much as for a known one, so that both take as long."""
    tag = devices.device_tag(box.key, device_secret or bytes(KEY_BYTES))

    def write(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT id FROM devices WHERE tag = ?", (tag,)).fetchone()
        by = By(audit.NOBODY, row[0] if row else "")
        failed = by.did(Action.LOGIN_FAILED, user_id, detail)
        audit_waiting.record(connection, box, moment, failed)

    moment = box.now()
    await box.database.transaction(write, erases=not box.vault.is_unlocked)


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


def account(connection: sqlite3.Connection, column: str, value: str | bytes) -> Account | None:
    """The user whose `column` ("id" or "tag") has this value; somebody departed has no key."""
    row = connection.execute(
        "SELECT id, salt, operations, memory, public_key, private_key FROM users"
        f" WHERE {column} = ?",
        (value,),
    ).fetchone()
    if row is None:
        return None
    user_id, salt, operations, memory, public_key, private_key = row
    return Account(user_id, salt, Cost(operations, memory), UserKey(public_key, private_key))


def decoy(cost: Cost) -> Account:
    """An account whose seal opens for no password."""
    sealed = VERSION + bytes(OVERHEAD + KEY_BYTES - len(VERSION))
    return Account("", bytes(SALT_BYTES), cost, UserKey(bytes(KEY_BYTES), sealed))


def _open_slots(
    connection: sqlite3.Connection, key: BoxKey, user_id: str, private_key: bytes, secret: bytes
) -> tuple[str, bytes]:
    """The device's id and the vault key; raise `DeviceNotApproved` or `DeviceLocked`."""
    found = connection.execute(
        "SELECT id, slot, since FROM devices"
        " LEFT JOIN device_locks ON device_locks.device = devices.id WHERE tag = ?",
        (devices.device_tag(key, secret),),
    ).fetchone()
    device_id, device_slot, locked_since = found or ("", None, None)
    if locked_since:
        raise DeviceLocked
    if device_slot is None:
        raise DeviceNotApproved
    (slot,) = connection.execute("SELECT slot FROM users WHERE id = ?", (user_id,)).fetchone()
    try:
        device_key = slots.open_device(device_id, secret, device_slot)
        return device_id, slots.open_grant(user_id, private_key, device_key, slot)
    except WrongDevice:
        raise DeviceNotApproved from None


def _find_account(
    connection: sqlite3.Connection, key: BoxKey, organisation: str, user: str
) -> Account | None:
    row = connection.execute("SELECT short_name FROM practice").fetchone()
    expected = short_key(row[0] if row else "").encode()
    given = short_key(organisation).encode("utf-8", "surrogatepass")
    found = account(connection, "tag", staff.user_tag(key, user))
    return found if hmac.compare_digest(expected, given) else None
