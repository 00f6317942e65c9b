"""A full calendar around today for `day.py`, written straight into the store of a box."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from box import Plan, Practice

from practicebox import demo
from practicebox.store.records import AppointmentDraft, Patient
from practicebox.store.store import Store

TODAY = 60  # appointments
PER_DAY = 40
BATCH = 2000  # appointments a transaction
SYLLABLES = "ma ne lo ri sa ber han kel tor vi ju wal ter fri mül gar no ste ka bru os li".split()


@dataclass(frozen=True)
class Filled:
    """What can be searched for."""

    names: list[str]


async def fill(plan: Plan, practice: Practice, appointments: int, patients: int) -> Filled:
    """So many appointments of so many patients, from tomorrow on, and a full day today."""
    draws = random.Random(7)
    people = [_person(draws) for _ in range(patients)]
    store = await Store.open(plan.folder / "data", now=lambda: datetime.now(UTC))
    try:
        session = await store.login(
            demo.SHORT_NAME, demo.USER, demo.PASSWORD, practice.device_secret
        )
        organiser = session.user.id
        for start in range(0, patients, BATCH):
            await store.patients.add_all(people[start : start + BATCH])
        for slots in _batches(appointments, draws):
            drafts = [_draft(draws.choice(people), organiser, *slot) for slot in slots]
            await store.appointments.add_all(drafts)
    finally:
        await store.close()
    return Filled([person.name for person in people])


def _batches(count: int, draws: random.Random) -> list[list[tuple[date, int]]]:
    """Days and places in the order in which people book: any day, any time; today is full."""
    today = datetime.now(UTC).date()
    full = [(today, place) for place in range(TODAY)]
    days = [today + timedelta(days=1 + n // PER_DAY) for n in range(count - TODAY)]
    slots = [(day, n % PER_DAY) for n, day in enumerate(days)]
    draws.shuffle(slots)
    slots = full + slots
    return [slots[start : start + BATCH] for start in range(0, len(slots), BATCH)]


def _draft(patient: Patient, organiser: str, day: date, place: int) -> AppointmentDraft:
    starts = datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(minutes=12 * place)
    return AppointmentDraft(patient, starts, 12, organiser, "Kontrolle, Befund besprechen")


def _person(draws: random.Random) -> Patient:
    family, first = ("".join(draws.choices(SYLLABLES, k=3)).capitalize() for _ in range(2))
    born = date(1930, 1, 1) + timedelta(days=draws.randrange(30_000))
    return Patient(f"{first} {family}", born)
