"""Users and devices: their rows, sealed and opened. SQL and blobs; no passwords, no sessions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from practicebox.practice.names import short_key
from practicebox.store import slots
from practicebox.store.boxkey import BoxKey
from practicebox.store.conditions import LastDevice, NoSuchDevice, NoSuchUser, SealBroken
from practicebox.store.kdf import Cost
from practicebox.store.keyring import Keyring, Subject, open_record, open_subject, seal_record
from practicebox.store.records import Device, Person, Role, User
from practicebox.store.slots import UserKey
from practicebox.store.subjects import add_subject
from practicebox.store.times import from_text, to_text

Random = Callable[[int], bytes]

_USERS = (
    "SELECT users.id, role, public_key, users.generation, sealed, subjects.generation, wrapped"
    " FROM users JOIN subjects USING (id)"
)
_DEVICES = (
    "SELECT devices.id, state, created, devices.generation, sealed, subjects.generation, wrapped"
    " FROM devices JOIN subjects USING (id)"
)


@dataclass(frozen=True)
class NewUser:
    """A user before the row is written."""

    id: str
    short_name: str = field(repr=False)
    role: Role
    person: Person
    key: UserKey
    salt: bytes
    cost: Cost


def user_tag(key: BoxKey, short_name: str) -> bytes:
    """How a user is found by any spelling of the short name."""
    return key.tag("user", short_key(short_name).encode("utf-8", "surrogatepass"))


def device_tag(key: BoxKey, secret: bytes) -> bytes:
    """How a device is found by its secret."""
    return key.tag("device", secret)


def add_user(
    connection: sqlite3.Connection, keyring: Keyring, key: BoxKey, user: NewUser, random: Random
) -> None:
    """Write a user with a slot of the vault."""
    subject = add_subject(connection, keyring, user.id, random)
    connection.execute(
        "INSERT INTO users (id, tag, role, salt, operations, memory, public_key, private_key,"
        " slot, generation, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            user.id,
            user_tag(key, user.short_name),
            user.role,
            user.salt,
            user.cost.operations,
            user.cost.memory,
            user.key.public_key,
            user.key.sealed,
            slots.grant(keyring, user.id, user.key.public_key, random),
            subject.generation,
            _seal_user(subject, user.short_name, user.person, user.key.public_key, random),
        ),
    )


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
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            device.id,
            device_tag(key, secret),
            device.state,
            slots.admit(keyring, device.id, wrap, random),
            to_text(device.created),
            subject.generation,
            seal_record(subject, "devices", device.id, blob, random),
        ),
    )


def user(connection: sqlite3.Connection, keyring: Keyring, user_id: str) -> User:
    """One user; raise `NoSuchUser`."""
    row = connection.execute(f"{_USERS} WHERE users.id = ?", (user_id,)).fetchone()
    if row is None:
        raise NoSuchUser
    return _open_user(keyring, row)[0]


def users(connection: sqlite3.Connection, keyring: Keyring) -> list[User]:
    """Everybody who can log in, by short name."""
    found = [_open_user(keyring, row)[0] for row in connection.execute(_USERS)]
    return sorted(found, key=lambda user: short_key(user.short_name))


def devices(connection: sqlite3.Connection, keyring: Keyring) -> list[Device]:
    """All workstations, oldest first."""
    rows = connection.execute(f"{_DEVICES} ORDER BY created, devices.id")
    return [_open_device(keyring, row) for row in rows]


def change_person(
    connection: sqlite3.Connection, keyring: Keyring, user_id: str, person: Person, random: Random
) -> None:
    """Seal a user's row anew with other personal data; raise `NoSuchUser`."""
    row = connection.execute(f"{_USERS} WHERE users.id = ?", (user_id,)).fetchone()
    if row is None:
        raise NoSuchUser
    old, subject = _open_user(keyring, row)
    sealed = _seal_user(subject, old.short_name, person, row[2], random)
    connection.execute(
        "UPDATE users SET generation = ?, sealed = ? WHERE id = ?",
        (subject.generation, sealed, user_id),
    )


def revoke(connection: sqlite3.Connection, device_id: str) -> None:
    """Throw away a device's slot and end its sessions; raise `NoSuchDevice` or `LastDevice`."""
    approved = {i for (i,) in connection.execute("SELECT id FROM devices WHERE state = 'approved'")}
    if device_id not in approved:
        raise NoSuchDevice
    if approved == {device_id}:
        raise LastDevice
    connection.execute(
        "UPDATE devices SET state = 'revoked', slot = NULL WHERE id = ?", (device_id,)
    )
    connection.execute("DELETE FROM sessions WHERE device = ?", (device_id,))


def revoke_all(connection: sqlite3.Connection) -> None:
    """Throw away the slots of all devices and end all sessions."""
    connection.execute("UPDATE devices SET state = 'revoked', slot = NULL")
    connection.execute("DELETE FROM sessions")


def replace_key(
    connection: sqlite3.Connection,
    keyring: Keyring,
    user_id: str,
    user_key: UserKey,
    salt: bytes,
    cost: Cost,
    random: Random,
) -> None:
    """Another key pair and password for a user; raise `NoSuchUser`. The slot still is the old
    one, until `grant_anew`."""
    row = connection.execute(f"{_USERS} WHERE users.id = ?", (user_id,)).fetchone()
    if row is None:
        raise NoSuchUser
    old, subject = _open_user(keyring, row)
    sealed = _seal_user(subject, old.short_name, old.person, user_key.public_key, random)
    connection.execute(
        "UPDATE users SET salt = ?, operations = ?, memory = ?, public_key = ?, private_key = ?,"
        " generation = ?, sealed = ? WHERE id = ?",
        (
            salt,
            cost.operations,
            cost.memory,
            user_key.public_key,
            user_key.sealed,
            subject.generation,
            sealed,
            user_id,
        ),
    )


def grant_anew(connection: sqlite3.Connection, keyring: Keyring, random: Random) -> None:
    """Fill the slots of all users for the keyring's device key, without their passwords.

    Raise `SealBroken` for a public key that isn't the one in the user's sealed row: whoever put it
    there would get the vault key.
    """
    for row in connection.execute(_USERS).fetchall():
        _open_user(keyring, row)
        user_id, _, public_key, *_ = row
        slot = slots.grant(keyring, user_id, public_key, random)
        connection.execute("UPDATE users SET slot = ? WHERE id = ?", (slot, user_id))


def _seal_user(
    subject: Subject, short_name: str, person: Person, public_key: bytes, random: Random
) -> bytes:
    # The public key inside is the one that counts when a new generation fills the slots anew.
    content = {
        "short_name": short_name,
        "person": asdict(person),
        "public_key": public_key.hex(),
    }
    return seal_record(subject, "users", subject.id, json.dumps(content).encode(), random)


def _open_user(keyring: Keyring, row: tuple[Any, ...]) -> tuple[User, Subject]:
    user_id, role, public_key, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, user_id, wrapped_in, wrapped)
    content = json.loads(open_record(subject, "users", user_id, generation, sealed))
    if bytes.fromhex(content["public_key"]) != public_key:
        raise SealBroken
    return User(user_id, content["short_name"], role, Person(**content["person"])), subject


def _open_device(keyring: Keyring, row: tuple[Any, ...]) -> Device:
    device_id, state, created, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, device_id, wrapped_in, wrapped)
    content = json.loads(open_record(subject, "devices", device_id, generation, sealed))
    return Device(device_id, content["name"], state, from_text(created))
