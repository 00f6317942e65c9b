"""Programs: their rows, sealed and opened, granted and revoked. SQL and blobs; no HTTP.

A program's slot is a user's slot (`vault/slots`): the vault key, sealed with the device key D and
then to a public key, whose private half comes from the token. So a token opens nothing by itself,
not even together with the disk; and a row that somebody with the disk has planted is found out,
because its slot doesn't hold the vault key. The public half that counts, the name and the scopes
lie in the sealed row: no column makes more of a program than it was made.
"""

from __future__ import annotations

import hmac
import json
import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

from practicebox.practice.programs import in_order
from practicebox.store.conditions import NoSuchProgram, SealBroken, UnknownToken, WrongDevice
from practicebox.store.records import Program
from practicebox.store.times import from_text, to_text
from practicebox.store.vault import slots
from practicebox.store.vault.aead import KEY_BYTES, OVERHEAD
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.keyring import Keyring, open_record, open_subject, seal_record
from practicebox.store.vault.subjects import add_subject

Random = Callable[[int], bytes]

_TABLE = "programs"
_SELECT = (
    "SELECT programs.id, slot, created, used, programs.generation, sealed, subjects.generation,"
    " wrapped FROM programs JOIN subjects USING (id)"
)
_NO_SLOT = bytes(48 + OVERHEAD + KEY_BYTES)  # as long as a slot; opens for no token


def tag(key: BoxKey, secret: bytes) -> bytes:
    """How a program is found by its token."""
    return key.tag("program", secret)


def add(
    connection: sqlite3.Connection,
    keyring: Keyring,
    key: BoxKey,
    program: Program,
    secret: bytes,
    random: Random,
) -> None:
    """Write a program with its slot."""
    subject = add_subject(connection, keyring, program.id, random)
    _, public_key = slots.program_pair(secret)
    content = {"name": program.name, "scopes": program.scopes, "public_key": public_key.hex()}
    blob = json.dumps(content, ensure_ascii=False).encode()
    connection.execute(
        "INSERT INTO programs (id, tag, slot, created, generation, sealed)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            program.id,
            tag(key, secret),
            slots.grant(keyring, program.id, public_key, random),
            to_text(program.created),
            subject.generation,
            seal_record(subject, _TABLE, program.id, blob, random),
        ),
    )


def programs(connection: sqlite3.Connection, keyring: Keyring) -> list[Program]:
    """All programs, oldest first, also those that were revoked."""
    rows = connection.execute(f"{_SELECT} ORDER BY created, programs.id")
    return [_open(keyring, row)[0] for row in rows]


def is_known(connection: sqlite3.Connection, key: BoxKey, secret: bytes) -> bool:
    """Whether a program has this token, as far as a locked box can tell."""
    row = connection.execute("SELECT 1 FROM programs WHERE tag = ?", (tag(key, secret),)).fetchone()
    return row is not None


def enter(connection: sqlite3.Connection, keyring: Keyring, key: BoxKey, secret: bytes) -> Program:
    """The program with this token; raise `UnknownToken`.

    An unknown token takes the way of a known one: one query, and one slot that doesn't open.
    """
    row = connection.execute(f"{_SELECT} WHERE tag = ?", (tag(key, secret),)).fetchone()
    program_id, slot = (row[0], row[1]) if row else ("", _NO_SLOT)
    private_key, public_key = slots.program_pair(secret)
    try:
        vault_key = slots.open_grant(program_id, private_key, keyring.device_key, slot)
    except (SealBroken, WrongDevice):
        raise UnknownToken from None
    if not hmac.compare_digest(vault_key, keyring.vault_key):
        raise UnknownToken
    program, kept_key = _open(keyring, row)
    if kept_key != public_key:
        raise UnknownToken
    return program


def note_use(connection: sqlite3.Connection, program_id: str, day: date) -> None:
    """Note that a program was here on a day."""
    connection.execute("UPDATE programs SET used = ? WHERE id = ?", (day.isoformat(), program_id))


def revoke(connection: sqlite3.Connection, program_id: str) -> None:
    """Throw away a program's slot, for good; raise `NoSuchProgram`."""
    gone = connection.execute(
        "UPDATE programs SET tag = NULL, slot = NULL WHERE id = ? AND slot IS NOT NULL",
        (program_id,),
    )
    if gone.rowcount != 1:
        raise NoSuchProgram


def revoke_all(connection: sqlite3.Connection) -> list[str]:
    """Throw away the slots of all programs; their ids."""
    rows = connection.execute("SELECT id FROM programs WHERE slot IS NOT NULL").fetchall()
    connection.execute("UPDATE programs SET tag = NULL, slot = NULL")
    return [id_ for (id_,) in rows]


def grant_anew(connection: sqlite3.Connection, keyring: Keyring, random: Random) -> None:
    """Fill the slots of all programs for this keyring, without their tokens."""
    for row in connection.execute(_SELECT).fetchall():
        program, public_key = _open(keyring, row)
        if program.state == "approved":
            slot = slots.grant(keyring, program.id, public_key, random)
            connection.execute("UPDATE programs SET slot = ? WHERE id = ?", (slot, program.id))


def _open(keyring: Keyring, row: tuple[Any, ...]) -> tuple[Program, bytes]:
    """The program, and the public half of its key."""
    program_id, slot, created, used, generation, sealed, wrapped_in, wrapped = row
    subject = open_subject(keyring, program_id, wrapped_in, wrapped)
    content = json.loads(open_record(subject, _TABLE, program_id, generation, sealed))
    program = Program(
        program_id,
        content["name"],
        in_order(content["scopes"]),
        "revoked" if slot is None else "approved",
        from_text(created),
        date.fromisoformat(used) if used else None,
    )
    return program, bytes.fromhex(content["public_key"])
