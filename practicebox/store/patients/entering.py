"""Somebody of a file enters the directory, within the caller's transaction.

Who has the name and birth date of somebody known is that person. Without birth dates nobody can
tell, so such a row is neither added nor taken over: it goes back to the reception.
"""

from __future__ import annotations

from enum import Enum

from practicebox.store.patients.register import Register, filled
from practicebox.store.records import NEW_PATIENT, Patient


class Entered(Enum):
    """What became of somebody of a file."""

    ADDED = "added"
    UPDATED = "updated"
    SKIPPED = "skipped"  # known already
    UNSURE = "unsure"  # somebody of this name is known, of both the birth date is missing


def enter(register: Register, patient: Patient, *, update: bool) -> Entered:
    """Add somebody, or add to what is known of them."""
    known = next(register.same(patient), None)
    if known is None:
        register.resolve(patient, NEW_PATIENT)
        return Entered.ADDED
    if patient.born is None:
        return Entered.UNSURE
    if not update:
        return Entered.SKIPPED
    register.correct(known.id, filled(known.patient, patient))
    return Entered.UPDATED
