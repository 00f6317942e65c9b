"""A colleague joins: invited by the Hauptnutzer, let in by a one-time code.

    code --Argon2id--> opens a key pair made for the invitation, whose slot the vault has filled
    with the first password: another key pair, another slot; the code and its pair are worth nothing

So an invited user is a user whose password is the code. The database alone opens nothing: it has
neither the 60 bits of the code nor, where the code is known, the secret of an approved device.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta

from practicebox.practice import one_time_code
from practicebox.practice.one_time_code import OneTimeCode
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import (
    DeviceNotApproved,
    Locked,
    NoSuchUser,
    ShortNameTaken,
    UnknownCode,
    WrongPassword,
)
from practicebox.store.people import access, rotation, staff
from practicebox.store.people.records_sessions import Enrolment
from practicebox.store.people.staff import NewUser
from practicebox.store.records import Person, Role
from practicebox.store.times import to_text
from practicebox.store.vault import slots
from practicebox.store.vault.kdf import SALT_BYTES, Cost
from practicebox.store.vault.keyring import Keyring

LIFETIME = timedelta(days=7)  # over a weekend and a few days off
MOST_TRIES = 5  # wrong secrets for one code


@dataclass(frozen=True)
class _Ready:
    """A code and the key pair it opens, before anything is written."""

    code: OneTimeCode
    salt: bytes
    cost: Cost
    code_key: bytes = field(repr=False)


async def invite(box: Box, role: Role, person: Person, by: By) -> Enrolment:
    """A new user with a one-time code; raise `Locked`. Nobody is made a second Hauptnutzer."""
    if role == "admin":
        raise ValueError("there is one Hauptnutzer")
    box.vault.keyring()
    ready, user_id, expires = await _prepare(box), new_id(box.random), box.now() + LIFETIME
    user_key = slots.new_user_key(user_id, ready.code_key, box.random)
    user = NewUser(user_id, "", role, person, user_key, ready.salt, ready.cost)

    def write(connection: sqlite3.Connection, keyring: Keyring) -> None:
        staff.add_user(connection, keyring, box.key, user, box.random)
        _insert(connection, box, user_id, ready.code, to_text(expires))

    await rotation.alter(box, write, by.did(Action.USER_INVITED, user_id))
    return Enrolment(user_id, str(ready.code), expires)


async def renew(box: Box, user_id: str, by: By) -> Enrolment:
    """Another code in place of the earlier one; raise `NoSuchUser` unless the user is invited."""
    box.vault.keyring()
    ready, expires = await _prepare(box), box.now() + LIFETIME
    user_key = slots.new_user_key(user_id, ready.code_key, box.random)

    def write(connection: sqlite3.Connection, keyring: Keyring) -> None:
        gone = connection.execute("DELETE FROM enrolments WHERE user = ?", (user_id,))
        if gone.rowcount != 1:
            raise NoSuchUser
        staff.replace_key(
            connection, keyring, user_id, user_key, ready.salt, ready.cost, box.random
        )
        _insert(connection, box, user_id, ready.code, to_text(expires))

    await rotation.alter(box, write, by.did(Action.USER_INVITED, user_id), erases=True)
    return Enrolment(user_id, str(ready.code), expires)


async def enrol(
    box: Box, code: OneTimeCode, short_name: str, password: str, device_secret: bytes | None
) -> str:
    """Use a code: short name and password of one's own. The user's id.

    Raise `UnknownCode`, `ShortNameTaken`, or `Locked` where the vault is locked and this device
    can't unlock it. Whatever is wrong with the code takes the same time and reads the same.
    """
    account = await _count_try(box, code)
    tried = account or access.decoy(box.costs.user)
    code_key = await box.argon.stretch(code.secret, tried.salt, tried.cost)
    salt, cost = box.random(SALT_BYTES), box.costs.user
    password_key = await box.argon.stretch(password, salt, cost)
    try:
        private_key = slots.open_user_key(tried.user_id, tried.key, code_key)
    except WrongPassword:
        raise UnknownCode from None
    if not box.vault.is_unlocked:
        await _unlock(box, tried.user_id, private_key, device_secret)
    user_key = slots.new_user_key(tried.user_id, password_key, box.random)

    def write(connection: sqlite3.Connection, keyring: Keyring) -> None:
        used = connection.execute("DELETE FROM enrolments WHERE user = ?", (tried.user_id,))
        if used.rowcount != 1:
            raise UnknownCode  # used a moment ago
        staff.replace_key(connection, keyring, tried.user_id, user_key, salt, cost, box.random)
        staff.give_name(connection, keyring, box.key, tried.user_id, short_name, box.random)

    try:
        joined = By(tried.user_id).did(Action.USER_ADDED, tried.user_id)
        await rotation.alter(box, write, joined, erases=True)
    except ShortNameTaken:
        await _forgive(box, tried.user_id)
        raise
    return tried.user_id


async def _prepare(box: Box) -> _Ready:
    code, salt, cost = one_time_code.new_code(box.random), box.random(SALT_BYTES), box.costs.user
    return _Ready(code, salt, cost, await box.argon.stretch(code.secret, salt, cost))


def _insert(
    connection: sqlite3.Connection, box: Box, user_id: str, code: OneTimeCode, expires: str
) -> None:
    connection.execute(
        "INSERT INTO enrolments (user, tag, expires, tries) VALUES (?, ?, ?, 0)",
        (user_id, _tag(box, code), expires),
    )


async def _count_try(box: Box, code: OneTimeCode) -> access.Account | None:
    """The invited user, a try counted before its outcome is known: many at once are many."""
    tag, moment = _tag(box, code), to_text(box.now())

    def write(connection: sqlite3.Connection) -> access.Account | None:
        row = connection.execute(
            "UPDATE enrolments SET tries = tries + 1 WHERE tag = ? AND expires > ? AND tries < ?"
            " RETURNING user",
            (tag, moment, MOST_TRIES),
        ).fetchone()
        return access.account(connection, "id", row[0]) if row else None

    return await box.database.transaction(write)


async def _unlock(box: Box, user_id: str, private_key: bytes, secret: bytes | None) -> None:
    try:
        await access.unlock(box, user_id, private_key, secret)
    except DeviceNotApproved:
        await _forgive(box, user_id)
        raise Locked from None


async def _forgive(box: Box, user_id: str) -> None:
    """The code was right; only the box isn't ready."""
    await box.database.transaction(
        lambda connection: connection.execute(
            "UPDATE enrolments SET tries = 0 WHERE user = ?", (user_id,)
        )
    )


def _tag(box: Box, code: OneTimeCode) -> bytes:
    return box.key.tag("enrolment", code.locator.encode())
