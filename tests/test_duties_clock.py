"""The daily deletion and the end of operation, on a clock that lies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from practicebox import duties
from practicebox.appliance.clock import BoxClock
from practicebox.appliance.jobs import Jobs, JobState
from practicebox.box import Box
from practicebox.store.audit.audit import BY_BOX
from practicebox.store.records import Appointment, AppointmentDraft, Patient
from practicebox.store.store import Store
from tests.store.world import CHEAP, MASTER, NOON, founding

DAY = timedelta(days=1)
OURS = {"retention", "audit", "end"}


@dataclass
class Machine:
    """A computer's clock, and the seconds that really pass."""

    wall: datetime = NOON
    steady: float = 0.0

    def pass_time(self, span: timedelta) -> None:
        self.wall += span
        self.steady += span.total_seconds()


@dataclass
class Running:
    """A box and its jobs, which look at the clock all the time."""

    clock: BoxClock
    store: Store
    jobs: Jobs
    ended: list[str]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110  a job's report has no event
                await asyncio.sleep(0.002)

    async def until_run(self) -> None:
        """Until every job has run since now."""
        moment = self.clock()
        await self.until(
            lambda: all(report.last and report.last >= moment for report in self.jobs.reports)
        )

    async def until_paused(self) -> None:
        """Until every job has looked at the clock and rests."""
        paused = JobState.PAUSED
        await self.until(lambda: {report.state for report in self.jobs.reports} == {paused})

    async def count(self) -> int:
        rows = await self.store.appointments.past(self.clock(), 100)
        return len(rows)


@asynccontextmanager
async def running(folder: Path, machine: Machine) -> AsyncIterator[Running]:
    """The box from its start to its stop, unlocked."""
    clock = BoxClock(lambda: machine.wall, lambda: machine.steady, folder.parent / "no-time-server")
    store = await Store.open(folder, now=clock, costs=CHEAP)
    clock.begin(await store.last_write())
    if await store.practice() is None:
        await store.found(founding())
    await store.recover(MASTER)
    ended: list[str] = []
    box = cast(Box, SimpleNamespace(store=store, end=lambda: ended.append("ended")))
    memory = duties.KeptRuns(store.settings)
    jobs = Jobs(clock, lambda: clock.is_in_doubt, memory, lambda _: asyncio.sleep(0.001))
    jobs.start([job for job in duties.jobs(box) if job.name in OURS])
    try:
        yield Running(clock, store, jobs, ended)
    finally:
        await jobs.stop()
        await store.close()


async def planned(store: Store, starts: datetime) -> Appointment:
    users = await store.users()
    draft = AppointmentDraft(Patient("Sonne, Anna"), starts, 30, users[0].id, "Kontrolle")
    return await store.appointments.add(draft)


async def test_on_a_right_clock_the_box_deletes_day_by_day(tmp_path: Path) -> None:
    machine = Machine()
    async with running(tmp_path / "data", machine) as box:
        await planned(box.store, NOON - 80 * DAY)
        await planned(box.store, NOON - 95 * DAY)
        await box.until_run()
        machine.pass_time(DAY)
        await box.until_run()
        assert await box.count() == 1
        for _ in range(12):
            machine.pass_time(DAY)
            await box.until_run()
        assert await box.count() == 0


@pytest.mark.parametrize("leap", [400 * DAY, datetime(1995, 1, 1, tzinfo=UTC) - NOON])
async def test_a_clock_that_leaps_in_flight_deletes_and_ends_nothing(
    tmp_path: Path, leap: timedelta
) -> None:
    machine = Machine()
    async with running(tmp_path / "data", machine) as box:
        await planned(box.store, NOON - DAY)
        await box.store.operation.give(BY_BOX)
        await box.until_run()
        machine.wall += leap
        await box.until_paused()
        machine.pass_time(2 * DAY)
        await box.until_paused()
        assert await box.count() == 1
        assert box.ended == []
        machine.wall -= leap
        await box.until_run()
        assert await box.count() == 1
        assert box.ended == []


@pytest.mark.parametrize("wall", [NOON + 400 * DAY, datetime(1995, 1, 1, tzinfo=UTC)])
async def test_a_clock_that_is_wrong_at_the_start_deletes_and_ends_nothing(
    tmp_path: Path, wall: datetime
) -> None:
    machine = Machine()
    async with running(tmp_path / "data", machine) as box:
        await planned(box.store, NOON - DAY)
        await box.store.operation.give(BY_BOX)
        await box.until_run()
    async with running(tmp_path / "data", Machine(wall)) as box:
        await box.until_paused()
        assert await box.count() == 1
        assert box.ended == []


async def test_a_leap_that_somebody_confirms_is_acted_on(tmp_path: Path) -> None:
    machine = Machine()
    async with running(tmp_path / "data", machine) as box:
        await planned(box.store, NOON - DAY)
        await box.until_run()
        machine.wall += 400 * DAY
        await box.until_paused()
        assert box.clock.believe(machine.wall)
        await box.until_run()
        assert await box.count() == 0


async def test_after_the_notice_period_the_box_ends(tmp_path: Path) -> None:
    machine = Machine()
    async with running(tmp_path / "data", machine) as box:
        notice = await box.store.operation.give(BY_BOX)
        machine.pass_time(notice.over - NOON - DAY)
        await box.until_run()
        assert box.ended == []
        machine.pass_time(DAY)
        await box.until(lambda: bool(box.ended))
        assert await box.store.practice() is None
    store = await Store.open(tmp_path / "data", now=box.clock, costs=CHEAP)
    try:
        assert await store.practice() is None
        assert await store.settings.get("ending") is None
    finally:
        await store.close()
