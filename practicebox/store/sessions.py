"""Sessions: somebody logged in on a workstation, until they log out or stay away.

The database knows a session only by the tag of its token.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from practicebox.store import staff
from practicebox.store.box import Box, new_token
from practicebox.store.boxkey import BoxKey
from practicebox.store.conditions import DeviceNotApproved, Locked, NoSession
from practicebox.store.keyring import Keyring
from practicebox.store.records import Session
from practicebox.store.times import from_text, to_text

IDLE = timedelta(hours=12)  # a working day; whoever comes back next morning logs in
LONGEST = timedelta(days=7)
TOUCH = timedelta(minutes=5)  # how exactly "seen" is kept: a write per request wears out SD cards


async def start(box: Box, keyring: Keyring, user_id: str, device_id: str) -> Session:
    """A new session; raise `DeviceNotApproved` if the device was revoked a moment ago."""
    token, moment = new_token(box.random), box.now()
    tag = _tag(box.key, token)

    def write(connection: sqlite3.Connection) -> Session:
        _forget_old(connection, moment)
        added = connection.execute(
            "INSERT INTO sessions (tag, user, device, started, seen)"
            " SELECT ?, ?, id, ?, ? FROM devices WHERE id = ? AND state = 'approved'",
            (tag, user_id, to_text(moment), to_text(moment), device_id),
        )
        if added.rowcount != 1:
            raise DeviceNotApproved
        return Session(token, staff.user(connection, keyring, user_id), device_id)

    return await box.database.transaction(write)


async def find(box: Box, token: str) -> Session:
    """The session of a token; raise `NoSession`, or `Locked` if only the keys are missing."""
    moment, tag = box.now(), _tag(box.key, token)
    keyring = box.vault.keyring() if box.vault.is_unlocked else None

    def read(connection: sqlite3.Connection) -> tuple[Session, datetime]:
        row = connection.execute(
            "SELECT user, device, started, seen FROM sessions WHERE tag = ?", (tag,)
        ).fetchone()
        if row is None or _is_over(from_text(row[2]), from_text(row[3]), moment):
            raise NoSession
        if keyring is None:
            raise Locked
        user = staff.user(connection, keyring, row[0])
        return Session(token, user, row[1]), from_text(row[3])

    session, seen = await box.database.run(read)
    if moment - seen >= TOUCH:
        await _touch(box, tag, moment)
    return session


async def device(box: Box, token: str) -> str:
    """The workstation of a session, also while the vault is locked; raise `NoSession`."""
    moment, tag = box.now(), _tag(box.key, token)
    row = await box.database.run(
        lambda connection: connection.execute(
            "SELECT device, started, seen FROM sessions WHERE tag = ?", (tag,)
        ).fetchone()
    )
    if row is None or _is_over(from_text(row[1]), from_text(row[2]), moment):
        raise NoSession
    return str(row[0])


async def end(box: Box, token: str) -> None:
    """Forget a session; an unknown one is over already."""
    tag = _tag(box.key, token)
    await box.database.transaction(
        lambda connection: connection.execute("DELETE FROM sessions WHERE tag = ?", (tag,))
    )


async def _touch(box: Box, tag: bytes, moment: datetime) -> None:
    seen = to_text(moment)
    await box.database.transaction(
        lambda connection: connection.execute(
            "UPDATE sessions SET seen = ? WHERE tag = ?", (seen, tag)
        )
    )


def _tag(key: BoxKey, token: str) -> bytes:
    return key.tag("session", token.encode("utf-8", "surrogatepass"))


def _is_over(started: datetime, seen: datetime, moment: datetime) -> bool:
    return moment - started >= LONGEST or moment - seen >= IDLE


def _forget_old(connection: sqlite3.Connection, moment: datetime) -> None:
    connection.execute(
        "DELETE FROM sessions WHERE started <= ? OR seen <= ?",
        (to_text(moment - LONGEST), to_text(moment - IDLE)),
    )
