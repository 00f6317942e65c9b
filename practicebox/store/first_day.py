"""What a practice has done of its first day, seen from what exists; and who wants no list of it."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from practicebox.store.box import Box
from practicebox.store.settings import OPENING
from practicebox.store.times import to_text

_DISMISSED = "first_day_"  # setting, with the id of a user who wants to see no list


class Thing(StrEnum):
    """What is to be done on the first day, in order."""

    OPENING = "opening"
    MAILBOX = "mailbox"
    COLLEAGUE = "colleague"
    APPOINTMENT = "appointment"
    CALL = "call"


_EXISTS = {
    Thing.OPENING: f"SELECT 1 FROM settings WHERE name = '{OPENING}'",
    Thing.MAILBOX: "SELECT 1 FROM sealed_settings WHERE name = 'mail'",
    Thing.COLLEAGUE: "SELECT 1 FROM users LIMIT 1 OFFSET 1",
    Thing.APPOINTMENT: "SELECT 1 FROM appointments UNION ALL SELECT 1 FROM figures LIMIT 1",
    Thing.CALL: "SELECT 1 FROM ways UNION ALL SELECT 1 FROM figures WHERE what = 'calls' LIMIT 1",
}


class FirstDay:
    """Works while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def done(self, user_id: str) -> set[Thing] | None:
        """What is done; None for whoever wants no list, and once nothing is left."""
        return await self._box.database.run(lambda connection: _done(connection, user_id))

    async def dismiss(self, user_id: str) -> None:
        """No list any more for this user."""
        moment = to_text(self._box.now())
        await self._box.database.transaction(
            lambda connection: connection.execute(
                "INSERT OR IGNORE INTO settings (name, value, changed) VALUES (?, 'yes', ?)",
                (_DISMISSED + user_id, moment),
            )
        )


def _done(connection: sqlite3.Connection, user_id: str) -> set[Thing] | None:
    query = "SELECT 1 FROM settings WHERE name = ?"
    if connection.execute(query, (_DISMISSED + user_id,)).fetchone():
        return None
    found = {thing for thing, query in _EXISTS.items() if connection.execute(query).fetchone()}
    return None if len(found) == len(Thing) else found
