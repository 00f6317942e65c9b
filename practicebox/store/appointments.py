"""Appointments and their lists, one hop to the database thread a call. Needs an unlocked vault.

Every change writes the appointment and the sealed pages of the days it touches in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from practicebox.store import booking, visits
from practicebox.store.agenda import Agenda, NotInMemory
from practicebox.store.booking import Booked
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.database import empty_log
from practicebox.store.listing import Listing, read_cursor
from practicebox.store.records import Appointment, AppointmentDraft, Entry
from practicebox.store.subjects import shred
from practicebox.store.transactions import transaction

T = TypeVar("T")
DayChanges = defaultdict[str, dict[str, Entry | None]]  # day -> id -> the entry now, None if gone


class Appointments:
    """The calendar of the practice. Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._agenda: Agenda | None = None

    def forget(self) -> None:
        """Drop every open page and the search index."""
        self._agenda = None

    async def add(self, draft: AppointmentDraft) -> Appointment:
        """Plan an appointment, with fresh access codes and a fresh link."""
        (appointment,) = await self.add_all([draft])
        return appointment

    async def add_all(self, drafts: Iterable[AppointmentDraft]) -> list[Appointment]:
        """Plan several appointments, all or none."""
        box, agenda, moment, wanted = self._box, self._open(), self._box.now(), tuple(drafts)

        def write(connection: sqlite3.Connection, changes: DayChanges) -> list[Appointment]:
            zone = agenda.zone(connection)
            planned = []
            for draft in wanted:
                new = booking.book(connection, box, agenda.keyring, zone, draft, moment)
                _place(changes, new)
                planned.append(new.appointment)
            return planned

        return await self._write(agenda, moment, write)

    async def get(self, appointment_id: str) -> Appointment:
        """One appointment; raise `NoSuchAppointment`."""
        keyring = self._box.vault.keyring()
        booked = await self._box.database.run(
            lambda connection: booking.find(connection, keyring, appointment_id)
        )
        return booked.appointment

    async def change(self, appointment_id: str, draft: AppointmentDraft) -> Appointment:
        """Change or move an appointment; codes and link stay. Raise `NoSuchAppointment`."""
        box, agenda = self._box, self._open()

        def write(connection: sqlite3.Connection, changes: DayChanges) -> Appointment:
            zone = agenda.zone(connection)
            old = booking.find(connection, agenda.keyring, appointment_id)
            new = booking.rebook(connection, box, old, zone, draft)
            visits.move(connection, appointment_id, draft.starts, draft.minutes)
            changes[old.day][appointment_id] = None
            _place(changes, new)
            return new.appointment

        return await self._write(agenda, box.now(), write)

    async def cancel(self, appointment_id: str) -> Appointment:
        """Cancel an appointment and end its visits; raise `NoSuchAppointment`."""
        agenda = self._open()

        def write(connection: sqlite3.Connection, changes: DayChanges) -> Appointment:
            old = booking.find(connection, agenda.keyring, appointment_id)
            new = booking.set_state(connection, old, "cancelled")
            visits.end(connection, appointment_id)
            _place(changes, new)
            return new.appointment

        return await self._write(agenda, self._box.now(), write)

    async def delete(self, appointment_id: str) -> None:
        """Throw away the appointment's key, then its rows; raise `NoSuchAppointment`.

        Works without opening the appointment, so that a damaged one can be deleted too.
        """
        agenda = self._open()

        def write(connection: sqlite3.Connection, changes: DayChanges) -> None:
            row = connection.execute(
                "SELECT day FROM appointments WHERE id = ?", (appointment_id,)
            ).fetchone()
            if row is None:
                raise NoSuchAppointment
            shred(connection, appointment_id)
            changes[row[0]][appointment_id] = None

        await self._write(agenda, self._box.now(), write, erases=True)

    async def day(self, day: date) -> list[Entry]:
        """The entries of one local day, by start."""
        agenda, name = self._open(), day.isoformat()
        try:
            return list(agenda.remembered_day(name))
        except NotInMemory:
            page = await self._box.database.run(lambda connection: agenda.page(connection, name))
            return list(page)

    async def upcoming(self, now: datetime, limit: int, after: str | None = None) -> list[Entry]:
        """What is not yet over, soonest first, behind the cursor; raise `NotACursor`."""
        return await self._list(Listing(False, now, limit, read_cursor(after)))

    async def past(self, now: datetime, limit: int, before: str | None = None) -> list[Entry]:
        """What is over, latest first, before the cursor; raise `NotACursor`."""
        return await self._list(Listing(True, now, limit, read_cursor(before)))

    async def search(self, text: str, limit: int, *, past: bool, now: datetime) -> list[Entry]:
        """Entries whose patient's name has every word of `text`, in the order of the lists."""
        agenda, listing = self._open(), Listing(past, now, limit)
        while not await self._box.database.run(agenda.index_some):
            agenda = self._open()  # the vault may have been locked in the meantime
        find = agenda.finder(text)
        return await self._box.database.run(
            lambda connection: agenda.collect(connection, listing, find)
        )

    async def _list(self, listing: Listing) -> list[Entry]:
        agenda = self._open()
        try:
            return agenda.remembered(listing)
        except NotInMemory:
            return await self._box.database.run(
                lambda connection: agenda.collect(connection, listing)
            )

    async def _write(
        self,
        agenda: Agenda,
        moment: datetime,
        function: Callable[[sqlite3.Connection, DayChanges], T],
        *,
        erases: bool = False,
    ) -> T:
        """Run `function` and rewrite the days it names, in one transaction."""
        random = self._box.random

        def write(connection: sqlite3.Connection) -> T:
            changes: DayChanges = defaultdict(dict)
            with transaction(connection, moment):
                result = function(connection, changes)
                pages = agenda.rewrite(connection, changes, random)
            agenda.commit(pages)  # here and not after the hop: the caller may be gone by then
            if erases:
                empty_log(connection)
            return result

        return await self._box.database.run(write)

    def _open(self) -> Agenda:
        keyring = self._box.vault.keyring()
        if self._agenda is None or self._agenda.keyring is not keyring:
            self._agenda = Agenda(keyring)
        return self._agenda


def _place(changes: DayChanges, booked: Booked) -> None:
    changes[booked.day][booked.appointment.id] = booking.entry(booked.appointment)
