"""Small worlds for the tests of the store: a clock that stands still, a practice, a patient."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from practicebox.store.people.records_sessions import Session
from practicebox.store.records import AppointmentDraft, Founded, Founding, Patient, Person, Profile
from practicebox.store.store import Store
from practicebox.store.vault.kdf import Cost, Costs

CHEAP = Costs(user=Cost(1, 8192), master=Cost(2, 8192))  # the least that Argon2id takes
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # Monday, 12:00 in Berlin
PASSWORD = "blaue Tasse im Regal"
MASTER = "Anker Birne Coupé Dachs Eimer Fuchs"
PROFILE = Profile(
    name="Praxis am Sonnenplatz",
    kind="Arztpraxis",
    size="1-5 Mitarbeiter",
    street="Sonnenplatz",
    number="4",
    postcode="80331",
    town="München",
    phone="+49 89 123456",
    email="praxis@example.org",
)
PERSON = Person(salutation="Frau", title="Dr.", first_name="Änne", last_name="Sommer")
ALICE = Patient(
    name="Krejčová, Alice",
    born=date(1980, 2, 29),
    address=("Frau Alice Krejčová", "Mühlgasse 3", "80331 München"),
    phone="+49 151 1234567",
    email="alice@example.org",
)


@dataclass
class Clock:
    """A clock that moves only when told to."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class Boxes:
    """Opens stores and closes every one of them, also after a failed test: an open store has a
    thread that would keep pytest from ending."""

    def __init__(self) -> None:
        self._open: list[Store] = []

    async def open(self, path: Path, clock: Clock | None = None) -> Store:
        """A store that spends no time on Argon2id."""
        store = await Store.open(path, now=clock or Clock(), costs=CHEAP)
        self._open.append(store)
        return store

    async def close(self, store: Store) -> None:
        """Close one store."""
        self._open.remove(store)
        await store.close()

    async def close_all(self) -> None:
        """Close what is still open."""
        for store in list(self._open):
            await self.close(store)


@dataclass
class World:
    """A founded practice; somebody is logged in."""

    boxes: Boxes
    path: Path
    clock: Clock
    store: Store
    founded: Founded
    session: Session

    def draft(
        self, name: str = "Krejčová, Alice", starts: datetime = NOON, minutes: int = 45
    ) -> AppointmentDraft:
        """An appointment somebody plans."""
        return AppointmentDraft(Patient(name), starts, minutes, self.session.user.id, "Kontrolle")

    def full_draft(self) -> AppointmentDraft:
        """One with everything filled in."""
        return AppointmentDraft(ALICE, NOON, 45, self.founded.user_id, "Nachsorge Knie", "phone")

    async def log_in(self) -> Session:
        """The first user at the first workstation."""
        return await self.store.login("sonne", "aenne", PASSWORD, self.founded.device_secret)

    async def stop(self) -> None:
        """Stop the box."""
        await self.boxes.close(self.store)

    async def start(self) -> None:
        """Start the box: the vault is locked."""
        self.store = await self.boxes.open(self.path, self.clock)

    async def restart(self) -> None:
        """Stop and start the box."""
        await self.stop()
        await self.start()


def founding() -> Founding:
    """What the wizard gathers."""
    return Founding(
        short_name="Sonne",
        profile=PROFILE,
        time_zone="Europe/Berlin",
        user_short_name="Aenne",
        person=PERSON,
        password=PASSWORD,
        master_password=MASTER,
        device_name="Laptop Änne",
    )


async def open_world(boxes: Boxes, path: Path) -> World:
    """A new practice in `path`."""
    clock = Clock()
    store = await boxes.open(path, clock)
    try:
        founded = await store.found(founding())
        session = await store.login("sonne", "aenne", PASSWORD, founded.device_secret)
    except BaseException:
        await boxes.close(store)
        raise
    return World(boxes, path, clock, store, founded, session)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A second look at the database, past the store."""
    with closing(sqlite3.connect(path / "practicebox.db", isolation_level=None)) as connection:
        yield connection


def raw_bytes(path: Path) -> bytes:
    """Everything that lies in the data folder."""
    return b"".join(file.read_bytes() for file in sorted(path.iterdir()) if file.is_file())


def all_rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    tables = [name for (name,) in connection.execute(query)]
    return {t: sorted(connection.execute(f"SELECT * FROM {t}"), key=repr) for t in tables}
