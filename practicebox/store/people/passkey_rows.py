"""Passkeys: their rows, sealed and opened. SQL and blobs; no ceremony, no passwords, no sessions.

While the vault is locked a row is found by the tag of its credential id, and tells whose it is and
how often the passkey has signed. What a signature is verified with stands in no column: it lies in
the same seal as the user's private key, which only the passkey's secret opens (`vault/slots`). So a
row planted or altered by somebody with the disk opens nothing and verifies nothing. The count is
the one thing they can change: it shows a copied passkey, and without the box's owner noticing it
can only be made to show nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from practicebox.store.conditions import NoSuchPasskey, TooManyPasskeys, WrongPasskey
from practicebox.store.people.records_sessions import Passkey
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.keyring import Keyring, Subject, open_record, open_subject, seal_record
from practicebox.store.vault.slots import PasskeyPlace

Random = Callable[[int], bytes]

MOST = 10  # of one user: some keys and telephones, and no list that nobody looks through

_PASSKEYS = (
    "SELECT passkeys.id, created, passkeys.generation, sealed, subjects.generation, wrapped"
    " FROM passkeys JOIN subjects ON subjects.id = passkeys.user WHERE passkeys.user = ?"
)


@dataclass(frozen=True)
class Found:
    """What a locked box knows of a passkey."""

    place: PasskeyPlace
    public_key: bytes  # of the user
    sealed_key: bytes = field(repr=False)
    count: int


@dataclass(frozen=True)
class NewRow:
    """A passkey before its row is written."""

    user_id: str
    passkey: Passkey
    count: int
    sealed_key: bytes = field(repr=False)  # the user's private key
    public_key: bytes  # its other half


def tag(key: BoxKey, credential_id: bytes) -> bytes:
    """How a passkey is found by what the browser calls it."""
    return key.tag("passkey", credential_id)


def find(connection: sqlite3.Connection, tag: bytes) -> Found | None:
    """The passkey with this tag; None for one that isn't ours."""
    row = connection.execute(
        "SELECT passkeys.user, passkeys.id, public_key, passkeys.private_key, sign_count"
        " FROM passkeys JOIN users ON users.id = passkeys.user WHERE passkeys.tag = ?",
        (tag,),
    ).fetchone()
    return Found(PasskeyPlace(row[0], row[1]), *row[2:]) if row else None


def exist(connection: sqlite3.Connection) -> bool:
    """Whether anybody here has a passkey."""
    return connection.execute("SELECT 1 FROM passkeys LIMIT 1").fetchone() is not None


def add(
    connection: sqlite3.Connection, keyring: Keyring, key: BoxKey, new: NewRow, random: Random
) -> None:
    """Write a passkey.

    Raise `TooManyPasskeys`, or `WrongPasskey` for one that somebody has already, or whose user got
    another key or left a moment ago.
    """
    held = connection.execute("SELECT count(*) FROM passkeys WHERE user = ?", (new.user_id,))
    if held.fetchone()[0] >= MOST:
        raise TooManyPasskeys
    passkey, subject = new.passkey, _subject(connection, keyring, new.user_id)
    added = connection.execute(
        "INSERT INTO passkeys (id, user, tag, private_key, sign_count, created, generation, sealed)"
        " SELECT ?, id, ?, ?, ?, ?, ?, ? FROM users"
        " WHERE id = ? AND public_key = ? AND private_key <> x'' ON CONFLICT (tag) DO NOTHING",
        (
            passkey.id,
            tag(key, passkey.credential_id),
            new.sealed_key,
            new.count,
            to_text(passkey.created),
            subject.generation,
            _seal(subject, passkey, random),
            new.user_id,
            new.public_key,
        ),
    )
    if added.rowcount != 1:
        raise WrongPasskey


def of_user(connection: sqlite3.Connection, keyring: Keyring, user_id: str) -> list[Passkey]:
    """All passkeys of a user, the oldest first."""
    rows = connection.execute(f"{_PASSKEYS} ORDER BY created, passkeys.id", (user_id,))
    return [_open(keyring, user_id, row) for row in rows]


def note_use(
    connection: sqlite3.Connection,
    keyring: Keyring,
    found: Found,
    count: int,
    moment: datetime,
    random: Random,
) -> Passkey:
    """Note that a passkey was used, and how often it has signed by now; the passkey.

    Raise `WrongPasskey` for one that is gone, or that somebody else was quicker with.
    """
    place = found.place
    row = connection.execute(f"{_PASSKEYS} AND passkeys.id = ?", (place.user_id, place.passkey_id))
    fetched = row.fetchone()
    if fetched is None:
        raise WrongPasskey
    old = _open(keyring, place.user_id, fetched)
    used = Passkey(old.id, old.name, old.host, old.credential_id, old.created, moment)
    subject = _subject(connection, keyring, place.user_id)
    changed = connection.execute(
        "UPDATE passkeys SET sign_count = ?, generation = ?, sealed = ?"
        " WHERE id = ? AND sign_count = ?",
        (count, subject.generation, _seal(subject, used, random), used.id, found.count),
    )
    if changed.rowcount != 1:
        raise WrongPasskey
    return used


def remove(connection: sqlite3.Connection, user_id: str, passkey_id: str) -> None:
    """Forget one of a user's own passkeys; raise `NoSuchPasskey`."""
    gone = connection.execute(
        "DELETE FROM passkeys WHERE id = ? AND user = ?", (passkey_id, user_id)
    )
    if gone.rowcount != 1:
        raise NoSuchPasskey


def forget(connection: sqlite3.Connection, user_id: str) -> None:
    """Forget all passkeys of somebody who leaves, or whose private key is another one now."""
    connection.execute("DELETE FROM passkeys WHERE user = ?", (user_id,))


def _subject(connection: sqlite3.Connection, keyring: Keyring, user_id: str) -> Subject:
    row = connection.execute(
        "SELECT generation, wrapped FROM subjects WHERE id = ?", (user_id,)
    ).fetchone()
    if row is None:
        raise WrongPasskey
    return open_subject(keyring, user_id, *row)


def _seal(subject: Subject, passkey: Passkey, random: Random) -> bytes:
    content = {
        "name": passkey.name,
        "host": passkey.host,
        "credential": passkey.credential_id.hex(),
        "used": to_text(passkey.used) if passkey.used else "",
    }
    return seal_record(subject, "passkeys", passkey.id, json.dumps(content).encode(), random)


def _open(keyring: Keyring, user_id: str, row: tuple[str, str, int, bytes, int, bytes]) -> Passkey:
    passkey_id, created, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, user_id, wrapped_in, wrapped)
    content = json.loads(open_record(subject, "passkeys", passkey_id, generation, sealed))
    return Passkey(
        passkey_id,
        content["name"],
        content["host"],
        bytes.fromhex(content["credential"]),
        from_text(created),
        from_text(content["used"]) if content["used"] else None,
    )
