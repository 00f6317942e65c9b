"""Backups of the running box: made, proved and thrown away beside everything else it does.

Everything that takes long runs in one thread of its own, one thing at a time. `tend` and
`tend_proof` are what the box does by itself: a backup a day, proved as far as the keys reach, and
again as soon as somebody has unlocked the vault.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from practicebox.store.audit import audit
from practicebox.store.audit import waiting as audit_waiting
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.store.backup import work as backup_work
from practicebox.store.backup.conditions import (
    BackupBusy,
    BackupRefused,
    BackupStopped,
    TargetFailed,
    TargetMissing,
)
from practicebox.store.backup.ledger import Entry, Level
from practicebox.store.backup.make import Progress
from practicebox.store.backup.target import make_target
from practicebox.store.backup.work import Overview, Place
from practicebox.store.box import Box
from practicebox.store.conditions import NotFounded
from practicebox.store.sql.database import empty_log
from practicebox.store.vault.keyring import Keyring

HOUR = 2  # of the day, UTC, from which on the backup of a day is made: the practice is closed
PATIENCE = 2.0  # seconds for the folder to answer
PAUSE = timedelta(hours=6)  # after a backup that could not be proved, before the next

log = logging.getLogger(__name__)
T = TypeVar("T")


class Backups:
    """The backups of one running box."""

    def __init__(self, box: Box, data: Path, folder: Path | None) -> None:
        self._box = box
        self._place = Place(data, make_target(folder, data, box.key))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backup")
        self._looker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backup-look")
        self._look: asyncio.Future[Overview] | None = None  # one at a time, however long it takes
        self._stopping = threading.Event()
        self._progress: Progress | None = None
        self._file_keys: dict[str, bytes] = {}  # of the last backup that this process has made
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def progress(self) -> Progress | None:
        """How far the backup or proof under way has come; None while nothing is."""
        return self._progress

    @property
    def is_busy(self) -> bool:
        """Whether something that was begun has not ended yet."""
        return bool(self._tasks) or self._progress is not None

    async def overview(self) -> Overview:
        """What lies in the folder, and what is remembered of it."""
        if self._look is None or self._look.done():
            loop = asyncio.get_running_loop()
            self._look = loop.run_in_executor(self._looker, backup_work.look, self._place)
        try:
            return await asyncio.wait_for(asyncio.shield(self._look), PATIENCE)
        except TimeoutError:  # a network drive that doesn't answer: pages must not wait for it
            return backup_work.out_of_reach(self._place)

    async def make(self, by: By = BY_BOX) -> Entry:
        """Make a backup now, and prove it at once.

        Raise `NotFounded`, `BackupBusy`, `BackupStopped`, or a `TargetFailed` or `BackupRefused`,
        which the ledger then remembers.
        """
        now, keyring = self._box.now(), self._keyring()

        def work() -> Entry:
            random, tell = self._box.random, self._tell
            entry, key = backup_work.make(self._place, now, random, tell, keyring)
            self._file_keys = {entry.name: key}
            return entry

        known = (await self.overview()).ledger.trouble
        try:
            entry = await self._in_thread(work)
        except (TargetFailed, BackupRefused) as condition:
            if known is None or known.word != condition.word:  # not again with every attempt
                await self._note(by.did(Action.BACKUP_FAILED, detail=condition.word))
            raise
        finally:  # while it was being read, deletions had to leave the write-ahead log as it was
            await self._box.database.run(empty_log)
        await self._note(by.did(Action.BACKUP_MADE))
        return entry

    async def prove(self, by: By = BY_BOX) -> Entry:
        """Prove the newest backup in the folder; raise as `make`, `TargetMissing` without one."""
        now, keyring = self._box.now(), self._keyring()

        def work() -> Entry:
            files = self._place.target.backups()
            if not files:
                raise TargetMissing
            name = files[-1].name
            key = self._file_keys.get(name)
            return backup_work.prove(self._place, name, now, self._tell, keyring, key)

        entry = await self._in_thread(work)
        await self._note(by.did(Action.BACKUP_PROVEN, detail=str(entry.level)))
        return entry

    async def tend(self) -> None:
        """Make the backup of the day where it is due, and delete old ones; raise as `make`."""
        generation = await self._box.database.run(_generation)
        if generation is None:
            return  # there is no practice yet
        if is_due(await self.overview(), generation, self._box.now()):
            await self.make()
        await self._throw_away()

    async def tend_proof(self) -> None:
        """Prove the newest backup where that would tell something new; raise as `make`."""
        if could_prove_more(await self.overview(), is_unlocked=self._box.vault.is_unlocked):
            await self.prove()

    async def erase(self) -> None:
        """Delete all backups of this box that can be reached; the operation ends."""
        try:
            await self._in_thread(lambda: backup_work.erase(self._place))
        except TargetFailed as condition:  # the operation ends nevertheless
            log.warning("backups_not_erased", extra={"reason": condition.word})

    def begin(self, work: Callable[[By], Awaitable[Entry]], by: By) -> None:
        """Start `make` or `prove` in the background, unless something is under way."""
        if self.is_busy:
            return
        task = asyncio.create_task(self._unattended(work, by))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop what is under way, and wait until it has."""
        self._stopping.set()
        self._looker.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _unattended(self, work: Callable[[By], Awaitable[Entry]], by: By) -> None:
        try:
            await work(by)
            await self._throw_away()  # however often somebody presses the button
        except (TargetFailed, BackupRefused) as condition:
            log.warning("backup_failed", extra={"reason": condition.word})
        except (NotFounded, BackupBusy, BackupStopped, asyncio.CancelledError):
            log.info("backup_not_begun")
        except Exception:  # nobody waits for the answer; the page shows that nothing new came
            log.exception("backup_failed")

    async def _throw_away(self) -> None:
        now = self._box.now()
        await self._in_thread(lambda: backup_work.throw_away(self._place, now))

    async def _note(self, entry: audit.Entry) -> None:
        await audit_waiting.write(self._box, entry)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        def run() -> T:
            try:
                return work()
            finally:
                self._progress = None

        if self._stopping.is_set():
            raise BackupStopped
        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _tell(self, progress: Progress) -> None:
        if self._stopping.is_set():
            raise BackupStopped
        self._progress = progress

    def _keyring(self) -> Keyring | None:
        vault = self._box.vault
        return vault.keyring() if vault.is_unlocked else None


def is_due(overview: Overview, generation: int, now: datetime) -> bool:
    """Whether today's backup is missing: none made, lost, of older keys, or not provable."""
    present = {each.name for each in overview.files}
    made = [e for e in overview.ledger.entries if e.name in present and e.made <= now]
    today = [e for e in made if e.made >= _since(now) and e.generation == generation]
    if any(not entry.fault for entry in today):
        return False
    return not any(now - entry.made < PAUSE for entry in today)


def could_prove_more(overview: Overview, *, is_unlocked: bool) -> bool:
    """Whether a proof of the newest backup would tell something new."""
    if not overview.files:
        return False
    entry = overview.ledger.entry(overview.files[-1].name)
    if entry is None:
        return True
    if entry.fault:
        return False
    return entry.level is None or (is_unlocked and entry.level is not Level.WHOLE)


def _since(now: datetime) -> datetime:
    """When the day of backups began."""
    hour = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return hour if hour <= now else hour - timedelta(days=1)


def _generation(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT generation FROM practice").fetchone()
    return row and int(row[0])
