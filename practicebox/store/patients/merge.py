"""Two entries of one person become one, within the caller's transaction.

The entry that stays gets the data that were chosen and all appointments of the other, whose key is
then thrown away. Every appointment keeps its codes, its link and its visits: the letters were the
right person's all along (`booking.rebook` says the same of a correction), and whoever sits in the
waiting room stays there. Killed at any point, it is done or not begun.

An appointment that is too damaged to open can't be written anew; it is noted at the entry that
stays, so that it goes with that one when it is deleted.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace

from practicebox.store.appointments import booking
from practicebox.store.appointments.appointments import DayChanges, place
from practicebox.store.box import Box
from practicebox.store.conditions import NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.store.consents import passes
from practicebox.store.consents import rows as consents
from practicebox.store.gdt import links as gdt_links
from practicebox.store.outbox import agreements
from practicebox.store.patients.register import Register
from practicebox.store.patients.relate import same_plan, zone_of
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Patient
from practicebox.store.vault.keyring import Keyring

log = logging.getLogger(__name__)


def merge(
    connection: sqlite3.Connection,
    box: Box,
    keyring: Keyring,
    changes: DayChanges,
    register: Register,
    ids: tuple[str, str],
    chosen: Patient,
) -> PatientRecord:
    """Put the second entry of `ids` into the first, which has the data `chosen` from then on.

    Raise `NoSuchPatient`, or `SealBroken` where one of them can't be opened.
    """
    stays, goes = ids
    if stays == goes:
        raise NoSuchPatient
    register.get(stays)
    moved = register.get(goes).appointments
    register.correct(stays, chosen)
    agreements.join(connection, keyring, stays, goes, box.random)
    consents.join(connection, keyring, stays, goes, box.random)
    zone = zone_of(connection)
    for id_ in moved:
        try:
            old = booking.find(connection, keyring, id_)
        except NoSuchAppointment:
            continue
        except SealBroken:
            log.error("appointment_unreadable")
            register.relate(register.get(stays), id_)
            continue
        plan = replace(same_plan(old.appointment), patient=chosen, patient_id=stays)
        new = booking.rebook(connection, box, old, zone, plan, register)
        gdt_links.hand_over(connection, box, keyring, id_, goes, stays)
        changes[old.day][id_] = None
        place(changes, new)
    register.remove(goes)
    passes.mark(connection, keyring, stays, register.get(stays).appointments)
    return register.get(stays)
