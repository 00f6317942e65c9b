"""Blocked times: when the practice, or one clinician, has no consultations.

Clear are an id and the times; whose time it is and why stand in the seal. Each is a subject of its
own. Needs an unlocked vault.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta

from practicebox.practice.opening import Blocked
from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Keyring, open_record, open_subject, seal_record
from practicebox.store.vault.subjects import add_subject, shred

KEPT = timedelta(days=90)  # after their end, as long as everything about consultations
SETTING = "blocked_times"  # as the audit log calls them
_TABLE = "blocked"
_SELECT = (
    "SELECT blocked.id, starts, ends, blocked.generation, sealed, subjects.generation, wrapped"
    " FROM blocked JOIN subjects USING (id)"
)


class BlockedTimes:
    """The blocked times of the practice. Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def add(
        self, starts: datetime, ends: datetime, whose: str, reason: str, by: By = BY_BOX
    ) -> Blocked:
        """Block a time (aware); what has long been over is thrown away."""
        box, keyring = self._box, self._box.vault.keyring()
        moment = box.now()

        def write(connection: sqlite3.Connection) -> Blocked:
            _shred_over(connection, moment - KEPT)
            subject = add_subject(connection, keyring, new_id(box.random), box.random)
            content = json.dumps({"whose": whose, "reason": reason}, ensure_ascii=False)
            sealed = seal_record(subject, _TABLE, subject.id, content.encode(), box.random)
            connection.execute(
                "INSERT INTO blocked (id, starts, ends, generation, sealed) VALUES (?, ?, ?, ?, ?)",
                (subject.id, to_text(starts), to_text(ends), subject.generation, sealed),
            )
            self._note(connection, by)
            return Blocked(subject.id, starts, ends, whose, reason)

        return await box.database.transaction(write)

    async def between(self, starts: datetime, ends: datetime) -> list[Blocked]:
        """The blocked times that touch a time, the earliest first."""
        keyring = self._box.vault.keyring()

        def read(connection: sqlite3.Connection) -> list[Blocked]:
            rows = connection.execute(
                f"{_SELECT} WHERE ends > ? AND starts < ? ORDER BY starts, blocked.id",
                (to_text(starts), to_text(ends)),
            )
            return [_open(keyring, *row) for row in rows]

        return await self._box.database.run(read)

    async def remove(self, blocked_id: str, by: By = BY_BOX) -> bool:
        """Give a time free again; whether it was blocked."""
        self._box.vault.keyring()

        def write(connection: sqlite3.Connection) -> bool:
            known = connection.execute("SELECT 1 FROM blocked WHERE id = ?", (blocked_id,))
            if known.fetchone() is None:
                return False
            shred(connection, blocked_id)
            self._note(connection, by)
            return True

        return await self._box.database.transaction(write, erases=True)

    def _note(self, connection: sqlite3.Connection, by: By) -> None:
        box, entry = self._box, by.did(Action.SETTING_CHANGED, detail=SETTING)
        audit.note(connection, box.vault.keyring(), box.random, box.now(), entry)


def _shred_over(connection: sqlite3.Connection, before: datetime) -> None:
    over = connection.execute("SELECT id FROM blocked WHERE ends < ?", (to_text(before),))
    for (id_,) in over.fetchall():
        shred(connection, id_)


def _open(
    keyring: Keyring,
    id_: str,
    starts: str,
    ends: str,
    generation: int,
    sealed: bytes,
    wrapped_in: int,
    wrapped: bytes,
) -> Blocked:
    subject = open_subject(keyring, id_, wrapped_in, wrapped)
    content = json.loads(open_record(subject, _TABLE, id_, generation, sealed))
    return Blocked(id_, from_text(starts), from_text(ends), content["whose"], content["reason"])
