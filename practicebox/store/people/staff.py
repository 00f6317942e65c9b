"""Users: their rows, sealed and opened. SQL and blobs; no passwords, no sessions, no devices."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from practicebox.practice.names import short_key
from practicebox.store.conditions import NoSuchUser, SealBroken, ShortNameTaken
from practicebox.store.people import passkey_rows
from practicebox.store.records import Person, Role, User
from practicebox.store.times import from_text
from practicebox.store.vault import slots
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.kdf import Cost
from practicebox.store.vault.keyring import Keyring, Subject, open_record, open_subject, seal_record
from practicebox.store.vault.slots import UserKey
from practicebox.store.vault.subjects import add_subject

Random = Callable[[int], bytes]

_USERS = (
    "SELECT users.id, role, public_key, users.generation, sealed, subjects.generation, wrapped,"
    " expires, departed FROM users JOIN subjects USING (id)"
    " LEFT JOIN enrolments ON enrolments.user = users.id"
    " LEFT JOIN departures ON departures.user = users.id"
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


def nameless_tag(key: BoxKey, user_id: str) -> bytes:
    """What stands in place of `user_tag` while nobody can log in as this user."""
    return key.tag("nameless user", user_id.encode())


def add_user(
    connection: sqlite3.Connection, keyring: Keyring, key: BoxKey, user: NewUser, random: Random
) -> None:
    """Write a user with a slot of the vault; one without a short name can't log in yet."""
    subject = add_subject(connection, keyring, user.id, random)
    tag = user_tag(key, user.short_name) if user.short_name else nameless_tag(key, user.id)
    connection.execute(
        "INSERT INTO users (id, tag, role, salt, operations, memory, public_key, private_key,"
        " slot, generation, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            user.id,
            tag,
            user.role,
            user.salt,
            user.cost.operations,
            user.cost.memory,
            user.key.public_key,
            user.key.sealed,
            slots.grant(keyring, user.id, user.key.public_key, random),
            subject.generation,
            _seal(subject, user.short_name, user.role, user.person, user.key.public_key, random),
        ),
    )


def user(connection: sqlite3.Connection, keyring: Keyring, user_id: str) -> User:
    """One user; raise `NoSuchUser`."""
    return _open(keyring, _row(connection, user_id))[0]


def users(connection: sqlite3.Connection, keyring: Keyring) -> list[User]:
    """Everybody who works here or ever did, by short name; those without one at the end."""
    found = [_open(keyring, row)[0] for row in connection.execute(_USERS)]
    return sorted(found, key=lambda user: (not user.short_name, short_key(user.short_name)))


def change_person(
    connection: sqlite3.Connection, keyring: Keyring, user_id: str, person: Person, random: Random
) -> None:
    """Seal a user's row anew with other personal data; raise `NoSuchUser`."""
    role = user(connection, keyring, user_id).role
    change(connection, keyring, user_id, role, person, random)


def change(
    connection: sqlite3.Connection,
    keyring: Keyring,
    user_id: str,
    role: Role,
    person: Person,
    random: Random,
) -> None:
    """Seal a user's row anew with another role and other personal data; raise `NoSuchUser`.

    The role stands in the clear column as well, which a locked box goes by.
    """
    row = _row(connection, user_id)
    old, subject = _open(keyring, row)
    sealed = _seal(subject, old.short_name, role, person, row[2], random)
    connection.execute(
        "UPDATE users SET role = ?, generation = ?, sealed = ? WHERE id = ?",
        (role, subject.generation, sealed, user_id),
    )


def replace_key(
    connection: sqlite3.Connection,
    keyring: Keyring,
    user_id: str,
    user_key: UserKey,
    salt: bytes,
    cost: Cost,
    random: Random,
) -> None:
    """Another key pair and password for a user, with a slot; raise `NoSuchUser`.

    Passkeys open the earlier private key, so they are thrown away.
    """
    passkey_rows.forget(connection, user_id)
    old, subject = _open(keyring, _row(connection, user_id))
    sealed = _seal(subject, old.short_name, old.role, old.person, user_key.public_key, random)
    connection.execute(
        "UPDATE users SET salt = ?, operations = ?, memory = ?, public_key = ?, private_key = ?,"
        " slot = ?, generation = ?, sealed = ? WHERE id = ?",
        (
            salt,
            cost.operations,
            cost.memory,
            user_key.public_key,
            user_key.sealed,
            slots.grant(keyring, user_id, user_key.public_key, random),
            subject.generation,
            sealed,
            user_id,
        ),
    )


def give_name(
    connection: sqlite3.Connection,
    keyring: Keyring,
    key: BoxKey,
    user_id: str,
    short_name: str,
    random: Random,
) -> None:
    """Let a user be found by a short name; raise `ShortNameTaken` or `NoSuchUser`."""
    row, tag = _row(connection, user_id), user_tag(key, short_name)
    old, subject = _open(keyring, row)
    taken = connection.execute("SELECT 1 FROM users WHERE tag = ? AND id <> ?", (tag, user_id))
    if taken.fetchone():
        raise ShortNameTaken
    sealed = _seal(subject, short_name, old.role, old.person, row[2], random)
    connection.execute(
        "UPDATE users SET tag = ?, generation = ?, sealed = ? WHERE id = ?",
        (tag, subject.generation, sealed, user_id),
    )


def grant_anew(connection: sqlite3.Connection, keyring: Keyring, random: Random) -> None:
    """Fill the slots of all users for this keyring, without their passwords.

    Raise `SealBroken` for a public key that isn't the one in the user's sealed row: whoever put it
    there would get the vault key.
    """
    for row in connection.execute(_USERS).fetchall():
        user_, _ = _open(keyring, row)
        if user_.state == "departed":
            continue
        slot = slots.grant(keyring, user_.id, row[2], random)
        connection.execute("UPDATE users SET slot = ? WHERE id = ?", (slot, user_.id))


def _row(connection: sqlite3.Connection, user_id: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(
        f"{_USERS} WHERE users.id = ?", (user_id,)
    ).fetchone()
    if row is None:
        raise NoSuchUser
    return row


def _seal(
    subject: Subject,
    short_name: str,
    role: Role,
    person: Person,
    public_key: bytes,
    random: Random,
) -> bytes:
    # The public key inside is the one that counts when a new generation fills the slots anew, and
    # the role inside the one that a page may go by: the columns can be changed by whoever has the
    # disk.
    content = {
        "short_name": short_name,
        "role": role,
        "person": asdict(person),
        "public_key": public_key.hex(),
    }
    return seal_record(subject, "users", subject.id, json.dumps(content).encode(), random)


def _open(keyring: Keyring, row: tuple[Any, ...]) -> tuple[User, Subject]:
    user_id, role, public_key, generation, sealed, wrapped_in, wrapped, expires, departed = row
    subject = open_subject(keyring, user_id, wrapped_in, wrapped)
    content = json.loads(open_record(subject, "users", user_id, generation, sealed))
    # Rows without a role are from the time when the Hauptnutzer was alone.
    if bytes.fromhex(content["public_key"]) != public_key or content.get("role", "admin") != role:
        raise SealBroken
    opened = User(
        user_id,
        content["short_name"],
        role,
        Person(**content["person"]),
        "departed" if departed else "invited" if expires else "active",
        from_text(expires) if expires else None,
    )
    return opened, subject
