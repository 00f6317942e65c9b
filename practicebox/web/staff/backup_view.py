"""What the page "Backups" and the light on the start page say: colours, days and sentences.

Knows when a light turns yellow or red. Pure: gets what the store knows, and the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from practicebox.store.backup.ledger import Entry, Level
from practicebox.store.backup.make import Step
from practicebox.store.backup.work import Overview
from practicebox.web.language import mark

STALE = timedelta(hours=48)  # the last proven backup must not be older
DAYS = 35  # on the page: as long as backups are kept

TROUBLES = {
    "missing": mark(
        "The folder for backups is not there. Please plug in the stick, or connect the network "
        "drive, that your installer has chosen."
    ),
    "read-only": mark(
        "Nothing can be written to the folder for backups. Some sticks have a small switch for "
        "that; otherwise please ask your installer."
    ),
    "forbidden": mark(
        "The box is not allowed to write to the folder for backups. Please ask your installer."
    ),
    "full": mark(
        "There is not enough room for a backup. Please make room on the medium, or take a larger "
        "one."
    ),
    "broken": mark("The medium for backups can not be read or written. Please try another one."),
    "source-damaged": mark(
        "The database of the box is damaged, so it can not be backed up any more. Earlier backups "
        "are kept. Please call your installer before you go on working."
    ),
}
FAULTS = {
    "not-a-backup": mark("The file is not a backup any more."),
    "newer": mark("The file was made by a newer version of PracticeBox."),
    "truncated": mark("The file is incomplete: its end is missing."),
    "altered": mark("The file is damaged: it is not as it was written."),
    "foreign": mark("The file belongs to another practice."),
    "differs": mark("What came out of the file is not what the box had."),
    "damaged": mark("The database in the file is damaged."),
}
LEVELS = {
    Level.WHOLE: mark("opened and compared completely"),
    Level.COPY: mark(
        "opened and compared; what is sealed in it stayed closed, because the vault was locked"
    ),
    Level.BYTES: mark(
        "the file is as it was written; it was not opened, because the vault was locked"
    ),
}
UNCHECKED = mark("not checked yet")
STEPS = {
    Step.COPY: mark("The database is being copied."),
    Step.SEAL: mark("The backup is being written."),
    Step.OPEN: mark("The backup is being read."),
    Step.CHECK: mark("The content is being compared."),
}
SYMBOLS = {"green": "✓", "yellow": "!", "red": "✕", "grey": "·"}


@dataclass(frozen=True)
class Verdict:
    """How the backups are."""

    light: str  # "green", "yellow" or "red"
    kind: str  # "good", "locked" (proved but for the sealed rows), "old", "none" or "young"
    last: Entry | None  # the newest that was opened completely
    trouble: str  # a msgid; empty for none
    fault: str  # of the newest backup, a msgid; empty for none

    @property
    def is_worth_a_light(self) -> bool:
        """Whether the start page has to say something."""
        return self.kind in {"locked", "old", "none"} or bool(self.trouble or self.fault)


@dataclass(frozen=True)
class Day:
    """One field of the calendar."""

    date: date
    light: str  # of the best backup of that day; "grey" for none
    words: str  # a msgid


@dataclass(frozen=True)
class Line:
    """One backup in the list."""

    made: datetime
    size: int  # bytes
    light: str
    words: str  # a msgid
    proved: datetime | None


def judge(overview: Overview, founded: datetime, now: datetime) -> Verdict:
    """The light over all."""
    present = {each.name for each in overview.files}
    good = [e for e in overview.ledger.entries if e.name in present and not e.fault]
    whole = [e for e in good if e.level is Level.WHOLE]
    fresh = {e.level for e in good if now - e.made <= STALE}
    trouble = overview.ledger.trouble
    word = overview.unreachable or (trouble.word if trouble else "")
    newest = overview.ledger.newest
    fault = newest.fault if newest else ""
    if Level.WHOLE in fresh:
        kind = "good"
    elif Level.COPY in fresh:
        kind = "locked"
    elif not overview.ledger.entries and now - founded <= STALE:
        kind = "young"
    else:
        kind = "old" if whole else "none"
    light = {"good": "green", "locked": "yellow", "young": "yellow"}.get(kind, "red")
    if light == "green" and (word or fault or not overview.is_apart):
        light = "yellow"
    if word == "source-damaged" or fault == "damaged":
        light = "red"
    last = whole[-1] if whole else None
    return Verdict(light, kind, last, TROUBLES.get(word, ""), FAULTS.get(fault, ""))


def days(overview: Overview, zone: ZoneInfo, now: datetime) -> Iterator[Day]:
    """The last five weeks, oldest first, up to today."""
    today = now.astimezone(zone).date()
    lines = list(lines_of(overview))
    for back in reversed(range(DAYS)):
        day = today - timedelta(days=back)
        found = [line for line in lines if line.made.astimezone(zone).date() == day]
        best = min(
            found, key=lambda line: "green yellow red".split().index(line.light), default=None
        )
        yield Day(day, best.light if best else "grey", best.words if best else mark("no backup"))


def lines_of(overview: Overview) -> Iterator[Line]:
    """What lies in the folder, the newest first."""
    for found in reversed(overview.files):
        entry = overview.ledger.entry(found.name)
        light, words = _of_entry(entry)
        yield Line(found.made, found.size, light, words, entry.proved if entry else None)


def _of_entry(entry: Entry | None) -> tuple[str, str]:
    if entry is None or (entry.level is None and not entry.fault):
        return "yellow", UNCHECKED
    if entry.fault or entry.level is None:
        return "red", FAULTS.get(entry.fault, FAULTS["altered"])
    return ("green" if entry.level is Level.WHOLE else "yellow"), LEVELS[entry.level]
