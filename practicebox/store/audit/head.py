"""The head of the audit log: where it begins and ends, and what is wrong with it.

Sealed with the keyring, so that nobody with the disk alone can write one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from practicebox.store.conditions import SealBroken
from practicebox.store.vault.keyring import Keyring, open_page, seal_page

Random = Callable[[int], bytes]

START = bytes(32)  # what the very first row is linked to
KEEP_DAYS = 365  # how long entries are kept unless the admin says otherwise
MOST_FLAWS = 50  # kept in the head; a log with more of them needs no longer list
_HEAD = "audit_head"


class Kind(Enum):
    """What is wrong with the log."""

    GAP = "gap"  # rows are missing
    ALTERED = "altered"  # a row isn't the one that was written
    HEAD = "head"  # the head was missing or not ours
    UNREADABLE = "unreadable"  # the key of a recent day is gone
    ROLLED_BACK = "rolled-back"  # somebody outside has seen more than is there
    MARK_MISSING = "mark-missing"  # the file beside the database is gone
    WAITING = "waiting"  # what was noted while locked isn't what was written


@dataclass(frozen=True)
class Flaw:
    """Something wrong, from one number to another."""

    kind: Kind
    first: int
    last: int
    acknowledged: bool = False

    @property
    def place(self) -> tuple[Kind, int, int]:
        return self.kind, self.first, self.last


@dataclass(frozen=True)
class Head:
    """Where the log begins and ends."""

    first: int = 1
    anchor: bytes = START  # the link before the first row: that of the last one pruned
    last: int = 0
    link: bytes = START
    seal: bytes = b""  # hash of the first key of `audit_waiting`; empty before there is one
    era: int = 0  # how often the box was restored from a backup
    restored: int = 0  # number of the entry that says so
    marked: bool = False  # whether a mark lies beside the database (`audit_mark`)
    schema: int = 0  # of the database at the last unlocking; 0 before the first
    keep: int = KEEP_DAYS  # days; in here because nobody with the disk may shorten it
    flaws: tuple[Flaw, ...] = ()
    said: int = 0  # how many of the flaws have an entry

    @property
    def alarms(self) -> tuple[Flaw, ...]:
        """What nobody has acknowledged yet."""
        return tuple(flaw for flaw in self.flaws if not flaw.acknowledged)

    def with_flaw(self, flaw: Flaw) -> Head:
        """The head with one flaw more, unless it is known."""
        if flaw.place in {known.place for known in self.flaws} or len(self.flaws) >= MOST_FLAWS:
            return self
        return replace(self, flaws=(*self.flaws, flaw))


def read(connection: sqlite3.Connection, keyring: Keyring) -> Head | None:
    """The head as it was sealed; None where there is none that is ours."""
    row = connection.execute("SELECT generation, sealed FROM audit_head").fetchone()
    try:
        content = json.loads(open_page(keyring, _HEAD, "1", *row)) if row else None
    except SealBroken:
        return None
    if content is None:
        return None
    return Head(
        first=content["first"],
        anchor=bytes.fromhex(content["anchor"]),
        last=content["last"],
        link=bytes.fromhex(content["link"]),
        seal=bytes.fromhex(content["seal"]),
        era=content["era"],
        restored=content["restored"],
        marked=content["marked"],
        schema=content["schema"],
        keep=content["keep"],
        said=content["said"],
        flaws=tuple(Flaw(Kind(kind), *rest) for kind, *rest in content["flaws"]),
    )


def write(connection: sqlite3.Connection, keyring: Keyring, random: Random, head: Head) -> None:
    """Seal the head with the current generation."""
    content = {
        "first": head.first,
        "anchor": head.anchor.hex(),
        "last": head.last,
        "link": head.link.hex(),
        "seal": head.seal.hex(),
        "era": head.era,
        "restored": head.restored,
        "marked": head.marked,
        "schema": head.schema,
        "keep": head.keep,
        "said": head.said,
        "flaws": [[f.kind.value, f.first, f.last, f.acknowledged] for f in head.flaws],
    }
    sealed = seal_page(keyring, _HEAD, "1", json.dumps(content).encode(), random)
    connection.execute(
        "INSERT INTO audit_head (one, generation, sealed) VALUES (1, ?, ?) ON CONFLICT (one)"
        " DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed",
        (keyring.current.number, sealed),
    )
