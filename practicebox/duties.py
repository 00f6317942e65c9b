"""What the box does by itself: the list of its jobs.

Part of the composition root, because a job may need any room. A new job is one more `Job` in the
list, and its name in words in `web/staff/status_jobs.py`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from practicebox.appliance.jobs import Job
from practicebox.box import Box
from practicebox.store.conditions import Locked
from practicebox.store.settings import Settings
from practicebox.store.times import from_text, to_text


def jobs(box: Box) -> list[Job]:
    """Everything that is done again and again."""
    store = box.store

    async def count() -> None:
        with suppress(Locked):  # then at the next time; the appointments are there for 88 days
            await store.figures.count()

    async def retain() -> None:
        await count()  # what is deleted now can't be counted any more
        await store.retention.run()

    async def watch_log() -> None:
        if store.vault.is_unlocked:
            await store.audit.write_mark()

    async def end() -> None:
        if await store.operation.is_over():
            await store.backups.erase()
            await store.operation.erase()
            box.end()

    return [
        Job("retention", timedelta(days=1), retain),
        Job("figures", timedelta(hours=1), count),
        Job("audit", timedelta(hours=1), watch_log),
        Job("end", timedelta(hours=1), end),
        # A backup a day, and its proof soon after somebody has unlocked the vault.
        Job("backup", timedelta(minutes=30), store.backups.tend),
        Job("proof", timedelta(minutes=30), store.backups.tend_proof),
    ]


@dataclass(frozen=True)
class KeptRuns:
    """When each job last ran, in the store's settings (`appliance.jobs.Memory`)."""

    settings: Settings

    async def last_run(self, job: str) -> datetime | None:
        """None where the job never ran."""
        text = await self.settings.get(f"job.{job}")
        return from_text(text) if text else None

    async def note_run(self, job: str, moment: datetime) -> None:
        await self.settings.keep(f"job.{job}", to_text(moment))
