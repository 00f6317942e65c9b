"""What watches over the audit log: the reading again at each unlocking, and the mark.

What is found stays in the log's head, and is shown, until the admin says that they have seen it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from practicebox.store.audit import audit
from practicebox.store.audit import chain as audit_chain
from practicebox.store.audit import head as audit_head
from practicebox.store.audit import mark as audit_mark
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, Entry
from practicebox.store.audit.check import Check
from practicebox.store.audit.head import Flaw, Head
from practicebox.store.box import Box
from practicebox.store.times import day_text
from practicebox.store.vault.keyring import Keyring

CONSULTATION_DAYS = 90  # what tells of consultations goes with them (Anlage 31b BMV-Ae)
_SLACK = 4  # days by which clocks, midnights and the lead of the deletion may differ


async def opened(box: Box, keyring: Keyring) -> None:
    """What follows an unlocking; raises nothing for a damaged log."""
    now = box.now()

    def fold(connection: sqlite3.Connection) -> None:
        fresh = not audit_chain.read_head(connection, keyring).seal
        audit_waiting.fold(connection, keyring, box.random, now)
        if fresh:
            begun = Entry(audit.BOX, "", Action.LOG_BEGUN)
            audit.note(connection, keyring, box.random, now, begun)
        _note_upgrade(connection, box, keyring, now)

    await box.database.transaction(fold, erases=True)
    await verify(box, keyring)
    await write_mark(box, keyring)


async def verify(box: Box, keyring: Keyring) -> tuple[Flaw, ...]:
    """Read the whole log again, compare it with the mark, and keep what is wrong in the head; the
    alarms that nobody has acknowledged."""

    def read_head(connection: sqlite3.Connection) -> Head:
        return audit_chain.read_head(connection, keyring)

    head = await box.database.run(read_head)
    while True:
        check = Check(keyring, head, readable_from(box.now(), head.keep))
        while not await box.database.run(check.read_some):
            pass
        head = await box.database.run(read_head)
        if head.first == check.head.first:
            break  # else old rows were pruned while they were being read
    flaw = await box.database.run(lambda connection: audit_mark.look(connection, keyring, head))
    found = [*head.flaws, *check.flaws, *([flaw] if flaw else [])]
    return await keep_flaws(box, keyring, found)


async def keep_flaws(box: Box, keyring: Keyring, found: Iterable[Flaw]) -> tuple[Flaw, ...]:
    """Put flaws into the head, and say so in the log the first time; all open alarms."""
    now, wanted = box.now(), tuple(found)

    def read(connection: sqlite3.Connection) -> Head:
        return audit_chain.read_head(connection, keyring)

    def write(connection: sqlite3.Connection) -> tuple[Flaw, ...]:
        head = audit_chain.read_head(connection, keyring)
        for flaw in wanted:
            head = head.with_flaw(flaw)
        unsaid, head = head.flaws[head.said :], replace(head, said=len(head.flaws))
        audit_head.write(connection, keyring, box.random, head)
        for flaw in unsaid:
            said = Entry(audit.BOX, "", Action.LOG_DAMAGED, detail=flaw.kind.value)
            audit.note(connection, keyring, box.random, now, said)
        return head.alarms

    head = await box.database.run(read)
    known = {flaw.place for flaw in head.flaws}
    if head.said == len(head.flaws) and {flaw.place for flaw in wanted} <= known:
        return head.alarms
    return await box.database.transaction(write)


async def write_mark(box: Box, keyring: Keyring) -> None:
    """Put the mark where the log ends now."""

    def write(connection: sqlite3.Connection) -> bool:
        head = audit_chain.read_head(connection, keyring)
        audit_mark.write(connection, keyring, box.random, head)
        return head.marked

    def promise(connection: sqlite3.Connection) -> None:
        head = replace(audit_chain.read_head(connection, keyring), marked=True)
        audit_head.write(connection, keyring, box.random, head)

    if not await box.database.run(write):
        await box.database.transaction(promise)


def _note_upgrade(
    connection: sqlite3.Connection, box: Box, keyring: Keyring, now: datetime
) -> None:
    """The schema grew since the last unlocking: another version of the program came."""
    head = audit_chain.read_head(connection, keyring)
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema == head.schema:
        return
    head, was = replace(head, schema=schema), head.schema
    audit_head.write(connection, keyring, box.random, head)
    if was:
        entry = Entry(audit.BOX, "", Action.UPGRADED, detail=f"{was}-{schema}")
        audit.note(connection, keyring, box.random, now, entry)


def readable_from(now: datetime, keep: int) -> dict[str, str]:
    """The first day whose keys must still be there: nobody had a reason to throw them away."""

    def first(days: int) -> str:
        return day_text(now - timedelta(days=min(days, keep) - _SLACK))

    return {"consultation": first(CONSULTATION_DAYS), "practice": first(keep)}
