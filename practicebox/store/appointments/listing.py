"""Which appointments a list shows, and in which order. Pure: days and pages are passed in.

Upcoming means not yet over: soonest first. Past means over: latest first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from practicebox.store.appointments.day_pages import Page
from practicebox.store.conditions import NotACursor
from practicebox.store.records import LONGEST, Entry
from practicebox.store.times import from_text

Find = Callable[[str], list[int]]  # a day -> the places in its page that are wanted at all


@dataclass(frozen=True)
class Listing:
    """One page of a list."""

    past: bool
    now: datetime
    limit: int
    cursor: tuple[datetime, str] | None = None  # start and id of the entry before this page

    def collect(
        self,
        days: Sequence[str],
        zone: ZoneInfo,
        page: Callable[[str], Page],
        find: Find | None = None,
    ) -> list[Entry]:
        """The entries, out of as few pages as needed."""
        found: list[Entry] = []
        for day in self._days(days, zone):
            if len(found) >= self.limit:
                break
            places = find(day) if find else None
            if places == []:
                continue
            entries = page(day)
            chosen = entries if places is None else [entries[place] for place in places]
            wanted = [entry for entry in chosen if self._wants(entry)]
            found += reversed(wanted) if self.past else wanted
        return found[: max(self.limit, 0)]

    def _days(self, days: Sequence[str], zone: ZoneInfo) -> Iterator[str]:
        if self.past:
            latest = self.cursor[0] if self.cursor else self.now
            return reversed(days[: bisect_right(days, local_day(latest, zone))])
        earliest = self.cursor[0] if self.cursor else self.now - timedelta(minutes=LONGEST)
        return iter(days[bisect_left(days, local_day(earliest, zone)) :])

    def _wants(self, entry: Entry) -> bool:
        if (entry.ends <= self.now) != self.past:
            return False
        if self.cursor is None:
            return True
        place = (entry.starts, entry.id)
        return place < self.cursor if self.past else place > self.cursor


def local_day(moment: datetime, zone: ZoneInfo) -> str:
    """The date on the practice's wall calendar."""
    return moment.astimezone(zone).date().isoformat()


def read_cursor(text: str | None) -> tuple[datetime, str] | None:
    """What `Entry.cursor` wrote; raise `NotACursor`."""
    if text is None:
        return None
    starts, dot, entry_id = text.partition(".")
    try:
        moment = from_text(starts)
    except ValueError:
        raise NotACursor from None
    if not dot or moment.tzinfo is None:
        raise NotACursor
    return moment, entry_id
