"""What the Hauptnutzer changes about a colleague: the name, and what the colleague may do.

A role decides which pages and sockets somebody gets. So with another role all sessions of theirs
end in the same transaction, and what is open is told and cut like at every end (`endings`): no page
and no socket goes on with rights that are gone. A new name needs no new login.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, By, Entry
from practicebox.store.box import Box
from practicebox.store.conditions import MainUser, NoSuchUser
from practicebox.store.people import sessions, staff
from practicebox.store.people.endings import Ending
from practicebox.store.records import Person, Role, User


@dataclass(frozen=True)
class _Changed:
    """What the transaction has done."""

    has_new_role: bool
    ended: list[str]  # ids of sessions


async def change(box: Box, user_id: str, role: Role, person: Person, by: By) -> bool:
    """Give a colleague this role and these personal data; whether the role is another one.

    Writes and notes nothing where everything is so already. Raise `Locked`, `NoSuchUser` or
    `MainUser`; nobody is made a second Hauptnutzer.
    """
    if role == "admin":
        raise ValueError("there is one Hauptnutzer")
    moment = box.now()

    def write(connection: sqlite3.Connection) -> _Changed:
        keyring = box.vault.keyring()
        before = _colleague(staff.user(connection, keyring, user_id))
        deeds = _deeds(before, role, person, by)
        if deeds:
            staff.change(connection, keyring, user_id, role, person, box.random)
        for deed in deeds:
            audit.note(connection, keyring, box.random, moment, deed)
        if before.role == role:
            return _Changed(False, [])
        return _Changed(True, sessions.end_where(connection, "user = ?", user_id))

    changed = await box.database.transaction(write)
    box.endings.tell(changed.ended, Ending.ROLE)
    return changed.has_new_role


def _colleague(user: User) -> User:
    if user.role == "admin":
        raise MainUser
    if user.state == "departed":
        raise NoSuchUser
    return user


def _deeds(before: User, role: Role, person: Person, by: By) -> list[Entry]:
    deeds = []
    if before.person != person:
        deeds.append(by.did(Action.USER_CHANGED, before.id))
    if before.role != role:
        deeds.append(by.did(Action.ROLE_CHANGED, before.id, role))
    return deeds
