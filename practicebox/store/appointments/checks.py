"""What the technical check found, for each appointment whose patient ran it: one word and a time.

Both are in clear, for they must be written while the vault is locked (a patient checks whenever
they like) and the reception's list needs a whole day of them in one query. The word is one of a
few that say nothing of a person, only of their device and line; no name, no address, no browser.
The row goes with its appointment.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.times import from_text, to_text

Light = Literal["green", "yellow", "red"]


class Verdict(Enum):
    """What stands most in the way, or nothing; `static/js/check/verdict.js` has the same words."""

    GOOD = "good"
    NO_SOUND = "no-sound"  # the patient did not hear the test tone
    SILENT = "silent"  # the microphone is on and hears nothing
    NO_UDP = "no-udp"  # only the detour by TCP or TLS gets through
    SLOW = "slow"  # below the 2,000 kbit/s of Anlage 31b
    SOUND_ONLY = "sound-only"  # too slow for a picture
    BUSY = "busy"  # another program has the camera or the microphone
    NO_CAMERA = "no-camera"
    NO_MICROPHONE = "no-microphone"
    REFUSED = "refused"  # the browser may not use them
    NO_PATH = "no-path"  # neither direct nor by the relay
    UNSUITABLE = "unsuitable"  # the browser can't do video consultations

    @property
    def light(self) -> Light:
        """Green: nothing to do. Yellow: it works, not well. Red: not like this."""
        if self is Verdict.GOOD:
            return "green"
        return "yellow" if self in _WITH_LIMITS else "red"


_WITH_LIMITS = {
    Verdict.NO_SOUND,
    Verdict.SILENT,
    Verdict.NO_UDP,
    Verdict.SLOW,
    Verdict.SOUND_ONLY,
}


@dataclass(frozen=True)
class Check:
    """The last technical check for an appointment."""

    verdict: Verdict
    at: datetime  # aware, UTC, to the second


class Checks:
    """The last check of each appointment. Works while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def note(self, appointment_id: str, verdict: Verdict, at: datetime) -> None:
        """Keep the latest verdict; raise `NoSuchAppointment`."""

        def write(connection: sqlite3.Connection) -> None:
            # Into the table only by way of the appointment: its id may be gone by now.
            written = connection.execute(
                "INSERT INTO checks (appointment, verdict, at)"
                " SELECT id, ?, ? FROM appointments WHERE id = ?"
                " ON CONFLICT (appointment)"
                " DO UPDATE SET verdict = excluded.verdict, at = excluded.at",
                (verdict.value, to_text(at), appointment_id),
            )
            if written.rowcount != 1:
                raise NoSuchAppointment

        await self._box.database.transaction(write)

    async def of(self, appointment_ids: Iterable[str]) -> dict[str, Check]:
        """The checks of those appointments that have one, in one query."""
        wanted = list(appointment_ids)
        return await self._box.database.run(lambda connection: read_checks(connection, wanted))


def read_checks(connection: sqlite3.Connection, ids: list[str]) -> dict[str, Check]:
    """The checks of those appointments that have one."""
    rows = connection.execute(
        "SELECT appointment, verdict, at FROM checks"
        " WHERE appointment IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return {id_: Check(Verdict(word), from_text(at)) for id_, word, at in rows}
