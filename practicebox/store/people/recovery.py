"""The way back with the master password, for whoever lost password, workstation or both.

It opens the vault key without a user and without a device. Then one transaction draws a new device
key D, so that no old device opens anything, and seals the vault key anew for everybody. The vault
key stays, so the master password stays, and no record is encrypted again. Knows no HTTP.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace

from practicebox.store.audit import audit
from practicebox.store.audit import guard as audit_guard
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import NoSuchUser, SealBroken
from practicebox.store.people import access, devices, program_rows, rotation, sessions, staff
from practicebox.store.people.endings import Ending
from practicebox.store.records import Device, Founded
from practicebox.store.sql.database import empty_log
from practicebox.store.sql.transactions import transaction
from practicebox.store.vault import slots
from practicebox.store.vault.aead import KEY_BYTES
from practicebox.store.vault.kdf import SALT_BYTES, Cost
from practicebox.store.vault.keyring import Keyring, MasterWrap, open_keyring


@dataclass(frozen=True)
class _Renewal:
    """All that is ready before the transaction begins."""

    vault_key: bytes = field(repr=False)
    password_key: bytes = field(repr=False)
    salt: bytes
    cost: Cost
    master: MasterWrap
    device: Device
    device_secret: bytes = field(repr=False)


@dataclass(frozen=True)
class _Renewed:
    """What the transaction has done."""

    user_id: str
    ended: list[str]  # ids of sessions and programs


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
    master = slots.master_wrap(master_key)
    renewal = _Renewal(vault_key, password_key, salt, cost, master, device, secret)
    user_tag = staff.user_tag(box.key, user_short_name)
    was_locked = not box.vault.is_unlocked
    renewed = await _commit(box, user_tag, renewal)
    if was_locked:
        await audit_guard.opened(box, box.vault.keyring())
    box.endings.tell(renewed.ended, Ending.RECOVERED)
    return Founded(secret, renewed.user_id)


async def _commit(box: Box, user_tag: bytes, renewal: _Renewal) -> _Renewed:
    moment = box.now()

    def run(connection: sqlite3.Connection) -> _Renewed:
        with transaction(connection, moment):
            renewed = _renew(connection, box, user_tag, renewal)
        safe = access.find_safe(connection)
        box.vault.unlock(renewal.vault_key, safe.keyring, safe.public_key)  # the old D is void
        empty_log(connection)
        return renewed

    return await box.database.run(run)


def _renew(
    connection: sqlite3.Connection, box: Box, user_tag: bytes, renewal: _Renewal
) -> _Renewed:
    user_id = _find(connection, user_tag)
    ended = [*sessions.end_where(connection, "1"), *program_rows.revoke_all(connection)]
    devices.revoke_all(connection)
    old = _open_safe(connection, renewal.vault_key)
    keyring = replace(old, device_key=box.random(KEY_BYTES), master=renewal.master)
    rotation.hand_round(connection, box, old, keyring)
    user_key = slots.new_user_key(user_id, renewal.password_key, box.random)
    staff.replace_key(
        connection, keyring, user_id, user_key, renewal.salt, renewal.cost, box.random
    )
    devices.add_device(
        connection, keyring, box.key, renewal.device, renewal.device_secret, box.random
    )
    back = By(user_id, renewal.device.id).did(Action.ACCESS_RECOVERED, user_id)
    audit.note(connection, keyring, box.random, renewal.device.created, back)
    return _Renewed(user_id, ended)


def _find(connection: sqlite3.Connection, user_tag: bytes) -> str:
    row = connection.execute("SELECT id FROM users WHERE tag = ?", (user_tag,)).fetchone()
    if row is None:
        raise NoSuchUser
    return str(row[0])


def _open_safe(connection: sqlite3.Connection, vault_key: bytes) -> Keyring:
    """Read within the transaction, so that of two resets at once the later one builds on the
    earlier; raise `SealBroken` as unlocking would, but before anything is written."""
    safe = access.find_safe(connection)
    opened = open_keyring(vault_key, safe.keyring)
    if opened.current.public_key != safe.public_key:
        raise SealBroken
    return opened
