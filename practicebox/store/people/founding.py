"""Founding the practice: all Argon2id first, then everything in one transaction.

Whenever the process dies, there is afterwards no practice or a complete one.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

from practicebox.store.audit import audit
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import Action, By
from practicebox.store.box import Box, new_id
from practicebox.store.conditions import AlreadyFounded, ForeignBoxKey, NotFounded
from practicebox.store.people import devices, staff
from practicebox.store.people.staff import NewUser
from practicebox.store.records import Device, Founded, Founding, Practice, Profile
from practicebox.store.times import from_text, to_text
from practicebox.store.vault import slots
from practicebox.store.vault.aead import KEY_BYTES
from practicebox.store.vault.boxkey import BoxKey
from practicebox.store.vault.kdf import SALT_BYTES, Cost
from practicebox.store.vault.keyring import Keyring, new_keyring, seal_keyring


async def found(box: Box, founding: Founding) -> Founded:
    """Write the practice, its first user, first device and all keys; raise `AlreadyFounded`."""
    ZoneInfo(founding.time_zone)  # an unknown zone stops here, before anything is written
    await box.database.run(_check_empty)
    user_id, user_salt, master_salt = new_id(box.random), _salt(box), _salt(box)
    cost, master_cost = box.costs.user, box.costs.master
    password_key = await box.argon.stretch(founding.password, user_salt, cost)
    master_key = await box.argon.stretch(founding.master_password, master_salt, master_cost)
    master = slots.master_wrap(master_key)
    keyring = replace(new_keyring(box.random), master=master)
    user_key = slots.new_user_key(user_id, password_key, box.random)
    name = founding.user_short_name.strip()
    user = NewUser(user_id, name, "admin", founding.person, user_key, user_salt, cost)
    device = Device(new_id(box.random), founding.device_name.strip(), "approved", box.now())
    secret = box.random(KEY_BYTES)

    def write(connection: sqlite3.Connection) -> None:
        _check_empty(connection)  # a second wizard may have been quicker
        _insert_practice(connection, box, founding, keyring)
        slot = slots.seal_master(keyring, master, box.random)
        _insert_master(connection, master_salt, master_cost, slot)
        staff.add_user(connection, keyring, box.key, user, box.random)
        devices.add_device(connection, keyring, box.key, device, secret, box.random)
        by = By(user_id, device.id)
        audit.note(connection, keyring, box.random, device.created, by.did(Action.FOUNDED))
        audit_waiting.begin(connection, keyring, box.random)

    await box.database.transaction(write)
    return Founded(secret, user_id)


def practice(connection: sqlite3.Connection) -> Practice | None:
    """The practice; None before the wizard has been finished."""
    row = connection.execute(
        "SELECT short_name, profile, time_zone, founded FROM practice"
    ).fetchone()
    if row is None:
        return None
    short_name, profile, time_zone, founded = row
    return Practice(short_name, Profile(**json.loads(profile)), time_zone, from_text(founded))


def check_box_key(connection: sqlite3.Connection, key: BoxKey) -> None:
    """Raise `ForeignBoxKey` if the practice was founded with another box.key."""
    row = connection.execute("SELECT box_tag FROM practice").fetchone()
    if row is not None and row[0] != _box_tag(key):
        raise ForeignBoxKey("box.key belongs to another database; put the right one back.")


async def change_profile(box: Box, profile: Profile, by: By) -> None:
    """Replace the door plate; raise `NotFounded`."""
    moment = box.now()

    def write(connection: sqlite3.Connection) -> None:
        changed = connection.execute("UPDATE practice SET profile = ?", (_dump(profile),))
        if changed.rowcount != 1:
            raise NotFounded
        entry = by.did(Action.ORGANISATION_CHANGED)
        audit_waiting.record(connection, box, moment, entry)

    await box.database.transaction(write, erases=not box.vault.is_unlocked)


def _check_empty(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM practice").fetchone():
        raise AlreadyFounded


def _insert_practice(
    connection: sqlite3.Connection, box: Box, founding: Founding, keyring: Keyring
) -> None:
    connection.execute(
        "INSERT INTO practice (one, short_name, profile, time_zone, founded, box_tag, generation,"
        " public_key, keyring) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            founding.short_name.strip(),
            _dump(founding.profile),
            founding.time_zone,
            to_text(box.now()),
            _box_tag(box.key),
            keyring.current.number,
            keyring.current.public_key,
            seal_keyring(keyring, box.random),
        ),
    )


def _insert_master(connection: sqlite3.Connection, salt: bytes, cost: Cost, slot: bytes) -> None:
    connection.execute(
        "INSERT INTO master_slot (one, salt, operations, memory, slot) VALUES (1, ?, ?, ?, ?)",
        (salt, cost.operations, cost.memory, slot),
    )


def _dump(profile: Profile) -> str:
    return json.dumps(asdict(profile), ensure_ascii=False)


def _box_tag(key: BoxKey) -> bytes:
    return key.tag("box", b"")


def _salt(box: Box) -> bytes:
    return box.random(SALT_BYTES)
