"""What the box has learned about its own connection, by name; nothing of patients or staff.

In clear, because it is needed while the vault is locked and says nothing that the public name of
the practice doesn't.
"""

from __future__ import annotations

import sqlite3

from practicebox.store.box import Box
from practicebox.store.times import to_text

PUBLIC_ADDRESS = "public_address"  # IPv4 address of the practice's line
ASK_CONSENT = "ask_consent"  # "yes": patients agree before the waiting room, if they haven't yet
OPENING = "opening"  # JSON: opening hours and state (`practice/opening`)
REACH = "reach"  # JSON: result of the last outside-in test


class Settings:
    """Small facts that survive a restart."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def get(self, name: str) -> str | None:
        """The value, None if nothing was ever kept."""
        row = await self._box.database.run(
            lambda connection: connection.execute(
                "SELECT value FROM settings WHERE name = ?", (name,)
            ).fetchone()
        )
        return row and str(row[0])

    async def keep(self, name: str, value: str) -> None:
        """Keep a value in place of an earlier one."""
        moment = to_text(self._box.now())

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO settings (name, value, changed) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET"
                " value = excluded.value, changed = excluded.changed",
                (name, value, moment),
            )

        await self._box.database.transaction(write)
