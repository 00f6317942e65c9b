"""The row of a message: written, opened, claimed, settled. Runs in the database thread.

Before the first byte of a message leaves, its row says `sending`, and that is on the disk: `claim`
is a transaction of its own. So whatever is found in `sending` at a start may have gone (`doubt`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from practicebox.practice.reminders import Kind, State, Way
from practicebox.store.box import new_id
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.keyring import Subject, open_record, seal_record

Random = Callable[[int], bytes]

_TABLE = "messages"
_COLUMNS = "id, appointment, due, kind, state, reason, tries, next_try, changed, generation, sealed"


@dataclass(frozen=True)
class Content:
    """What only the unlocked box knows of a message."""

    way: Way
    to: str = field(default="", repr=False)  # address or number, once it has been tried
    sequence: int = 0  # of the calendar file
    # A notice to somebody whose appointment has become another person's: what it was.
    name: str = field(default="", repr=False)
    starts: datetime | None = None
    minutes: int = 0


@dataclass(frozen=True)
class Message:
    """A message as it stands in the outbox."""

    id: str
    appointment: str
    due: datetime
    kind: Kind
    state: State
    reason: str  # a word of `post.mail.Trouble`, or "late", "agreement", "account", "called"
    tries: int
    next_try: datetime
    changed: datetime
    content: Content


def insert(
    connection: sqlite3.Connection,
    subject: Subject,
    kind: Kind,
    due: datetime,
    content: Content,
    now: datetime,
    random: Random,
) -> str:
    """A message that waits until it is due; its id."""
    id_ = new_id(random)
    sealed = seal(subject, id_, content, random)
    connection.execute(
        f"INSERT INTO messages ({_COLUMNS}) VALUES (?, ?, ?, ?, 'waiting', '', 0, ?, ?, ?, ?)",
        (
            *(id_, subject.id, to_text(due), kind.value),
            *(to_text(due), to_text(now), subject.generation, sealed),
        ),
    )
    return id_


def of_appointment(
    connection: sqlite3.Connection, subject: Subject, *, newest_first: bool = False
) -> list[Message]:
    """All messages about an appointment, by when they are due; raise `SealBroken`."""
    order = "DESC" if newest_first else "ASC"
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM messages WHERE appointment = ?"
        f" ORDER BY due {order}, rowid {order}",
        (subject.id,),
    )
    return [read(subject, row) for row in rows]


def read(subject: Subject, row: tuple[Any, ...]) -> Message:
    """A row of the columns above; raise `SealBroken`."""
    id_, appointment, due, kind, state, reason, tries, next_try, changed, generation, sealed = row
    content = _load(open_record(subject, _TABLE, id_, generation, sealed))
    times = [from_text(text) for text in (due, next_try, changed)]
    return Message(
        *(id_, appointment, times[0], Kind(kind), State(state), reason, tries),
        *(times[1], times[2], content),
    )


def seal(subject: Subject, message_id: str, content: Content, random: Random) -> bytes:
    """What `claim` writes; made ahead, for a box that is locked by then."""
    return seal_record(subject, _TABLE, message_id, _dump(content), random)


def claim(
    connection: sqlite3.Connection,
    id_: str,
    starts: datetime,
    sealed: tuple[int, bytes],
    now: datetime,
) -> bool:
    """Take a message for sending; whether it is still wanted just as it was prepared.

    After a cancellation nothing is wanted but the notice of it.
    """
    taken = connection.execute(
        "UPDATE messages SET state = 'sending', tries = tries + 1, reason = '', changed = ?,"
        " generation = ?, sealed = ? WHERE id = ? AND state = 'waiting' AND (kind = 'cancel'"
        " OR EXISTS (SELECT 1 FROM appointments WHERE appointments.id = appointment"
        " AND appointments.state = 'planned' AND appointments.starts = ?))",
        (to_text(now), *sealed, id_, to_text(starts)),
    )
    return taken.rowcount == 1


def settle(
    connection: sqlite3.Connection, id_: str, state: State, now: datetime, reason: str = ""
) -> None:
    """Note what has become of a message."""
    connection.execute(
        "UPDATE messages SET state = ?, reason = ?, changed = ? WHERE id = ?",
        (state.value, reason, to_text(now), id_),
    )


def withdraw(
    connection: sqlite3.Connection, appointment_id: str, now: datetime, *but: Kind
) -> None:
    """Take back whatever of an appointment still waits, except some kinds."""
    kept = json.dumps([kind.value for kind in but])
    connection.execute(
        "UPDATE messages SET state = 'withdrawn', changed = ? WHERE appointment = ?"
        " AND state = 'waiting' AND kind NOT IN (SELECT value FROM json_each(?))",
        (to_text(now), appointment_id, kept),
    )


def _dump(content: Content) -> bytes:
    plain = {
        "way": content.way.value,
        "to": content.to,
        "sequence": content.sequence,
        "name": content.name,
        "starts": content.starts and to_text(content.starts),
        "minutes": content.minutes,
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _load(blob: bytes) -> Content:
    plain = json.loads(blob)
    starts = plain["starts"] and from_text(plain["starts"])
    return Content(**plain | {"way": Way(plain["way"]), "starts": starts})
