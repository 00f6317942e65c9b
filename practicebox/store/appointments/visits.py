"""Visits: a patient's browser that has been let in, until the appointment's window closes.

Works while the vault is locked. The database knows a visit only by the tag of its token.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from practicebox.practice.window import window
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import PATIENT, Action, By
from practicebox.store.box import Box, new_id, new_token
from practicebox.store.conditions import NoSuchAppointment, NoVisit
from practicebox.store.records import Visit
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.boxkey import BoxKey

AFTERWARDS = timedelta(minutes=30)  # of a visit that begins when its window has closed


class Visits:
    """Who has been let in."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def start(self, appointment_id: str, participant_id: str = "") -> str:
        """The token of a new visit; raise `NoSuchAppointment`, also for a cancelled one and for a
        participant whose door is closed.

        After the window it lets nobody into the room; it is there to confirm what took place.
        """
        visit_id, token = new_id(self._box.random), new_token(self._box.random)
        now = self._box.now()
        tag, moment = _tag(self._box.key, token), to_text(now)
        action = Action.PARTICIPANT_JOINED if participant_id else Action.PATIENT_JOINED
        joined = By(PATIENT).did(action, appointment_id)

        def write(connection: sqlite3.Connection) -> None:
            row = connection.execute(
                "SELECT starts, minutes FROM appointments WHERE id = ? AND state = 'planned'"
                " AND (? = '' OR EXISTS (SELECT 1 FROM participants"
                " WHERE id = ? AND appointment = appointments.id AND released AND conference))",
                (appointment_id, participant_id, participant_id),
            ).fetchone()
            if row is None:
                raise NoSuchAppointment
            connection.execute("DELETE FROM visits WHERE expires <= ?", (moment,))
            connection.execute(
                "INSERT INTO visits (id, tag, appointment, participant, expires)"
                " VALUES (?, ?, ?, nullif(?, ''), ?)",
                (
                    *(visit_id, tag, appointment_id, participant_id),
                    to_text(_expires(row[0], row[1], now)),
                ),
            )
            audit_waiting.record(connection, self._box, now, joined)

        await self._box.database.transaction(write, erases=not self._box.vault.is_unlocked)
        return token

    async def find(self, token: str) -> Visit:
        """The visit of a token; raise `NoVisit`."""
        tag, moment = _tag(self._box.key, token), to_text(self._box.now())
        row = await self._box.database.run(
            lambda connection: connection.execute(
                "SELECT visits.id, visits.appointment, starts, minutes, state,"
                " ifnull(participant, ''), conference FROM visits"
                " JOIN appointments ON appointments.id = visits.appointment"
                " LEFT JOIN participants ON participants.id = participant"
                " WHERE tag = ? AND expires > ?"
                " AND (participant IS NULL OR (released AND conference))",
                (tag, moment),
            ).fetchone()
        )
        if row is None:
            raise NoVisit
        visit_id, appointment_id, starts, minutes, state, participant, conference = row
        times = from_text(starts), minutes
        return Visit(visit_id, appointment_id, *times, state, participant, bool(conference))


def move(
    connection: sqlite3.Connection, appointment_id: str, starts: datetime, minutes: int
) -> None:
    """Let the visits of an appointment move along with it."""
    connection.execute(
        "UPDATE visits SET expires = ? WHERE appointment = ?",
        (_closes(starts, minutes), appointment_id),
    )


def end(connection: sqlite3.Connection, appointment_id: str) -> None:
    """Send away everybody who was let in to an appointment."""
    connection.execute("DELETE FROM visits WHERE appointment = ?", (appointment_id,))


def _expires(starts: str, minutes: int, now: datetime) -> datetime:
    closes = window(from_text(starts), minutes).closes
    return closes if now < closes else now + AFTERWARDS


def _closes(starts: datetime, minutes: int) -> str:
    return to_text(window(starts, minutes).closes)


def _tag(key: BoxKey, token: str) -> bytes:
    return key.tag("visit", token.encode("utf-8", "surrogatepass"))
