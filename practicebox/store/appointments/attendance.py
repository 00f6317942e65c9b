"""Who came when: what happened around each consultation, one row an event.

In clear, for it must be written while the vault is locked (patients come whenever they like) and
the start page needs a whole day of it in one query. A row names an appointment by its id, no
person. The rows go with their appointment.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from practicebox.practice.day import Event, Happened
from practicebox.store.box import Box
from practicebox.store.news import Happening
from practicebox.store.times import from_text, to_text

MOST = 200  # events of one appointment; a line that comes and goes writes no more than that


class Attendance:
    """What has happened so far. Works while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def note(self, appointment_id: str, event: Event, at: datetime) -> None:
        """Keep an event; nothing is kept of an appointment that is gone by now."""

        def write(connection: sqlite3.Connection) -> int:
            noted = connection.execute(
                "INSERT INTO attendance (appointment, at, event)"
                " SELECT id, ?, ? FROM appointments WHERE id = ? AND"
                " (SELECT count(*) FROM attendance WHERE appointment = appointments.id) < ?",
                (to_text(at), event.value, appointment_id, MOST),
            )
            return noted.rowcount

        if await self._box.database.transaction(write):
            self._box.news.happened([Happening(appointment_id, event.value, at)])

    async def of(self, appointment_ids: Iterable[str]) -> dict[str, list[Happened]]:
        """The events of those appointments that have any, the oldest first, in one query."""
        wanted = json.dumps(list(appointment_ids))

        def read(connection: sqlite3.Connection) -> dict[str, list[Happened]]:
            found: dict[str, list[Happened]] = {}
            rows = connection.execute(
                "SELECT appointment, at, event FROM attendance"
                " WHERE appointment IN (SELECT value FROM json_each(?)) ORDER BY number",
                (wanted,),
            )
            for id_, at, event in rows:
                found.setdefault(id_, []).append(Happened(Event(event), from_text(at)))
            return found

        return await self._box.database.run(read)
