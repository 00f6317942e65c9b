"""Settings that may not be read from the disk: accounts with their passwords, the practice's texts.

Sealed with the current generation like a derived page, each to its name.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box
from practicebox.store.vault import keyring as keys
from practicebox.store.vault.keyring import Keyring

TABLE = "sealed_settings"


class SealedSettings:
    """By name, as plain JSON values. Needs an unlocked vault; raises `Locked` otherwise."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def get(self, name: str) -> dict[str, Any]:
        """The values of a name; empty if nothing was ever kept. Raise `SealBroken`."""
        keyring = self._box.vault.keyring()
        return await self._box.database.run(lambda c: read(c, keyring, name))

    async def keep(self, name: str, values: dict[str, Any], by: By = BY_BOX) -> None:
        """Keep values in place of earlier ones."""
        box, keyring = self._box, self._box.vault.keyring()
        blob = json.dumps(values, ensure_ascii=False).encode()

        def write(connection: sqlite3.Connection) -> None:
            sealed = keys.seal_page(keyring, TABLE, name, blob, box.random)
            connection.execute(
                "INSERT INTO sealed_settings (name, generation, sealed) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET"
                " generation = excluded.generation, sealed = excluded.sealed",
                (name, keyring.current.number, sealed),
            )
            deed = by.did(Action.SETTING_CHANGED, detail=name)
            audit.note(connection, keyring, box.random, box.now(), deed)

        await box.database.transaction(write)
        box.news.tell()


def read(connection: sqlite3.Connection, keyring: Keyring, name: str) -> dict[str, Any]:
    """The values of a name; raise `SealBroken`."""
    row = connection.execute(
        "SELECT generation, sealed FROM sealed_settings WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        return {}
    values: dict[str, Any] = json.loads(keys.open_page(keyring, TABLE, name, *row))
    return values
