"""What the audit log learns while the vault is locked: sealed to the practice, signed by a key that
is gone a moment later, folded into the log at the next login.

The box has no secret then, so anybody with the disk could write what the box could. Therefore each
row is signed with a key that is at once replaced by its hash (forward secrecy, as in Schneier and
Kelsey, "Secure audit logs", 1999): whoever takes the disk finds the key for the next row only, and
can neither change nor drop a row that was there before. The first key is sealed to the keyring.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit.audit import Action, Entry
from practicebox.store.audit.head import Flaw, Kind
from practicebox.store.box import Box
from practicebox.store.conditions import Locked, SealBroken
from practicebox.store.vault.aead import KEY_BYTES, associated
from practicebox.store.vault.keyring import (
    Keyring,
    open_page,
    open_submission,
    seal_page,
    seal_submission,
)

Random = Callable[[int], bytes]

MOST = 2000  # rows that wait at most; folding them in takes a third of a second
MOST_STEPS = 1_000_000  # of the key, one per event; a second of hashing
_TABLE = "audit_seal"


async def write(box: Box, entry: Entry) -> None:
    """Note something that has no transaction of its own; nothing before there is a practice."""
    now = box.now()
    await box.database.transaction(
        lambda connection: record(connection, box, now, entry), erases=not box.vault.is_unlocked
    )


def record(connection: sqlite3.Connection, box: Box, now: datetime, entry: Entry) -> None:
    """Note within the caller's transaction, with the keys if they are there.

    While the vault is locked the transaction has to be one that `erases`: the key that signed must
    not stay behind in the write-ahead log.
    """
    try:
        keyring = box.vault.keyring()
    except Locked:
        note_locked(connection, box.random, now, entry)
    else:
        audit.note(connection, keyring, box.random, now, entry)


def note_locked(
    connection: sqlite3.Connection, random: Random, now: datetime, entry: Entry
) -> None:
    """Write a waiting row without any key of the vault; nothing before there is a practice."""
    practice = connection.execute("SELECT generation, public_key FROM practice").fetchone()
    if practice is None:
        return
    generation, public_key = practice
    number, key = _next(connection)
    _forget_key(connection, number, key)
    (waiting,) = connection.execute("SELECT count(*) FROM audit_waiting").fetchone()
    if waiting >= MOST:  # the number goes on, which says how many are missing
        return
    plain = audit.dump(now, entry, while_locked=True)
    sealed = seal_submission(public_key, _place(number, generation), plain)
    connection.execute(
        "INSERT INTO audit_waiting (number, generation, sealed, link) VALUES (?, ?, ?, ?)",
        (number, generation, sealed, _link(key, number, generation, sealed)),
    )


def fold(connection: sqlite3.Connection, keyring: Keyring, random: Random, now: datetime) -> None:
    """Move what waits into the log, note what is wrong with it, and begin with a fresh key."""
    number, key = _next(connection)
    start = _start(connection, keyring)
    folded, wrong = _fold_rows(connection, keyring, random, start or bytes(KEY_BYTES))
    missed = number - folded
    if start is None or not hmac.compare_digest(_after(start, number), key):
        wrong = True
    if wrong or (missed and folded < MOST):
        _flaw(connection, keyring, random)
    elif missed:
        lost = Entry(audit.BOX, "", Action.LOG_INCOMPLETE, detail=str(missed))
        audit.note(connection, keyring, random, now, lost)
    connection.execute("DELETE FROM audit_waiting")
    begin(connection, keyring, random)


def begin(connection: sqlite3.Connection, keyring: Keyring, random: Random) -> None:
    """A fresh first key, so that waiting rows can be told from forged ones. The head vouches for
    it: an earlier one, out of an old copy of the disk, isn't taken."""
    key = random(KEY_BYTES)
    start = seal_page(keyring, _TABLE, "1", key, random)
    connection.execute("DELETE FROM audit_seal")
    connection.execute(
        "INSERT INTO audit_seal (one, number, key, generation, start) VALUES (1, 0, ?, ?, ?)",
        (key, keyring.current.number, start),
    )
    head = audit_chain.read_head(connection, keyring)
    head = replace(head, seal=hashlib.sha256(start).digest())
    audit_head.write(connection, keyring, random, head)


def _fold_rows(
    connection: sqlite3.Connection, keyring: Keyring, random: Random, key: bytes
) -> tuple[int, bool]:
    """How many rows there were, and whether something is wrong with them. All that open are folded
    in, for a forged one is known to be forged by the flaw behind them."""
    wrong = False
    rows = connection.execute(
        "SELECT number, generation, sealed, link FROM audit_waiting ORDER BY number"
    ).fetchall()
    for expected, (number, generation, sealed, link) in enumerate(rows):
        tag = _link(key, number, generation, sealed)
        wrong = wrong or number != expected or not hmac.compare_digest(tag, link)
        key = _following(key)
        try:
            place = _place(number, generation)
            plain = open_submission(keyring.generation(generation), place, sealed)
        except SealBroken:
            wrong = True
            continue
        noted = audit.load(number, plain)
        audit.note(connection, keyring, random, noted.at, noted.entry, while_locked=True)
    return len(rows), wrong


def _start(connection: sqlite3.Connection, keyring: Keyring) -> bytes | None:
    """The key of the first waiting row; None if it isn't ours.

    A box older than its log began with zeros, as `_next` does; its head has no seal
    yet."""
    head = audit_chain.read_head(connection, keyring)
    row = connection.execute("SELECT generation, start FROM audit_seal").fetchone()
    if not head.seal:
        return bytes(KEY_BYTES)
    if row is None or hashlib.sha256(row[1]).digest() != head.seal:
        return None
    try:
        return open_page(keyring, _TABLE, "1", *row)
    except SealBroken:
        return None


def _after(key: bytes, steps: int) -> bytes:
    """The key after so many rows; the count is bounded before an attacker's number costs time."""
    for _ in range(min(steps, MOST_STEPS)):
        key = _following(key)
    return key


def _next(connection: sqlite3.Connection) -> tuple[int, bytes]:
    row = connection.execute("SELECT number, key FROM audit_seal").fetchone()
    return (row[0], row[1]) if row else (0, bytes(KEY_BYTES))


def _forget_key(connection: sqlite3.Connection, number: int, key: bytes) -> None:
    connection.execute(
        "INSERT INTO audit_seal (one, number, key, generation, start) VALUES (1, ?, ?, 0, x'')"
        " ON CONFLICT (one) DO UPDATE SET number = excluded.number, key = excluded.key",
        (number + 1, _following(key)),
    )


def _flaw(connection: sqlite3.Connection, keyring: Keyring, random: Random) -> None:
    head = audit_chain.read_head(connection, keyring)
    flaw = Flaw(Kind.WAITING, head.last, head.last)
    audit_head.write(connection, keyring, random, head.with_flaw(flaw))


def _following(key: bytes) -> bytes:
    return hashlib.blake2b(key, person=b"pb1 audit next", digest_size=KEY_BYTES).digest()


def _link(key: bytes, number: int, generation: int, sealed: bytes) -> bytes:
    return hmac.digest(key, associated("audit_waiting", number, generation, sealed), "sha256")


def _place(number: int, generation: int) -> bytes:
    return associated("audit_waiting", number, generation)
