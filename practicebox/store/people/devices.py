"""Workstations: their rows, approval, lock and revocation. SQL and blobs; no sessions' tokens.

A device that isn't approved has no slot: neither its secret nor a copy of the disk opens D. What
fills the slot again lies in the device's sealed row, so an unlocked vault can let it back in.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from practicebox.store.conditions import LastDevice, NoSuchDevice
from practicebox.store.records import Device
from practicebox.store.times import from_text, to_text
from practicebox.store.vault import slots
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.keyring import Keyring, open_record, open_subject, seal_record
from practicebox.store.vault.subjects import add_subject

Random = Callable[[int], bytes]

_DEVICES = (
    "SELECT devices.id, state, created, since, devices.generation, sealed, subjects.generation,"
    " wrapped FROM devices JOIN subjects USING (id)"
    " LEFT JOIN device_locks ON device_locks.device = devices.id"
)


def device_tag(key: BoxKey, secret: bytes) -> bytes:
    """How a device is found by its secret."""
    return key.tag("device", secret)


def add_device(
    connection: sqlite3.Connection,
    keyring: Keyring,
    key: BoxKey,
    device: Device,
    secret: bytes,
    random: Random,
) -> None:
    """Write an approved device with its slot."""
    subject = add_subject(connection, keyring, device.id, random)
    wrap = slots.device_wrap(secret)
    blob = json.dumps({"name": device.name, "wrap": wrap.hex()}).encode()
    connection.execute(
        "INSERT INTO devices (id, tag, state, slot, created, generation, sealed)"
        " VALUES (?, ?, 'approved', ?, ?, ?, ?)",
        (
            device.id,
            device_tag(key, secret),
            slots.admit(keyring, device.id, wrap, random),
            to_text(device.created),
            subject.generation,
            seal_record(subject, "devices", device.id, blob, random),
        ),
    )


def devices(connection: sqlite3.Connection, keyring: Keyring) -> list[Device]:
    """All workstations, oldest first."""
    rows = connection.execute(f"{_DEVICES} ORDER BY created, devices.id")
    return [_open(keyring, row)[0] for row in rows]


def lock(connection: sqlite3.Connection, device_id: str, moment: str) -> None:
    """Take the slot away for a while; raise `NoSuchDevice` or `LastDevice`."""
    revoke(connection, device_id)
    connection.execute(
        "INSERT INTO device_locks (device, since) VALUES (?, ?)", (device_id, moment)
    )


def unlock(
    connection: sqlite3.Connection, keyring: Keyring, device_id: str, random: Random
) -> None:
    """Give a locked device its slot back; raise `NoSuchDevice`."""
    row = connection.execute(f"{_DEVICES} WHERE devices.id = ?", (device_id,)).fetchone()
    device, wrap = _open(keyring, row) if row else (None, b"")
    if device is None or device.state != "locked":
        raise NoSuchDevice
    connection.execute("DELETE FROM device_locks WHERE device = ?", (device_id,))
    connection.execute(
        "UPDATE devices SET state = 'approved', slot = ? WHERE id = ?",
        (slots.admit(keyring, device_id, wrap, random), device_id),
    )


def revoke(connection: sqlite3.Connection, device_id: str) -> None:
    """Throw away a device's slot, for good; raise `NoSuchDevice` or `LastDevice`.

    One that is locked only loses the prospect of coming back.
    """
    unlocked = connection.execute("DELETE FROM device_locks WHERE device = ?", (device_id,))
    if unlocked.rowcount == 1:
        return
    approved = {i for (i,) in connection.execute("SELECT id FROM devices WHERE state = 'approved'")}
    if device_id not in approved:
        raise NoSuchDevice
    if approved == {device_id}:
        raise LastDevice
    connection.execute(
        "UPDATE devices SET state = 'revoked', slot = NULL WHERE id = ?", (device_id,)
    )


def revoke_all(connection: sqlite3.Connection) -> None:
    """Throw away the slots of all devices."""
    connection.execute("UPDATE devices SET state = 'revoked', slot = NULL")
    connection.execute("DELETE FROM device_locks")


def admit_anew(connection: sqlite3.Connection, keyring: Keyring, random: Random) -> None:
    """Fill the slots of all approved devices for this keyring, without the devices at hand."""
    for row in connection.execute(_DEVICES).fetchall():
        device, wrap = _open(keyring, row)
        if device.state == "approved":
            slot = slots.admit(keyring, device.id, wrap, random)
            connection.execute("UPDATE devices SET slot = ? WHERE id = ?", (slot, device.id))


def _open(keyring: Keyring, row: tuple[Any, ...]) -> tuple[Device, bytes]:
    """The device, and the key of its slot."""
    device_id, state, created, since, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, device_id, wrapped_in, wrapped)
    content = json.loads(open_record(subject, "devices", device_id, generation, sealed))
    device = Device(device_id, content["name"], "locked" if since else state, from_text(created))
    return device, bytes.fromhex(content["wrap"])
