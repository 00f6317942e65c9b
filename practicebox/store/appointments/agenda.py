"""What is open of the calendar while the vault is unlocked: day pages and the search index.

Belongs to one keyring and is dropped with it. Changed only in the database thread, after the
commit, and each time by one assignment, so that the loop never reads half a change.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from practicebox.store.appointments import day_pages
from practicebox.store.appointments.booking import days_of
from practicebox.store.appointments.day_pages import Page
from practicebox.store.appointments.listing import Find, Listing
from practicebox.store.appointments.names import NamesIndex
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Entry
from practicebox.store.vault.keyring import Keyring

Random = Callable[[int], bytes]
Days = tuple[str, ...]
Changes = Mapping[str, dict[str, Entry | None]]  # day -> id -> the entry now, None if gone

PAGES = 64  # open pages kept; two months of lists, about 1 MiB
INDEX_STEP = 32  # days indexed per hop (7 ms), so that other requests get their turn


class NotInMemory(LookupError):
    """The database has to be asked."""


@dataclass(frozen=True)
class _Open:
    """One state of what is open."""

    pages: Mapping[str, Page] = field(default_factory=dict)  # the oldest first
    zone: ZoneInfo | None = None
    days: Days | None = None  # all days with appointments, in order; None before the first list

    def page(self, day: str) -> Page:
        """An open page; raise `NotInMemory`."""
        try:
            return self.pages[day]
        except KeyError:
            raise NotInMemory from None


class Agenda:
    """The calendar of one unlocked vault."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._open = _Open()
        self._names = NamesIndex()
        self._indexed: str | None = ""  # the last day of the index; None once it's complete

    def remembered_day(self, day: str) -> Page:
        """The page of a day out of memory alone; raise `NotInMemory`."""
        return self._open.page(day)

    def remembered(self, listing: Listing) -> list[Entry]:
        """A list out of memory alone; raise `NotInMemory`."""
        state = self._open
        if state.days is None or state.zone is None:
            raise NotInMemory
        return listing.collect(state.days, state.zone, state.page)

    def page(self, connection: sqlite3.Connection, day: str) -> Page:
        """The page of a day; raise `SealBroken`."""
        try:
            return self._open.page(day)
        except NotInMemory:
            page = day_pages.read(connection, self.keyring, day)
            self._open = replace(self._open, pages=_newest({**self._open.pages, day: page}))
            return page

    def collect(
        self, connection: sqlite3.Connection, listing: Listing, find: Find | None = None
    ) -> list[Entry]:
        """A list, out of memory or the database; raise `SealBroken`."""
        if self._open.days is None:
            self._open = replace(self._open, days=tuple(day_pages.days(connection)))
        days, zone = self._open.days or (), self.zone(connection)
        return listing.collect(days, zone, lambda day: self.page(connection, day), find)

    def zone(self, connection: sqlite3.Connection) -> ZoneInfo:
        """The practice's time zone."""
        if self._open.zone is None:
            (name,) = connection.execute("SELECT time_zone FROM practice").fetchone()
            self._open = replace(self._open, zone=ZoneInfo(name))
        assert self._open.zone is not None
        return self._open.zone

    def rewrite(
        self,
        connection: sqlite3.Connection,
        changes: Changes,
        random: Random,
        *,
        fresh: bool = False,
    ) -> dict[str, Page]:
        """Write the pages of all changed days, once and inside the caller's transaction.

        `fresh` gives them new keys, after a deletion.
        """
        written = {}
        for day, changed in changes.items():
            before = {entry.id: entry for entry in self.page(connection, day)}
            after = [entry for entry in {**before, **changed}.values() if entry is not None]
            written[day] = day_pages.write(
                connection, self.keyring, day, after, random, fresh=fresh
            )
        return written

    def rename(
        self,
        connection: sqlite3.Connection,
        changes: dict[str, dict[str, Entry | None]],
        records: Iterable[PatientRecord],
    ) -> None:
        """Put the new names of patients into the lines of all their appointments."""
        for record in records:
            for id_, day in days_of(connection, record.appointments):
                entries = {entry.id: entry for entry in self.page(connection, day)}
                if id_ in entries and id_ not in changes[day]:
                    changes[day][id_] = entries[id_]._replace(patient_name=record.patient.name)

    def commit(self, written: Mapping[str, Page]) -> None:
        """Take over what `rewrite` wrote, once it is committed."""
        state = self._open
        days = None if state.days is None else _changed_days(state.days, written)
        others = {day: page for day, page in state.pages.items() if day not in written}
        self._open = replace(state, days=days, pages=_newest({**others, **written}))
        for day, page in written.items():
            if self._indexed is None or day <= self._indexed:  # the rest is indexed in its turn
                self._names.put(day, [entry.patient_name for entry in page])

    def index_some(self, connection: sqlite3.Connection) -> bool:
        """Index a few more days; whether the index is complete now."""
        if self._indexed is None:
            return True
        found = day_pages.read_names(connection, self.keyring, self._indexed, INDEX_STEP)
        for day, names in found:
            self._names.put(day, names)
        self._indexed = found[-1][0] if len(found) == INDEX_STEP else None
        return self._indexed is None

    def finder(self, text: str) -> Find:
        """How to find a name once the index is complete."""
        return self._names.finder(text)


def _newest(pages: dict[str, Page]) -> dict[str, Page]:
    return {day: pages[day] for day in list(pages)[-PAGES:]}


def _changed_days(days: Days, written: Mapping[str, Page]) -> Days:
    changed = list(days)
    for day, page in written.items():
        place = bisect_left(changed, day)
        is_known = place < len(changed) and changed[place] == day
        if page and not is_known:
            changed.insert(place, day)
        elif is_known and not page:
            del changed[place]
    return tuple(changed)
