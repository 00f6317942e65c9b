"""Sessions: somebody logged in on a workstation, until they log out or stay away.

The database knows a session only by the tag of its token. One user has sessions on one workstation
only: a login elsewhere ends the older ones (FEATURES L4).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from practicebox.store.audit import audit
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box, new_token
from practicebox.store.conditions import DeviceNotApproved, DiskFailed, Locked, NoSession
from practicebox.store.people import devices, staff
from practicebox.store.people.endings import Ending
from practicebox.store.people.records_sessions import Bearer, Presence, Session
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.keyring import Keyring

IDLE = timedelta(hours=12)  # a working day; whoever comes back next morning logs in
LONGEST = timedelta(days=7)
TOUCH = timedelta(minutes=5)  # how exactly "seen" is kept: a write per request wears out SD cards
ID_LENGTH = 24  # hex digits of the tag; 96 bits


async def start(
    box: Box,
    keyring: Keyring,
    user_id: str,
    device_id: str,
    way: Action = Action.LOGIN,
    detail: str = "",
) -> Session:
    """A new session; raise `DeviceNotApproved` if the device was revoked a moment ago.

    The user's sessions on other workstations end. `way` and `detail` are what the log says of it.
    """
    token, moment = new_token(box.random), box.now()
    tag = _tag(box.key, token)

    def write(connection: sqlite3.Connection) -> tuple[Session, list[str]]:
        _forget_old(connection, moment)
        added = connection.execute(
            "INSERT INTO sessions (tag, user, device, started, seen)"
            " SELECT ?, ?, id, ?, ? FROM devices WHERE id = ? AND state = 'approved'",
            (tag, user_id, to_text(moment), to_text(moment), device_id),
        )
        if added.rowcount != 1:
            raise DeviceNotApproved
        elsewhere = end_where(connection, "user = ? AND device <> ?", user_id, device_id)
        user = staff.user(connection, keyring, user_id)
        came = By(user_id, device_id).did(way, detail=detail)
        audit.note(connection, keyring, box.random, moment, came)
        return Session(token, user, device_id, id_of(tag)), elsewhere

    session, elsewhere = await box.database.transaction(write)
    box.endings.tell(elsewhere, Ending.TAKEN_OVER)
    return session


async def find(box: Box, token: str, *, touched: bool) -> Session:
    """The session of a token; raise `NoSession`, or `Locked` if only the keys are missing.

    `touched` says that somebody is there, and puts off its end.
    """
    moment, tag = box.now(), _tag(box.key, token)
    keyring = box.vault.keyring() if box.vault.is_unlocked else None

    def read(connection: sqlite3.Connection) -> tuple[Session, datetime]:
        row = connection.execute(
            "SELECT user, device, started, seen, covered FROM sessions WHERE tag = ?", (tag,)
        ).fetchone()
        if row is None or _is_over(from_text(row[2]), from_text(row[3]), moment):
            raise NoSession
        if keyring is None:
            raise Locked
        user = staff.user(connection, keyring, row[0])
        return Session(token, user, row[1], id_of(tag), bool(row[4])), from_text(row[3])

    session, seen = await box.database.run(read)
    if touched and moment - seen >= TOUCH:
        with suppress(DiskFailed):  # reading goes on where nothing can be written
            await _touch(box, tag, moment)
    return session


async def bearer(box: Box, token: str) -> Bearer:
    """Who has this token, also while the vault is locked; raise `NoSession`."""
    moment, tag = box.now(), _tag(box.key, token)
    row = await box.database.run(
        lambda connection: connection.execute(
            "SELECT sessions.user, role, device, started, seen, covered FROM sessions"
            " JOIN users ON users.id = sessions.user WHERE sessions.tag = ?",
            (tag,),
        ).fetchone()
    )
    if row is None or _is_over(from_text(row[3]), from_text(row[4]), moment):
        raise NoSession
    return Bearer(id_of(tag), row[0], row[1], row[2], bool(row[5]))


def present(connection: sqlite3.Connection, keyring: Keyring, moment: datetime) -> list[Presence]:
    """Everybody who is logged in, the latest first."""
    _users = {user.id: user for user in staff.users(connection, keyring)}
    _devices = {device.id: device for device in devices.devices(connection, keyring)}
    rows = connection.execute(
        "SELECT tag, user, device, started, seen, covered FROM sessions ORDER BY started DESC, tag"
    ).fetchall()
    return [
        Presence(
            id_of(tag),
            _users[user],
            _devices[device],
            from_text(started),
            from_text(seen),
            bool(covered),
        )
        for tag, user, device, started, seen, covered in rows
        if not _is_over(from_text(started), from_text(seen), moment)
    ]


def living(connection: sqlite3.Connection, moment: datetime) -> dict[str, bool]:
    """The ids of all sessions that aren't over, and whether their screen is locked."""
    rows = connection.execute("SELECT tag, started, seen, covered FROM sessions").fetchall()
    return {
        id_of(tag): bool(covered)
        for tag, started, seen, covered in rows
        if not _is_over(from_text(started), from_text(seen), moment)
    }


