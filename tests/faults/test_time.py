"""A box whose computer is at 1995 at the start, or leaps by 400 days: nothing expires, nothing is
deleted, jobs pause, and all goes on once the clock is right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from practicebox import app
from practicebox.appliance import jobs
from practicebox.appliance.clock import BoxClock
from practicebox.appliance.jobs import JobState
from practicebox.box import Box
from practicebox.config import Config
from practicebox.practice.window import window
from practicebox.rtc.tickets import Tickets
from practicebox.store.conditions import NoSession, NoVisit
from practicebox.store.records import AppointmentDraft, Patient
from practicebox.store.store import Store
from tests.store.world import CHEAP, PASSWORD, all_rows, founding, reading

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEAR_1995 = datetime(1995, 1, 1, tzinfo=UTC)
NOW = datetime(2027, 5, 3, 9, 0, tzinfo=UTC)  # after this software was built
CONFIG = Config(
    staff_host="127.0.0.1",
    patients_host="127.0.0.1",
    staff_port=0,
    patients_port=0,
    stun_port=0,
    tls_mode="off",
)
pytestmark = pytest.mark.slow


@dataclass
class Computer:
    """A clock that can be set, and seconds that can't."""

    wall: datetime = NOW
    seconds: float = field(default=1000.0)

    def pass_(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()


@dataclass
class Life:
    """A running box with everything in it that has an end."""

    box: Box
    computer: Computer
    session: str
    visit: str
    ticket: str

    @property
    def store(self) -> Store:
        return self.box.store

    async def all_is_well(self) -> None:
        """Session, visit and ticket hold."""
        assert (await self.store.session(self.session)).user.role == "admin"
        assert await self.store.visits.find(self.visit)
        tickets = Tickets(self.store.secret("tickets"), self.box.clock)
        assert tickets.find(self.ticket)


@asynccontextmanager
async def life(folder: Path) -> AsyncIterator[Life]:
    """Found a practice at `NOW`, plan an appointment, let a patient in."""
    computer = Computer()
    async with AsyncExitStack() as stack:
        box = await start(stack, folder, computer)
        store = box.store
        founded = await store.found(founding())
        session = await store.login("sonne", "aenne", PASSWORD, founded.device_secret)
        draft = AppointmentDraft(Patient("Sommer, Ida"), NOW + HOUR / 4, 30, session.user.id, "")
        appointment = await store.appointments.add(draft)
        visit = await store.visits.start(appointment.id)
        closes = window(appointment.starts, appointment.minutes).closes
        tickets = Tickets(store.secret("tickets"), box.clock)
        ticket = tickets.issue(appointment.id, visit, closes).username
        yield Life(box, computer, session.token, visit, ticket)


async def start(stack: AsyncExitStack, folder: Path, computer: Computer) -> Box:
    """Start a box on this computer."""
    clock = BoxClock(lambda: computer.wall, lambda: computer.seconds, folder / "no-time-server")
    store = await Store.open(folder, now=clock, costs=CHEAP)
    return await app.start(stack, replace(CONFIG, data_folder=folder), now=clock, store=store)


def states(box: Box) -> set[JobState]:
    """How the jobs are."""
    assert box.jobs
    return {each.state for each in box.jobs.reports}


@pytest.mark.parametrize("leap", [400 * DAY, -400 * DAY, -HOUR, YEAR_1995 - NOW])
async def test_a_leap_in_flight_ends_nothing(tmp_path: Path, leap: timedelta) -> None:
    async with life(tmp_path) as lived:
        with reading(tmp_path) as connection:
            before = all_rows(connection)
        lived.computer.wall += leap
        await lived.all_is_well()
        await lived.store.submit("note", b"while nobody knows the time")
        lived.computer.pass_(HOUR / 2)
        await lived.all_is_well()
        assert lived.box.clock.is_in_doubt
        assert lived.box.facts()["clock_doubt"] is not None
        with reading(tmp_path) as connection:
            after = all_rows(connection)
        assert [table for table, rows in before.items() if len(after[table]) < len(rows)] == []
        lived.computer.wall -= leap
        await lived.all_is_well()
        assert lived.box.clock.doubt is None
        last = await lived.store.last_write()
        assert last is not None and last <= NOW + HOUR, "the leap has left no trace"


async def test_what_is_over_is_over_once_the_clock_is_believed(tmp_path: Path) -> None:
    async with life(tmp_path) as lived:
        lived.computer.wall += 400 * DAY
        assert lived.box.clock.believe(lived.computer.wall)
        assert await ended(lived) == ["session", "visit", "ticket"]


async def ended(lived: Life) -> list[str]:
    """What doesn't hold any more."""
    found = []
    try:
        await lived.store.session(lived.session)
    except NoSession:
        found.append("session")
    try:
        await lived.store.visits.find(lived.visit)
    except NoVisit:
        found.append("visit")
    if not Tickets(lived.store.secret("tickets"), lived.box.clock).find(lived.ticket):
        found.append("ticket")
    return found


async def test_a_start_at_1995_ends_nothing_and_recovers_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LOOK", 0.02)
    async with life(tmp_path) as lived:
        session, visit = lived.session, lived.visit
    computer = Computer(wall=YEAR_1995)
    async with AsyncExitStack() as stack:
        box = await start(stack, tmp_path, computer)
        assert box.clock() >= NOW, "no earlier than the last write"
        assert (await box.store.bearer(session)).role == "admin"
        assert await box.store.visits.find(visit)
        assert states(box) == {JobState.PAUSED}
        computer.wall, computer.seconds = NOW + HOUR / 2, computer.seconds + 60
        assert box.clock() == NOW + HOUR / 2
        await until_not_paused(box)
        assert await box.store.visits.find(visit)


async def until_not_paused(box: Box) -> None:
    async with asyncio.timeout(20):
        while JobState.PAUSED in states(box):  # noqa: ASYNC110  # jobs look at the clock themselves
            await asyncio.sleep(0.02)
