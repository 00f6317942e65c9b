"""What the box does by itself, again and again: one task for each job, none in another's way.

Knows when a job is due, that none runs while the clock is in doubt, and how each went. Clock and
memory are passed in: the last run is noted where it survives a restart. Knows no job's subject.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

LOOK = 10.0  # seconds between two looks at the clock; no job needs to be more punctual
AGAIN = 0.5  # seconds until a task that goes on is cancelled once more
FIRST_RETRY = timedelta(minutes=1)  # after a failure; doubled with each further one
LAST_RETRY = timedelta(hours=1)  # a full disk is made room on within hours, not days

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to be done every so often, by a function that raises where it fails."""

    name: str  # snake_case; also its name in the store's settings
    every: timedelta
    run: Callable[[], Awaitable[None]]


class JobState(StrEnum):
    WAITING = "waiting"  # for its time
    RUNNING = "running"
    PAUSED = "paused"  # until the clock is out of doubt
    FAILED = "failed"  # the last run; it will be tried again


@dataclass(frozen=True)
class Report:
    """How a job is doing, for the status page."""

    name: str
    state: JobState
    last: datetime | None = None  # last run that succeeded, this start or an earlier one
    failures: int = 0  # in a row
    tried: datetime | None = None  # last run that failed


class Memory(Protocol):
    """Where last runs are noted (the store's settings)."""

    async def last_run(self, job: str) -> datetime | None: ...

    async def note_run(self, job: str, moment: datetime) -> None: ...


class Jobs:
    """The runner of all jobs."""

    def __init__(
        self,
        now: Callable[[], datetime],
        is_in_doubt: Callable[[], bool],
        memory: Memory,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now
        self._is_in_doubt = is_in_doubt
        self._memory = memory
        self._sleep = sleep
        self._reports: dict[str, Report] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def reports(self) -> list[Report]:
        """All jobs, in the order in which they were started."""
        return list(self._reports.values())

    def start(self, jobs: Iterable[Job]) -> None:
        """Begin with `jobs`, each in a task of its own."""
        for job in jobs:
            assert job.name not in self._reports, "two jobs of one name"
            self._reports[job.name] = Report(job.name, JobState.WAITING)
            self._tasks.append(asyncio.create_task(self._repeat(job), name=f"job-{job.name}"))

    async def stop(self) -> None:
        """End all jobs, also one that is running, and wait until they are gone."""
        await end(self._tasks)
        self._tasks.clear()

    async def _repeat(self, job: Job) -> None:
        while not await self._recalled(job):
            await self._sleep(FIRST_RETRY.total_seconds())
        while True:
            await self._wait_until_due(job)
            self._change(job, state=JobState.RUNNING)
            await self._attempt(job)

    async def _recalled(self, job: Job) -> bool:
        """Whether the last run is known now; a store that can't be read is asked again."""
        try:
            self._change(job, last=await self._memory.last_run(job.name))
        except Exception:  # whatever a job meets must not end its task
            self._failed(job)
            return False
        self._change(job, state=JobState.WAITING, failures=0)
        return True

    async def _wait_until_due(self, job: Job) -> None:
        while True:
            report = self._reports[job.name]
            resting = JobState.FAILED if report.failures else JobState.WAITING
            if self._is_in_doubt():
                resting = JobState.PAUSED
            elif self._is_due(job, report):
                return
            self._change(job, state=resting)
            await self._sleep(LOOK)

    def _is_due(self, job: Job, report: Report) -> bool:
        now = self._now()
        if report.failures and report.tried:
            pause = min(FIRST_RETRY * 2 ** min(report.failures - 1, 10), LAST_RETRY, job.every)
            return not timedelta() <= now - report.tried < pause
        # A last run in the future is none: the clock was wrong then, and has been set since.
        return report.last is None or not timedelta() <= now - report.last < job.every

    async def _attempt(self, job: Job) -> None:
        try:
            await job.run()
            moment = self._now()
            await self._memory.note_run(job.name, moment)
        except Exception:  # one job's failure must not touch another, whatever it is
            self._failed(job)
            return
        self._change(job, state=JobState.WAITING, last=moment, failures=0, tried=None)
        log.info("job_done", extra={"kind": _word(job.name)})

    def _failed(self, job: Job) -> None:
        log.exception("job_failed", extra={"kind": _word(job.name)})
        failures = self._reports[job.name].failures + 1
        self._change(job, state=JobState.FAILED, failures=failures, tried=self._now())

    def _change(self, job: Job, **changes: object) -> None:
        self._reports[job.name] = replace(self._reports[job.name], **changes)  # type: ignore[arg-type]  # fields of Report, each of its own type


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until all are gone: what they wait for may swallow one cancellation.

    `asyncio.wait_for` does so in Python 3.11 where its result comes at the same moment.
    """
    living = {task for task in tasks if not task.done()}
    while living:
        for task in living:
            task.cancel()
        _, living = await asyncio.wait(living, timeout=AGAIN)


def _word(name: str) -> str:
    """A name as logs print it (`appliance.logs.WORD`)."""
    return name.replace("_", "-")
