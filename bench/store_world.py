"""The two databases of `store.py`: a practice in the real store, and the same in plain SQLite."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from practicebox.store.records import (
    AppointmentDraft,
    Entry,
    Founding,
    Patient,
    Person,
    Profile,
)
from practicebox.store.sql.database import Database
from practicebox.store.store import Store
from practicebox.store.times import from_text, to_text
from practicebox.store.vault.kdf import MIB, STRONG, Cost, Costs

PER_DAY = 40
BATCH = 2000  # appointments a transaction while the databases are filled
PATIENTS = 10_000
FIRST_DAY = date(2020, 1, 1)
PASSWORD = "blaue Tasse im Regal"
COSTS = Costs(user=STRONG.user, master=Cost(1, 8 * MIB))  # the master password isn't used here
SYLLABLES = "ma ne lo ri sa ber han kel tor vi ju wal ter fri mül gar no ste ka bru os li".split()

PLAIN_SCHEMA = (
    "CREATE TABLE plain (id TEXT PRIMARY KEY, day TEXT, starts TEXT, minutes INTEGER, state TEXT,"
    " organiser TEXT, name TEXT, born TEXT, address TEXT, phone TEXT, email TEXT, reason TEXT)",
    "CREATE INDEX plain_by_day ON plain (day, starts)",
)
PLAIN_DAY = (
    "SELECT id, starts, minutes, state, name, organiser FROM plain WHERE day = ?"
    " ORDER BY starts, id"
)


@dataclass
class World:
    """Both databases and what was put into them."""

    store: Store
    plain: Database
    organiser: str
    device_secret: bytes
    days: list[date]
    names: list[str]
    draws: random.Random = field(default_factory=lambda: random.Random(7))

    def draft(self, day: date, place: int) -> AppointmentDraft:
        """An appointment with everything that a receptionist types; all of one day differ."""
        starts = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
        patient = Patient(
            self.draws.choice(self.names),
            date(1970, 1, 1),
            ("Mühlgasse 3", "80331 München"),
            "+49 151 12345678",
            "patient@example.org",
        )
        reason = "Kontrolle nach Behandlung, Befund besprechen"
        starts += timedelta(minutes=15 * place)
        return AppointmentDraft(patient, starts, 15, self.organiser, reason)

    def middle(self) -> datetime:
        """A moment with as many appointments before it as after it."""
        day = self.days[len(self.days) // 2]
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


async def build(folder: Path, appointments: int) -> World:
    """The same appointments in both, in the order in which people book: any day, any time."""
    store = await Store.open(folder / "data", now=world_now, costs=COSTS)
    founded = await store.found(founding())
    plain = await Database.open(folder / "plain.db", world_now)
    await plain.transaction(_create_plain)
    days = [FIRST_DAY + timedelta(days=n) for n in range(max(appointments // PER_DAY, 1))]
    world = World(store, plain, founded.user_id, founded.device_secret, days, _names())
    await log_in(world)
    slots = [(day, place) for day in days for place in range(PER_DAY)]
    world.draws.shuffle(slots)
    for start in range(0, len(slots), BATCH):
        drafts = [world.draft(*slot) for slot in slots[start : start + BATCH]]
        added = await store.appointments.add_all(drafts)
        rows = [plain_row(draft, a.id) for draft, a in zip(drafts, added, strict=True)]
        await plain.transaction(partial(_insert, rows=rows))
    return world


async def log_in(world: World) -> None:
    """Unlock the vault."""
    await world.store.login("bank", "anna", PASSWORD, world.device_secret)


def plain_day(connection: sqlite3.Connection, day: date) -> list[Entry]:
    """A day's list, row by row."""
    return [
        Entry(id_, from_text(starts), minutes, state, name, organiser)
        for id_, starts, minutes, state, name, organiser in connection.execute(
            PLAIN_DAY, (day.isoformat(),)
        )
    ]


def plain_row(draft: AppointmentDraft, id_: str) -> tuple[object, ...]:
    """The appointment as a row in clear."""
    patient = draft.patient
    return (
        id_,
        draft.starts.date().isoformat(),  # 07:00 to 17:00 UTC is the same day in Berlin
        to_text(draft.starts),
        draft.minutes,
        "planned",
        draft.organiser,
        patient.name,
        str(patient.born),
        "\n".join(patient.address),
        patient.phone,
        patient.email,
        draft.reason,
    )


def _create_plain(connection: sqlite3.Connection) -> None:
    for statement in PLAIN_SCHEMA:
        connection.execute(statement)


def _insert(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _names() -> list[str]:
    draws = random.Random(5)

    def name() -> str:
        return "".join(draws.choices(SYLLABLES, k=draws.randint(2, 4))).capitalize()

    return [f"{name()}, {name()}" for _ in range(PATIENTS)]


def founding() -> Founding:
    return Founding(
        short_name="Bank",
        profile=Profile(
            name="Praxis auf der Messbank",
            kind="Arztpraxis",
            size="1-5 Mitarbeiter",
            street="Messbank",
            number="1",
            postcode="99999",
            town="Musterstadt",
            phone="+49 30 1234567",
            email="praxis@example.org",
        ),
        time_zone="Europe/Berlin",
        user_short_name="Anna",
        person=Person(salutation="Frau", first_name="Anna", last_name="Muster"),
        password=PASSWORD,
        master_password="Anker Birne Dachs Eimer Fuchs Gabel",
        device_name="Messrechner",
    )


def world_now() -> datetime:
    return datetime(2026, 3, 2, 11, tzinfo=UTC)
