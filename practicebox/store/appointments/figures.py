"""The practice's numbers: counted anew from the rows as long as these are there, then kept.

Every day whose appointments are still kept is counted from them, as often as one likes: nothing is
added to anything, so that no restart loses a number and no job counts twice. What was counted last
stays in `figures` when the retention deletes the appointments. The numbers have a day and a name
of a number, no ids; they go after three years.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from practicebox.practice import figures
from practicebox.practice.day import Plan
from practicebox.practice.figures import Case, Way
from practicebox.store.appointments.appointments import Appointments
from practicebox.store.appointments.attendance import Attendance
from practicebox.store.appointments.confirmations import Confirmations
from practicebox.store.box import Box
from practicebox.store.retention import first_kept
from practicebox.store.settings import Settings

CLOSED = "figures_closed"  # setting: days before it are never counted again
KEPT = timedelta(days=3 * 366)
Days = dict[date, Counter[str]]


class Figures:
    """Counting and reading raise `Locked` while the vault is locked; ways are noted any time."""

    def __init__(self, box: Box, appointments: Appointments) -> None:
        self._box = box
        self._appointments = appointments
        self._attendance = Attendance(box)
        self._confirmations = Confirmations(box)
        self._settings = Settings(box)

    async def note_way(self, appointment_id: str, way: Way) -> None:
        """Keep what a page told of a call; twice is once, and nothing of one that is gone."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR IGNORE INTO ways (appointment, way)"
                " SELECT id, ? FROM appointments WHERE id = ?",
                (way.value, appointment_id),
            )

        await self._box.database.transaction(write)

    async def count(self) -> None:
        """Write down the numbers of every day whose appointments are still kept."""
        since = await self._close()
        fresh, known = await self._fresh(since, date.max), await self._read(since, date.max)
        changed = {d: fresh.get(d, Counter()) for d in fresh.keys() | known.keys()}
        changed = {d: numbers for d, numbers in changed.items() if numbers != known.get(d)}
        before = (self._box.now().date() - KEPT).isoformat()
        if changed or await self._is_older(before):
            await self._box.database.transaction(lambda c: _write(c, changed, before))

    async def between(self, first: date, last: date) -> Days:
        """The numbers of these days, as they are now."""
        since = await self._open_since()
        kept = await self._read(first, min(last, since - timedelta(days=1)))
        return kept | await self._fresh(max(first, since), last)

    async def _close(self) -> date:
        """The first day that can be counted from its rows; never an earlier one than last time, or
        a clock put back would count days whose appointments are gone."""
        since, kept = await self._open_since(), await self._settings.get(CLOSED)
        if since.isoformat() != kept:
            await self._settings.keep(CLOSED, since.isoformat())
        return since

    async def _open_since(self) -> date:
        kept = await self._settings.get(CLOSED)
        since = first_kept(self._box.now(), await self._box.database.run(_zone))
        return max(since, date.fromisoformat(kept)) if kept else since

    async def _fresh(self, first: date, last: date) -> Days:
        """Counted from the rows, one day after the other: others get their turn in between."""
        zone = await self._box.database.run(_zone)
        last = min(last, self._box.now().astimezone(zone).date())
        days = await self._box.database.run(lambda c: _days(c, first, last))
        numbers = {day: await self._count_day(day) for day in days}
        return {day: found for day, found in numbers.items() if found}

    async def _count_day(self, day: date) -> Counter[str]:
        entries = await self._appointments.day(day)
        ids = [entry.id for entry in entries]
        happened = await self._attendance.of(ids)
        confirmed = await self._confirmations.which(ids)
        ways = await self._box.database.run(lambda c: _ways(c, ids))
        cases = (
            Case(
                Plan(e.starts, e.minutes, e.state == "cancelled", e.kind == "phone"),
                happened.get(e.id, ()),
                e.id in confirmed,
                frozenset(ways.get(e.id, ())),
            )
            for e in entries
        )
        return figures.count(cases, self._box.now())

    async def _read(self, first: date, last: date) -> Days:
        rows = await self._box.database.run(
            lambda connection: connection.execute(
                "SELECT day, what, count FROM figures WHERE day BETWEEN ? AND ?",
                (first.isoformat(), last.isoformat()),
            ).fetchall()
        )
        found: Days = {}
        for day, what, many in rows:
            found.setdefault(date.fromisoformat(day), Counter())[what] = many
        return found

    async def _is_older(self, day: str) -> bool:
        query = "SELECT 1 FROM figures WHERE day < ? LIMIT 1"
        row = await self._box.database.run(lambda c: c.execute(query, (day,)).fetchone())
        return row is not None


def _zone(connection: sqlite3.Connection) -> ZoneInfo:
    row = connection.execute("SELECT time_zone FROM practice").fetchone()
    return ZoneInfo(row[0] if row else "UTC")


def _days(connection: sqlite3.Connection, first: date, last: date) -> list[date]:
    """The days with appointments."""
    rows = connection.execute(
        "SELECT day FROM day_pages WHERE day BETWEEN ? AND ? ORDER BY day",
        (first.isoformat(), last.isoformat()),
    )
    return [date.fromisoformat(day) for (day,) in rows]


def _ways(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, list[Way]]:
    rows = connection.execute(
        "SELECT appointment, way FROM ways WHERE appointment IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    found: dict[str, list[Way]] = {}
    for id_, way in rows:
        found.setdefault(id_, []).append(Way(way))
    return found


def _write(
    connection: sqlite3.Connection, days: Mapping[date, Mapping[str, int]], before: str
) -> None:
    for day, numbers in days.items():
        connection.execute("DELETE FROM figures WHERE day = ?", (day.isoformat(),))
        connection.executemany(
            "INSERT INTO figures (day, what, count) VALUES (?, ?, ?)",
            [(day.isoformat(), what, many) for what, many in numbers.items() if many],
        )
    connection.execute("DELETE FROM figures WHERE day < ?", (before,))
