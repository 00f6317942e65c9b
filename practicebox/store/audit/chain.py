"""The chain of the audit log: each row's tag covers the row before it, under a key of the vault.

    row n: number, day, about, generation | sealed | link = HMAC(chain key, row n and link n-1)
    head:  first and last number with their links, sealed by the current generation

Whoever has the disk alone can take rows away, but can neither write a row nor a link nor a head, so
a gap, a changed row and a missing end show. The content is sealed with a key per day and kind:
throwing a key away (`retention`) makes that day unreadable and leaves the chain whole. Rows that
are pruned leave the link of the last of them in the head.

What an old copy of the whole disk would show is for `audit_mark` to find.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from practicebox.store.audit import head as audit_head
from practicebox.store.audit.head import START, Flaw, Head, Kind
from practicebox.store.conditions import SealBroken
from practicebox.store.vault.aead import associated
from practicebox.store.vault.kdf import derive
from practicebox.store.vault.keyring import (
    Keyring,
    Subject,
    open_record,
    open_subject,
    seal_record,
)
from practicebox.store.vault.subjects import add_subject

Random = Callable[[int], bytes]

_CHAIN = "pb1 audit"  # purpose of the derived key, at most 16 bytes
_TABLE = "audit"


@dataclass(frozen=True)
class Row:
    """A row as the database keeps it."""

    number: int
    day: str
    about: str
    generation: int
    sealed: bytes
    link: bytes


def append(
    connection: sqlite3.Connection,
    keyring: Keyring,
    random: Random,
    day: str,
    about: str,
    plain: bytes,
) -> int:
    """Write a row behind the last one, and the head; the row's number."""
    head = read_head(connection, keyring)
    number, generation = head.last + 1, keyring.current.number
    subject = _subject(connection, keyring, day, about, random)
    sealed = seal_record(subject, _TABLE, str(number), plain, random)
    row = Row(number, day, about, generation, sealed, b"")
    row = replace(row, link=link(chain_key(keyring, generation), row, head.link))
    connection.execute(
        "INSERT INTO audit (number, day, about, generation, sealed, link)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (row.number, row.day, row.about, row.generation, row.sealed, row.link),
    )
    audit_head.write(connection, keyring, random, replace(head, last=number, link=row.link))
    return number


def chain_key(keyring: Keyring, generation: int) -> bytes:
    """What rows of a generation are linked with; raise `SealBroken` for an unknown one."""
    return derive(keyring.generation(generation).root, _CHAIN)


def link(key: bytes, row: Row, before: bytes) -> bytes:
    """The tag of a row behind the link `before`."""
    place = f"{row.number} {row.generation} {row.about} {row.day}".encode()
    return hmac.digest(key, associated("audit", place, before, row.sealed), "sha256")


def read_head(connection: sqlite3.Connection, keyring: Keyring) -> Head:
    """The head, corrected by what is really there; what had to be corrected is among its flaws."""
    last = connection.execute(
        "SELECT number, link FROM audit ORDER BY number DESC LIMIT 1"
    ).fetchone()
    head = audit_head.read(connection, keyring)
    number, its_link = last or (head.first - 1 if head else 0, head.anchor if head else START)
    if head is None:
        fresh = Head(last=number, link=its_link)
        return fresh.with_flaw(Flaw(Kind.HEAD, 1, number)) if last else fresh
    if number < head.last:  # the numbers go on, so that the gap stays where it is
        return replace(head, link=its_link).with_flaw(Flaw(Kind.GAP, number + 1, head.last))
    if number > head.last:
        flaw = Flaw(Kind.HEAD, head.last + 1, number)
        return replace(head, last=number, link=its_link).with_flaw(flaw)
    if its_link != head.link:
        return replace(head, link=its_link).with_flaw(Flaw(Kind.ALTERED, number, number))
    return head


def rows(connection: sqlite3.Connection, after: int, limit: int) -> list[Row]:
    """Rows behind a number, in order."""
    found = connection.execute(
        "SELECT number, day, about, generation, sealed, link FROM audit"
        " WHERE number > ? ORDER BY number LIMIT ?",
        (after, limit),
    )
    return [Row(*row) for row in found]


def rows_back(connection: sqlite3.Connection, before: int | None, limit: int) -> list[Row]:
    """Rows before a number, the latest first; from the end for None."""
    found = connection.execute(
        "SELECT number, day, about, generation, sealed, link FROM audit"
        " WHERE number < ? ORDER BY number DESC LIMIT ?",
        (2**62 if before is None else before, limit),
    )
    return [Row(*row) for row in found]


class Opener:
    """Opens rows, and keeps the keys of the days it has met."""

    def __init__(self, connection: sqlite3.Connection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring
        self._subjects: dict[str, Subject | None] = {}

    def open(self, row: Row) -> bytes | None:
        """The content; None where its key is gone. Raise `SealBroken`."""
        name = subject_id(row.day, row.about, row.generation)
        if name not in self._subjects:
            self._subjects[name] = find_subject(self._connection, self._keyring, name)
        subject = self._subjects[name]
        if subject is None:
            return None
        return open_record(subject, _TABLE, str(row.number), row.generation, row.sealed)


def subject_id(day: str, about: str, generation: int) -> str:
    """Whose key seals the rows of a day. After a departure the same day has another one."""
    return f"audit.{day}.{about}.{generation}"


def find_subject(connection: sqlite3.Connection, keyring: Keyring, name: str) -> Subject | None:
    """The key of a day, None where there is none; raise `SealBroken`."""
    found = connection.execute(
        "SELECT generation, wrapped FROM subjects WHERE id = ?", (name,)
    ).fetchone()
    return open_subject(keyring, name, *found) if found else None


def _subject(
    connection: sqlite3.Connection, keyring: Keyring, day: str, about: str, random: Random
) -> Subject:
    name = subject_id(day, about, keyring.current.number)
    try:
        found = find_subject(connection, keyring, name)
    except SealBroken:  # somebody else put it there; what it sealed today will show as altered
        connection.execute("DELETE FROM subjects WHERE id = ?", (name,))
        found = None
    return found or add_subject(connection, keyring, name, random)
