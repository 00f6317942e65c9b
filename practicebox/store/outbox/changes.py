"""What becomes of messages when their appointment is moved, cancelled or somebody else's.

Within the transaction of the change, so that no reminder of a cancelled appointment can slip
through between the two. Whoever has heard of the appointment hears of the change, by the same way.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from practicebox.practice.reminders import HEARD, Kind, Way
from practicebox.store.box import Random
from practicebox.store.outbox import rows
from practicebox.store.outbox.rows import Content, Message
from practicebox.store.records import Appointment
from practicebox.store.vault.keyring import Subject

_TOLD = {Kind.INVITATION, Kind.CHANGE, Kind.REMINDER}


def cancelled(
    connection: sqlite3.Connection,
    subject: Subject,
    old: Appointment,
    now: datetime,
    random: Random,
) -> None:
    """Nothing more goes out but the notice, to whoever has heard."""
    heard = _heard(rows.of_appointment(connection, subject))
    rows.withdraw(connection, subject.id, now)
    if old.state == "cancelled" or old.starts <= now:
        return
    for way, sequence in heard.items():
        content = Content(way, sequence=sequence + 1)
        rows.insert(connection, subject, Kind.CANCEL, now, content, now, random)


def changed(
    connection: sqlite3.Connection,
    subject: Subject,
    old: Appointment,
    new: Appointment,
    now: datetime,
    random: Random,
) -> None:
    """Move what waits; tell whoever has heard of the old time."""
    messages = rows.of_appointment(connection, subject)
    if new.codes != old.codes:
        _handed_over(connection, subject, messages, old, now, random)
    elif (new.starts, new.minutes, new.kind) != (old.starts, old.minutes, old.kind):
        rows.withdraw(connection, subject.id, now, Kind.INVITATION)
        if new.starts > now:
            for way, sequence in _heard(messages).items():
                content = Content(way, sequence=sequence + 1)
                rows.insert(connection, subject, Kind.CHANGE, now, content, now, random)


def _handed_over(
    connection: sqlite3.Connection,
    subject: Subject,
    messages: list[Message],
    old: Appointment,
    now: datetime,
    random: Random,
) -> None:
    """The appointment is another person's: nothing of the old one's stays with it but a notice to
    them, at the address they were written to."""
    last = {m.content.way: m for m in messages if m.state in HEARD and m.kind in _TOLD}
    heard = _heard(messages)
    connection.execute("DELETE FROM messages WHERE appointment = ?", (subject.id,))
    if old.starts <= now:
        return
    for way, sequence in heard.items():
        content = Content(
            *(way, last[way].content.to, sequence + 1),
            *(old.patient.name, old.starts, old.minutes),
        )
        rows.insert(connection, subject, Kind.CANCEL, now, content, now, random)


def _heard(messages: list[Message]) -> dict[Way, int]:
    """By which ways somebody has heard of the appointment, and the highest number of a file."""
    told = {m.content.way for m in messages if m.state in HEARD and m.kind in _TOLD}
    told -= {m.content.way for m in messages if m.kind is Kind.CANCEL and m.state in HEARD}
    highest = {way: max(m.content.sequence for m in messages) for way in told}
    return highest
