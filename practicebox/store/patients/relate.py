"""Appointments of versions before the directory get their patients, once the vault is unlocked.

Before, every appointment had a copy of its patient's data in its own blob. A migration runs while
the vault is locked and can't open blobs; so it only adds a clear column, `related`, which is 0 in
every old row. What follows happens after an unlocking, and the argument that it is safe is this:

- *All or nothing.* A slice of `STEP` appointments is one transaction: their blobs, the rows of
  their patients, name pages and day pages, and `related = 1`. After a kill or a power cut the slice
  is done or as it was; nothing can be related twice, since only rows with 0 are taken.
- *Resumable.* Nothing else says how far it is. The next unlocking goes on with what has 0.
- *Usable meanwhile.* An unrelated appointment opens with its own copy (`booking.find`). Whoever
  changes one relates it in the same transaction (`booking.rebook`), by the same rules.
- *Same result in any order of slices and changes*, as far as who is whom: by name and birth date,
  never by what else is in the directory. Slices go from old to new, so that of two addresses of
  one person the later one counts.
- *One damaged row stops nothing.* It keeps its 0 and is tried again at the next unlocking; it can
  be deleted as before.
- *Deleting and exporting a patient wait for the end of it* (`Patients`), or something of that
  person could lie in a row that doesn't yet say whose it is.

Nobody adds these patients, they were the practice's before: the audit log says nothing of each.

Every day page of old appointments is written anew here, and thereby gets a key of its own.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from practicebox.store.appointments import booking
from practicebox.store.appointments.appointments import DayChanges, place
from practicebox.store.box import Box
from practicebox.store.conditions import SealBroken
from practicebox.store.patients.register import Register
from practicebox.store.records import Appointment, AppointmentDraft
from practicebox.store.vault.keyring import Keyring

log = logging.getLogger(__name__)

STEP = 32  # appointments a transaction: 5 ms of work and one sync


@dataclass(frozen=True)
class Slice:
    """How a slice went."""

    last: tuple[str, str]  # start and id of the last appointment that was looked at
    count: int  # of those looked at; fewer than `STEP` at the end


START = Slice(("", ""), STEP)


def relate_some(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    after: Slice,
    changes: DayChanges,
    register: Register,
) -> Slice:
    """Relate the next few appointments, within the caller's transaction."""
    rows = connection.execute(
        "SELECT starts, id FROM appointments WHERE related = 0 AND (starts, id) > (?, ?)"
        " ORDER BY starts, id LIMIT ?",
        (*after.last, STEP),
    ).fetchall()
    zone = zone_of(connection)
    for _, id_ in rows:
        try:
            old = booking.find(connection, keyring, id_)
            plan = same_plan(old.appointment)
            new = booking.rebook(connection, box, old, zone, plan, register)
        except SealBroken:
            log.error("appointment_unreadable")
            continue
        changes[old.day][id_] = None
        place(changes, new)
    return Slice(rows[-1] if rows else after.last, len(rows))


def same_plan(appointment: Appointment) -> AppointmentDraft:
    """An appointment as it would be planned once more."""
    a = appointment
    return AppointmentDraft(a.patient, a.starts, a.minutes, a.organiser, a.reason, a.kind)


def zone_of(connection: sqlite3.Connection) -> ZoneInfo:
    """The time zone of the practice."""
    return ZoneInfo(connection.execute("SELECT time_zone FROM practice").fetchone()[0])