async def end(box: Box, token: str) -> None:
    """Forget a session; an unknown one is over already."""
    tag, moment = _tag(box.key, token), box.now()

    def write(connection: sqlite3.Connection) -> list[str]:
        row = connection.execute(
            "SELECT user, device FROM sessions WHERE tag = ?", (tag,)
        ).fetchone()
        if row:
            audit_waiting.record(connection, box, moment, By(*row).did(Action.LOGOUT))
        return end_where(connection, "tag = ?", tag)

    ended = await box.database.transaction(write, erases=not box.vault.is_unlocked)
    box.endings.tell(ended, Ending.LOGGED_OUT)


async def end_one(box: Box, session_id: str, user_id: str | None, by: By) -> None:
    """End a session out of the list, with `user_id` only one of that user; raise `NoSession`."""

    def write(connection: sqlite3.Connection) -> list[str]:
        rows = connection.execute("SELECT tag, user FROM sessions").fetchall()
        wanted = [row for row in rows if id_of(row[0]) == session_id and user_id in (None, row[1])]
        if not wanted:
            raise NoSession
        tag, user = wanted[0]
        audit_waiting.record(connection, box, moment, by.did(Action.SESSION_ENDED, user))
        return end_where(connection, "tag = ?", tag)

    moment = box.now()
    ended = await box.database.transaction(write, erases=not box.vault.is_unlocked)
    box.endings.tell(ended, Ending.ENDED)


async def cover(box: Box, session_ids: Iterable[str], *, covered: bool = True) -> None:
    """Lock the screens of sessions, or unlock them. Where nothing changes nothing is written."""
    wanted, moment = frozenset(session_ids), box.now()
    action = Action.SCREEN_LOCKED if covered else Action.SCREEN_UNLOCKED

    def write(connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT tag, user, device, covered FROM sessions").fetchall()
        for tag, user, device, was_covered in rows:
            if id_of(tag) in wanted and bool(was_covered) is not covered:
                audit_waiting.record(connection, box, moment, By(user, device).did(action))
                connection.execute(
                    "UPDATE sessions SET covered = ? WHERE tag = ?", (int(covered), tag)
                )

    if wanted:
        await box.database.transaction(write, erases=not box.vault.is_unlocked)


def end_where(connection: sqlite3.Connection, condition: str, *values: str | bytes) -> list[str]:
    """End all sessions that meet a condition (SQL of ours); their ids, to be told after commit."""
    rows = connection.execute(f"DELETE FROM sessions WHERE {condition} RETURNING tag", values)
    return [id_of(tag) for (tag,) in rows.fetchall()]


def id_of(tag: bytes) -> str:
    """A name for a session that opens nothing."""
    return tag.hex()[:ID_LENGTH]


def token_id(key: BoxKey, token: str) -> str:
    """The id of the session that has, or had, this token."""
    return id_of(_tag(key, token))


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
