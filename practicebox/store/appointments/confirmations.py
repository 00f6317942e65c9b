"""Service confirmations: the patient says that a consultation took place, and what of it.

Sealed to the practice's public key, because patients confirm while the vault is locked as well. The
blob has times, the way it was confirmed and the id of the user who noted it; it names nobody. The
first confirmation stands until the practice takes it back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from practicebox.practice.confirmation import Break, Held
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.aead import associated
from practicebox.store.vault.keyring import Keyring, open_submission, seal_submission

Way = Literal["screen", "desk", "paper"]

LONG_OVER = timedelta(days=1)  # then it is over even where no end was noted
_TABLE = "confirmations"


@dataclass(frozen=True)
class Confirmation:
    """What was confirmed, when and how."""

    at: datetime
    way: Way
    held: Held
    by: str = ""  # id of the user who noted it; empty: the patient


class Confirmations:
    """Confirming works while the vault is locked; reading raises `Locked` then."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def add(self, appointment_id: str, held: Held, way: Way, by: By) -> bool:
        """Keep a confirmation, unless there is one; whether it was kept.

        Raise `NoSuchAppointment`.
        """
        box, now = self._box, self._box.now()
        staff = "" if way == "screen" else by.actor
        content = _dump(Confirmation(now, way, held, staff))

        def write(connection: sqlite3.Connection) -> bool:
            if _state(connection, appointment_id) != "planned":
                raise NoSuchAppointment
            if _is_there(connection, appointment_id):
                return False
            generation, key = connection.execute(
                "SELECT generation, public_key FROM practice"
            ).fetchone()
            sealed = seal_submission(key, _place(appointment_id, generation), content)
            connection.execute(
                "INSERT INTO confirmations (id, at, generation, sealed) VALUES (?, ?, ?, ?)",
                (appointment_id, to_text(now), generation, sealed),
            )
            noted = by.did(Action.CONFIRMED, appointment_id, way)
            audit_waiting.record(connection, box, now, noted)
            return True

        return await box.database.transaction(write, erases=not box.vault.is_unlocked)

    async def take_back(self, appointment_id: str, by: By) -> None:
        """Forget a confirmation that was noted by mistake; nothing where there is none."""
        box, now = self._box, self._box.now()

        def write(connection: sqlite3.Connection) -> None:
            gone = connection.execute("DELETE FROM confirmations WHERE id = ?", (appointment_id,))
            if gone.rowcount:
                noted = by.did(Action.UNCONFIRMED, appointment_id)
                audit_waiting.record(connection, box, now, noted)

        await box.database.transaction(write, erases=True)

    async def is_there(self, appointment_id: str) -> bool:
        """Whether it has been confirmed, locked or not."""
        return await self._box.database.run(lambda c: _is_there(c, appointment_id))

    async def get(self, appointment_id: str) -> Confirmation | None:
        """What was confirmed; raise `SealBroken`."""
        keyring = self._box.vault.keyring()

        found = await self._box.database.run(lambda c: read(c, keyring, [appointment_id]))
        return found.get(appointment_id)

    async def missing(self, since: datetime, now: datetime) -> list[tuple[str, datetime]]:
        """Id and start of what was planned since then, took place, is over, and nobody has
        confirmed yet; the latest first."""
        self._box.vault.keyring()
        rows = await self._box.database.run(
            lambda connection: connection.execute(
                "SELECT id, starts FROM appointments WHERE starts >= ? AND state = 'planned'"
                " AND id IN (SELECT appointment FROM attendance WHERE event = 'began')"
                " AND (starts < ? OR"
                " id IN (SELECT appointment FROM attendance WHERE event = 'ended'))"
                " AND id NOT IN (SELECT id FROM confirmations) ORDER BY starts DESC, id",
                (to_text(since), to_text(now - LONG_OVER)),
            ).fetchall()
        )
        return [(id_, from_text(starts)) for id_, starts in rows]

    async def which(self, appointment_ids: Iterable[str]) -> set[str]:
        """Those of the appointments that have been confirmed, in one query."""
        wanted = json.dumps(list(appointment_ids))
        query = "SELECT id FROM confirmations WHERE id IN (SELECT value FROM json_each(?))"
        rows = await self._box.database.run(lambda c: c.execute(query, (wanted,)).fetchall())
        return {id_ for (id_,) in rows}


def read(
    connection: sqlite3.Connection, keyring: Keyring, ids: Iterable[str]
) -> dict[str, Confirmation]:
    """What was confirmed of these appointments; raise `SealBroken`."""
    rows = connection.execute(
        "SELECT id, generation, sealed FROM confirmations"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    found = {}
    for id_, generation, sealed in rows:
        place = _place(id_, generation)
        content = open_submission(keyring.generation(generation), place, sealed)
        found[id_] = _load(json.loads(content))
    return found


def _is_there(connection: sqlite3.Connection, appointment_id: str) -> bool:
    query = "SELECT 1 FROM confirmations WHERE id = ?"
    return connection.execute(query, (appointment_id,)).fetchone() is not None


def _state(connection: sqlite3.Connection, appointment_id: str) -> str | None:
    row = connection.execute(
        "SELECT state FROM appointments WHERE id = ?", (appointment_id,)
    ).fetchone()
    return row and str(row[0])


def _place(appointment_id: str, generation: int) -> bytes:
    return associated(_TABLE, appointment_id, generation)


def _dump(one: Confirmation) -> bytes:
    held = one.held
    content = {
        "at": to_text(one.at),
        "way": one.way,
        "by": one.by,
        "began": to_text(held.began),
        "ended": held.ended and to_text(held.ended),
        "breaks": [[to_text(gap.begins), to_text(gap.ends)] for gap in held.breaks],
    }
    return json.dumps(content, separators=(",", ":")).encode()


def _load(content: dict[str, Any]) -> Confirmation:
    ended = content["ended"] and from_text(content["ended"])
    breaks = tuple(Break(from_text(a), from_text(b)) for a, b in content["breaks"])
    held = Held(from_text(content["began"]), ended, breaks)
    return Confirmation(from_text(content["at"]), content["way"], held, content["by"])
