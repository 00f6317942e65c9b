"""Reading the whole chain of the audit log again, and saying what is wrong with it.

Runs in pieces, so that the database has time for others. Whether the box as a whole went back in
time is not to be seen here (`audit_mark`, and the workstations as witnesses).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit.chain import Row
from practicebox.store.audit.head import Flaw, Head, Kind
from practicebox.store.conditions import SealBroken
from practicebox.store.vault.keyring import Keyring

STEP = 2000  # rows a hop; about 10 ms


@dataclass
class Check:
    """One reading of the log, from its first row to where the head was when it began."""

    keyring: Keyring
    head: Head
    readable_from: Mapping[str, str]  # about -> the first day whose keys must be there
    flaws: list[Flaw] = field(default_factory=list)
    _link: bytes = b""
    _next: int = 0
    _generation: int = 0
    _keys: dict[int, bytes] = field(default_factory=dict, repr=False)  # of each generation
    _days: dict[tuple[str, str, int], Row] = field(default_factory=dict)  # key -> its first row

    def __post_init__(self) -> None:
        self._link, self._next = self.head.anchor, self.head.first
        for generation in self.keyring.generations:
            number = generation.number
            self._keys[number] = audit_chain.chain_key(self.keyring, number)

    def read_some(self, connection: sqlite3.Connection) -> bool:
        """Read the next rows; whether that was all."""
        found = audit_chain.rows(connection, self._next - 1, STEP)
        for row in found:
            if row.number > self.head.last:
                break
            self._judge(row)
        if self._next <= self.head.last and len(found) == STEP:
            return False
        if self._next <= self.head.last:
            self._blame(Kind.GAP, self._next, self.head.last)
        self._look_at_head(connection)
        self._look_for_keys(connection)
        self._look_before(connection)
        return True

    def _judge(self, row: Row) -> None:
        if row.number > self._next:
            self._blame(Kind.GAP, self._next, row.number - 1)
        if not self._is_linked(row) and row.number == self._next:
            self._blame(Kind.ALTERED, row.number, row.number)
        self._link, self._next = row.link, row.number + 1
        self._generation = max(self._generation, row.generation)
        if row.day >= self.readable_from[row.about]:
            self._days.setdefault((row.day, row.about, row.generation), row)

    def _is_linked(self, row: Row) -> bool:
        """Whether the row was written behind the one before it, by somebody who had the keys that
        were in use then: those of an earlier generation may be known to who has left."""
        if row.generation < self._generation:
            return False
        key = self._keys.get(row.generation)
        return key is not None and audit_chain.link(key, row, self._link) == row.link

    def _look_at_head(self, connection: sqlite3.Connection) -> None:
        """A departure is noted with the new keys, so the head has their generation: whoever has
        left can't cut the log off where the old ones end."""
        row = connection.execute("SELECT generation FROM audit_head").fetchone()
        if row is not None and row[0] != self.keyring.current.number:
            self._blame(Kind.HEAD, self.head.first, self.head.last)

    def _look_for_keys(self, connection: sqlite3.Connection) -> None:
        """Each key must still be there, and be the one that sealed the first row of its day."""
        opener = audit_chain.Opener(connection, self.keyring)
        for row in self._days.values():
            try:
                found = opener.open(row)
            except SealBroken:
                found = None
            if found is None:
                self._blame(Kind.UNREADABLE, row.number, row.number)

    def _look_before(self, connection: sqlite3.Connection) -> None:
        """Rows that were pruned and came back."""
        (before,) = connection.execute(
            "SELECT count(*) FROM audit WHERE number < ?", (self.head.first,)
        ).fetchone()
        if before:
            self._blame(Kind.ALTERED, 0, self.head.first - 1)

    def _blame(self, kind: Kind, first: int, last: int) -> None:
        if len(self.flaws) < audit_head.MOST_FLAWS:
            self.flaws.append(Flaw(kind, first, last))
