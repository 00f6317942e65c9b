"""Other keys for the same practice: written, handed to everybody who stays, and taken over.

New slots need no password, no device and no master password at hand: they are sealed with public
keys and wraps that lie, authenticated, in what the vault has open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from practicebox.store.audit import audit
from practicebox.store.audit.audit import Entry
from practicebox.store.box import Box
from practicebox.store.conditions import MasterPasswordNeeded
from practicebox.store.people import devices, program_rows, staff
from practicebox.store.sql.database import empty_log
from practicebox.store.sql.transactions import transaction
from practicebox.store.vault import slots
from practicebox.store.vault.keyring import Keyring, seal_keyring

T = TypeVar("T")


async def rotate(
    box: Box, write: Callable[[sqlite3.Connection, Keyring], tuple[T, Keyring]], deed: Entry
) -> tuple[T, Keyring]:
    """Run `write(connection, keys until now)` in a transaction, hand round the keyring it returns
    and note the deed; raise `Locked`.

    The vault takes the new keys in the same breath of the database thread, so nobody fills a slot
    with the old ones in between. The log is emptied: it has the old slots.
    """
    moment = box.now()

    def run(connection: sqlite3.Connection) -> tuple[T, Keyring]:
        old = box.vault.keyring()
        with transaction(connection, moment):
            result, new = write(connection, old)
            hand_round(connection, box, old, new)
            audit.note(connection, new, box.random, moment, deed)
        box.vault.take(new)
        empty_log(connection)
        return result, new

    return await box.database.run(run)


async def alter(
    box: Box,
    write: Callable[[sqlite3.Connection, Keyring], T],
    deed: Entry,
    *,
    erases: bool = False,
) -> T:
    """Run `write(connection, keys)` in a transaction, with the keys as they are at that moment,
    and note the deed; raise `Locked`."""
    moment = box.now()

    def run(connection: sqlite3.Connection) -> T:
        keyring = box.vault.keyring()
        result = write(connection, keyring)
        audit.note(connection, keyring, box.random, moment, deed)
        return result

    return await box.database.transaction(run, erases=erases)


def hand_round(connection: sqlite3.Connection, box: Box, old: Keyring, new: Keyring) -> None:
    """Seal the new keyring and fill every slot for it; raise `MasterPasswordNeeded`."""
    connection.execute(
        "UPDATE practice SET keyring = ?, generation = ?, public_key = ?",
        (seal_keyring(new, box.random), new.current.number, new.current.public_key),
    )
    if new.vault_key != old.vault_key or new.master != old.master:
        if new.master is None:
            raise MasterPasswordNeeded
        slot = slots.seal_master(new, new.master, box.random)
        connection.execute("UPDATE master_slot SET slot = ?", (slot,))
    staff.grant_anew(connection, new, box.random)
    devices.admit_anew(connection, new, box.random)
    program_rows.grant_anew(connection, new, box.random)
