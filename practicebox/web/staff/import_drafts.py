"""A file of patients on its way into the directory: kept in memory, for one session, for a while.

Nothing of it touches the disk before the import itself. Knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from practicebox.practice import patient_csv
from practicebox.practice.csv_text import Record, Table
from practicebox.practice.patient_csv import Field, Flaw, Imported, Row
from practicebox.store.patients.entering import Entered
from practicebox.store.patients.rows import identity
from practicebox.store.records import Patient

LIFETIME = 30 * 60.0  # seconds since the last look
MOST = 3  # drafts at once; a practice imports once in its life

Identity = tuple[str, date | None]
_WHY = {Entered.SKIPPED: Flaw.KNOWN, Entered.UNSURE: Flaw.UNSURE}


@dataclass
class Draft:
    """One file: as it was read, what its columns are, and what became of it."""

    table: Table = field(repr=False)
    columns: list[Field | None]
    rows: list[Row] = field(default_factory=list, repr=False)
    known: set[int] = field(default_factory=set)  # lines of rows that are in the directory
    done: int = 0
    task: asyncio.Task[list[Entered]] | None = None  # of the import, once it has begun

    @property
    def good(self) -> list[Row]:
        """Rows that are patients."""
        return [row for row in self.rows if row.patient]

    @property
    def bad(self) -> list[Row]:
        """Rows that aren't, with their flaws."""
        return [row for row in self.rows if row.flaw]

    @property
    def result(self) -> list[Entered] | None:
        """What became of the good rows; None before the end, and where nothing was taken."""
        task = self.task
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows became what."""
        counted = Counter(one.value for one in self.result or ())
        return {one.value: counted[one.value] for one in Entered}

    def rejected(self) -> list[tuple[Record, Flaw]]:
        """Rows that are not in the directory because of this import, in the order of the file."""
        found = [(row.record, row.flaw) for row in self.rows if row.flaw]
        for row, entered in zip(self.good, self.result or (), strict=False):
            if entered in _WHY:
                found.append((row.record, _WHY[entered]))
        return sorted(found, key=lambda pair: pair[0].line)


class Drafts:
    """The files of all sessions, one each."""

    def __init__(self) -> None:
        self._drafts: dict[str, tuple[Draft, asyncio.TimerHandle]] = {}

    def put(self, session_id: str, draft: Draft) -> None:
        """Keep a file in place of any other of the session."""
        self.forget([session_id])
        while len(self._drafts) >= MOST:
            self.forget([next(iter(self._drafts))])
        self._keep(session_id, draft)

    def get(self, session_id: str) -> Draft | None:
        """The file of a session."""
        found = self._drafts.pop(session_id, None)
        if found is None:
            return None
        found[1].cancel()
        self._keep(session_id, found[0])
        return found[0]

    def forget(self, session_ids: Iterable[str]) -> None:
        """Drop the files of sessions; an import that has begun goes on to its end."""
        for session_id in session_ids:
            if found := self._drafts.pop(session_id, None):
                found[1].cancel()

    def _keep(self, session_id: str, draft: Draft) -> None:
        timer = asyncio.get_running_loop().call_later(LIFETIME, self.forget, [session_id])
        self._drafts[session_id] = draft, timer


def judge(
    table: Table, columns: Sequence[Field | None], today: date, identities: set[Identity]
) -> tuple[list[Row], set[int]]:
    """The rows with their flaws, and the lines of those who are in the directory; for a thread."""
    seen: set[Identity] = set()
    rows, known = [], set()
    for row in patient_csv.read_rows(table.records, columns, today):
        if row.patient:
            who = identity(as_patient(row.patient))
            if who in seen:
                row = Row(row.record, None, Flaw.TWICE)
            elif who in identities:
                known.add(row.record.line)
            seen.add(who)
        rows.append(row)
    return rows, known


def as_patient(imported: Imported) -> Patient:
    """The row as the directory keeps it."""
    i = imported
    particulars = i.payer, i.standing, i.language, i.needs
    return Patient(i.name, i.born, i.address, i.phone, i.email, *particulars)  # type: ignore[arg-type]  # keys of `csv_words`, which a test holds to the literals


Start = Callable[[list[Patient], Callable[[int], None]], asyncio.Task[list[Entered]]]


def begin(draft: Draft, start: Start) -> None:
    """Begin the import, once."""
    if draft.task is None:

        def done(count: int) -> None:
            draft.done = count

        draft.task = start([as_patient(row.patient) for row in draft.good if row.patient], done)
