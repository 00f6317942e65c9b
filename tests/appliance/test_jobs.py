"""Jobs: when they run, when they don't, and that none is in another's way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from practicebox.appliance.jobs import Job, Jobs, JobState, Report, end

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


class DiskFull(Exception):
    """What a job may meet."""


@dataclass
class Notes:
    """A memory that survives a restart."""

    runs: dict[str, datetime] = field(default_factory=dict)
    is_broken: bool = False

    async def last_run(self, job: str) -> datetime | None:
        if self.is_broken:
            raise DiskFull
        return self.runs.get(job)

    async def note_run(self, job: str, moment: datetime) -> None:
        if self.is_broken:
            raise DiskFull
        self.runs[job] = moment


@dataclass
class World:
    """Jobs in a time that passes only when a test says so."""

    notes: Notes = field(default_factory=Notes)
    now: datetime = NOON
    is_in_doubt: bool = False
    log: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def job(self, name: str, every: timedelta = DAY) -> Job:
        async def run() -> None:
            self.log.append(name)
            if name in self.failing:
                raise DiskFull

        return Job(name, every, run)

    @asynccontextmanager
    async def running(self, *jobs: Job) -> AsyncIterator[Jobs]:
        runner = Jobs(lambda: self.now, lambda: self.is_in_doubt, self.notes, self._sleep)
        runner.start(jobs)
        await self._settle()
        yield runner
        await runner.stop()

    async def pass_(self, time: timedelta) -> None:
        self.now += time
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)
        await self._settle()

    async def _sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    async def _settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


def of(runner: Jobs, name: str) -> Report:
    return next(report for report in runner.reports if report.name == name)


async def test_a_new_job_runs_at_once_and_then_at_its_interval() -> None:
    world = World()
    async with world.running(world.job("backup")) as runner:
        assert world.log == ["backup"]
        await world.pass_(DAY - MINUTE)
        assert world.log == ["backup"]
        await world.pass_(MINUTE)
        assert world.log == ["backup", "backup"]
        assert of(runner, "backup") == Report("backup", JobState.WAITING, last=NOON + DAY)


async def test_the_last_run_survives_a_restart() -> None:
    world = World()
    async with world.running(world.job("backup")):
        pass
    world.now += DAY / 2
    async with world.running(world.job("backup")) as runner:
        assert world.log == ["backup"]
        assert of(runner, "backup").last == NOON
        await world.pass_(DAY / 2)
        assert world.log == ["backup", "backup"]


async def test_a_failure_touches_no_other_job_and_is_tried_again_more_and_more_seldom() -> None:
    world = World(failing={"backup"})
    async with world.running(world.job("backup"), world.job("retention")) as runner:
        assert world.log == ["backup", "retention"]
        assert of(runner, "retention").state is JobState.WAITING
        assert of(runner, "backup").state is JobState.FAILED
        for _ in range(180):
            await world.pass_(MINUTE)
        assert world.log.count("backup") == 8  # after 1, 3, 7, 15, 31, 63, 123 minutes
        assert of(runner, "backup").failures == 8
        world.failing.clear()
        await world.pass_(timedelta(hours=1))
        assert of(runner, "backup") == Report("backup", JobState.WAITING, last=world.now)
    assert world.log.count("retention") == 1


async def test_no_job_runs_while_the_clock_is_in_doubt() -> None:
    world = World(is_in_doubt=True)
    async with world.running(world.job("retention")) as runner:
        await world.pass_(400 * DAY)
        assert world.log == []
        assert of(runner, "retention").state is JobState.PAUSED
        world.is_in_doubt = False
        await world.pass_(MINUTE)
        assert world.log == ["retention"]


async def test_a_job_that_was_paused_in_between_waits_for_its_time_again() -> None:
    world = World()
    async with world.running(world.job("retention")) as runner:
        world.is_in_doubt = True
        await world.pass_(MINUTE)
        assert of(runner, "retention").state is JobState.PAUSED
        world.is_in_doubt = False
        await world.pass_(MINUTE)
        assert of(runner, "retention").state is JobState.WAITING
        assert world.log == ["retention"]


async def test_a_last_run_in_the_future_does_not_silence_a_job() -> None:
    world = World(Notes({"backup": NOON + 400 * DAY}))
    async with world.running(world.job("backup")):
        assert world.log == ["backup"]
    assert world.notes.runs == {"backup": NOON}


async def test_a_memory_that_fails_is_a_failure_and_not_the_end() -> None:
    world = World(Notes(is_broken=True))
    async with world.running(world.job("backup")) as runner:
        assert of(runner, "backup").state is JobState.FAILED
        assert world.log == [], "who can't know the last run doesn't run"
        world.notes.is_broken = False
        await world.pass_(MINUTE)
        assert world.log == ["backup"]
        world.notes.is_broken = True
        await world.pass_(DAY)
        assert of(runner, "backup").state is JobState.FAILED


async def test_a_job_that_hangs_holds_up_no_other_and_ends_with_the_box() -> None:
    world = World()
    ended: list[str] = []

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("hang")

    async with world.running(Job("hang", DAY, hang), world.job("backup")) as runner:
        assert world.log == ["backup"]
        assert of(runner, "hang").state is JobState.RUNNING
    assert ended == ["hang"]


async def test_a_job_that_takes_long_is_due_again_after_its_end() -> None:
    world = World()
    done: list[datetime] = []
    go: list[Callable[[], None]] = []

    def slow() -> Awaitable[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        go.append(lambda: future.set_result(None))
        done.append(world.now)
        return future

    async with world.running(Job("slow", DAY, slow)) as runner:
        await world.pass_(2 * DAY)
        assert len(done) == 1, "never twice at a time"
        go.pop()()
        await world.pass_(MINUTE)
        assert of(runner, "slow").last is not None and len(done) == 1


async def test_a_task_that_swallows_its_end_is_ended_all_the_same() -> None:
    swallowed: list[int] = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(1)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end([task]), 5)
    assert task.cancelled() and swallowed
