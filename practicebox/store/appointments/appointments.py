"""Appointments and their lists, one hop to the database thread a call. Needs an unlocked vault.

Every change writes the appointment and the sealed pages of the days it touches in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from typing import TypeVar

from practicebox.store.appointments import booking, visits
from practicebox.store.appointments.agenda import Agenda, NotInMemory
from practicebox.store.appointments.booking import Booked
from practicebox.store.appointments.listing import Listing, read_cursor
from practicebox.store.audit import audit
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.consents import passes
from practicebox.store.news import CHANGED, Happening
from practicebox.store.outbox import changes as outbox_changes
from practicebox.store.patients.directory import Directories
from practicebox.store.patients.register import Register
from practicebox.store.records import Appointment, AppointmentDraft, Entry
from practicebox.store.sql.database import empty_log
from practicebox.store.sql.transactions import transaction
from practicebox.store.terms import NO_TERMS, Terms
from practicebox.store.vault.subjects import shred

T = TypeVar("T")
DayChanges = defaultdict[str, dict[str, Entry | None]]  # day -> id -> the entry now, None if gone
Write = Callable[[sqlite3.Connection, DayChanges, Register], T]


class Appointments:
    """The calendar of the practice. Every method raises `Locked` while the vault is locked."""

    def __init__(self, box: Box, directories: Directories) -> None:
        self._box = box
        self._agenda: Agenda | None = None
        self._directories = directories

    def forget(self) -> None:
        """Drop every open page and the search index."""
        self._agenda = None

    async def add(
        self, draft: AppointmentDraft, by: By = BY_BOX, terms: Terms[Appointment] = NO_TERMS
    ) -> Appointment:
        """Plan an appointment, with fresh access codes and link; raise `NoSuchPatient`."""
        return (await self.add_all([draft], by, terms))[0]

    async def add_all(
        self,
        drafts: Iterable[AppointmentDraft],
        by: By = BY_BOX,
        terms: Terms[Appointment] = NO_TERMS,
    ) -> list[Appointment]:
        """Plan several appointments, all or none."""
        box, agenda, moment, wanted = self._box, self._open(), self._box.now(), tuple(drafts)

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> list[Appointment]:
            zone = agenda.zone(connection)
            planned = []
            for draft in wanted:
                new = booking.book(connection, box, agenda.keyring, zone, draft, moment, register)
                place(changes, new)
                planned.append(new.appointment)
                self._note(connection, by, Action.APPOINTMENT_ADDED, new.appointment.id)
                terms.after(connection, new.appointment)
            return planned

        return await self.write(write, by)

    async def get(self, appointment_id: str) -> Appointment:
        """One appointment; raise `NoSuchAppointment`."""
        keyring = self._box.vault.keyring()
        run = self._box.database.run
        return (await run(lambda c: booking.find(c, keyring, appointment_id))).appointment

    async def change(
        self,
        appointment_id: str,
        draft: AppointmentDraft,
        by: By = BY_BOX,
        terms: Terms[Appointment] = NO_TERMS,
    ) -> Appointment:
        """Change or move an appointment; codes and link stay, unless it's somebody else's now.

        Raise `NoSuchAppointment` or `NoSuchPatient`.
        """
        box, agenda = self._box, self._open()

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> Appointment:
            old = booking.find(connection, agenda.keyring, appointment_id)
            terms.before(old.appointment)
            zone = agenda.zone(connection)
            new = booking.rebook(connection, box, old, zone, draft, register)
            visits.move(connection, appointment_id, draft.starts, draft.minutes)
            passes.mark(connection, agenda.keyring, new.appointment.patient_id, [appointment_id])
            outbox_changes.changed(
                *(connection, old.subject, old.appointment, new.appointment),
                *(box.now(), box.random),
            )
            changes[old.day][appointment_id] = None
            place(changes, new)
            self._note(connection, by, Action.APPOINTMENT_CHANGED, appointment_id)
            terms.after(connection, new.appointment)
            return new.appointment

        return await self.write(write, by)

    async def cancel(
        self, appointment_id: str, by: By = BY_BOX, terms: Terms[Appointment] = NO_TERMS
    ) -> Appointment:
        """Cancel an appointment and end its visits; raise `NoSuchAppointment`."""
        agenda = self._open()

        def write(
            connection: sqlite3.Connection, changes: DayChanges, register: Register
        ) -> Appointment:
            old = booking.find(connection, agenda.keyring, appointment_id)
            terms.before(old.appointment)
            new = booking.set_state(connection, old, "cancelled")
            visits.end(connection, appointment_id)
            moment, random = self._box.now(), self._box.random
            outbox_changes.cancelled(connection, old.subject, old.appointment, moment, random)
            place(changes, new)
            self._note(connection, by, Action.APPOINTMENT_CANCELLED, appointment_id)
            terms.after(connection, new.appointment)
            return new.appointment

        return await self.write(write, by)

    async def delete(
        self, appointment_id: str, by: By = BY_BOX, terms: Terms[Appointment] = NO_TERMS
    ) -> None:
        """Throw away its key, then its rows, also of a damaged one; raise `NoSuchAppointment`."""
        keyring = self._open().keyring

        def write(connection: sqlite3.Connection, changes: DayChanges, register: Register) -> None:
            row = connection.execute(
                "SELECT day FROM appointments WHERE id = ?", (appointment_id,)
            ).fetchone()
            if row is None:
                raise NoSuchAppointment
            with suppress(SealBroken, NoSuchPatient):
                old = booking.find(connection, keyring, appointment_id).appointment
                terms.before(old)
                if old.patient_id:
                    register.unrelate(old.patient_id, appointment_id)
            shred(connection, appointment_id)
            changes[row[0]][appointment_id] = None
            self._note(connection, by, Action.APPOINTMENT_DELETED, appointment_id)

        await self.write(write, by, erases=True)

    async def day(self, day: date) -> list[Entry]:
        """The entries of one local day, by start."""
        agenda, name = self._open(), day.isoformat()
        try:
            return list(agenda.remembered_day(name))
        except NotInMemory:
            return list(await self._box.database.run(lambda c: agenda.page(c, name)))

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

    async def write(self, function: Write[T], by: By | None, *, erases: bool = False) -> T:
        """Run `function` and rewrite the days and patients it names, in one transaction.

        Each patient who is new in the directory is noted as added by `by`; None where nobody adds
        them. `erases` gives the pages new keys and empties the write-ahead log. Raise `Locked`.
        """
        agenda, moment, random = self._open(), self._box.now(), self._box.random
        directory, touched = self._directories.of(agenda.keyring), set[str]()

        def write(connection: sqlite3.Connection) -> T:
            def added(patient_id: str) -> None:
                if by:
                    self._note(connection, by, Action.PATIENT_ADDED, patient_id)

            changes: DayChanges = defaultdict(dict)
            with transaction(connection, moment):
                register = Register(connection, agenda.keyring, random, moment, added)
                result = function(connection, changes, register)
                agenda.rename(connection, changes, register.renamed())
                names = register.write()
                pages = agenda.rewrite(connection, changes, random, fresh=erases)
            agenda.commit(pages)  # here and not after the hop: the caller may be gone by then
            directory.commit(names)
            touched.update(id_ for day in changes.values() for id_ in day)
            if erases:
                empty_log(connection)
            return result

        try:
            return await self._box.database.run(write)
        finally:
            self._box.news.tell()
            self._box.news.happened(Happening(id_, CHANGED, moment) for id_ in sorted(touched))

    def _note(self, connection: sqlite3.Connection, by: By, action: Action, subject: str) -> None:
        box, entry = self._box, by.did(action, subject)
        audit.note(connection, box.vault.keyring(), box.random, box.now(), entry)

    def _open(self) -> Agenda:
        keyring = self._box.vault.keyring()
        if self._agenda is None or self._agenda.keyring is not keyring:
            self._agenda = Agenda(keyring)
        return self._agenda


def place(changes: DayChanges, booked: Booked) -> None:
    """Note where an appointment stands in the calendar from now on."""
    changes[booked.day][booked.appointment.id] = booking.entry(booked.appointment)
