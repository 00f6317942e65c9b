"""The way between the exchange folder and the store, and how it is doing.

What was understood is kept, sealed, before its file is removed; what was not goes to the quarantine
beside the reason in words. A folder that can't be used right now is looked at again and again.
Everything that touches the folder runs in a thread: a share that hangs must hold nothing else up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from practicebox.appliance.gdt_folder import Found, Inbox, Quarantined
from practicebox.appliance.gdt_outbox import deliver
from practicebox.appliance.gdt_thread import FolderThread, StillRunning
from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble
from practicebox.practice.gdt import Charset, NotReadable
from practicebox.practice.gdt_fields import read
from practicebox.store.conditions import NotFounded, TooManyGdtRecords
from practicebox.store.store import Store
from practicebox.web.staff.gdt_words import NO_FILE, TOO_MANY, TROUBLES, Translate, in_words

LOOK = 2.0  # seconds between two looks into the folder
REPORTS = 15  # looks from one to the next search for consultations to report

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ends:
    """Both ends of the exchange."""

    in_folder: Path | None
    out_folder: Path | None
    our_id: str
    their_id: str
    charset: Charset


class Bridge:
    """The exchange folder of a running box."""

    def __init__(self, store: Store, ends: Ends, translate: Translate) -> None:
        self._store = store
        self.ends = ends
        self.translate = translate  # into the practice's language, for notes beside files
        self._inbox = Inbox(ends.in_folder, ends.our_id, ends.their_id) if ends.in_folder else None
        self._thread = FolderThread()
        self.quarantined: list[Quarantined] = []  # as last seen
        self._trouble: dict[str, Trouble] = {}  # by "in" and "out"
        self._is_full = False
        self.reports: Callable[[], Awaitable[None]] | None = None  # sends what is due

    def close(self) -> None:
        """Let go of the folder."""
        self._thread.close()

    @property
    def troubles(self) -> list[str]:
        """What isn't well, as msgids."""
        found = [TROUBLES[trouble] for trouble in dict.fromkeys(self._trouble.values())]
        return [*found, TOO_MANY] if self._is_full else found

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        for number in count():
            await self.look()
            if self.reports and number % REPORTS == 0:
                await self.reports()
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Take in what is ready."""
        if self._inbox is None:
            return
        try:
            found = await self._thread.run(self._inbox.look)
            troubles = [await self._take(self._inbox, each) for each in found]
            self.quarantined = await self._thread.run(self._inbox.quarantined)
        except FolderTrouble as condition:
            self._note("in", condition.trouble)
        except StillRunning:
            self._note("in", Trouble.GONE)
        except NotFounded:
            pass  # before the set-up there is nobody to seal it to; the files wait
        except TooManyGdtRecords:
            self._is_full = True
        else:
            self._is_full = False
            self._note("in", next(filter(None, troubles), None))

    async def send(self, content: bytes) -> None:
        """Put a record into the folder of the practice software.

        Raise `FolderTrouble` where it certainly isn't there, `StillRunning` where it may be.
        """
        ends = self.ends
        if ends.out_folder is None:
            raise FolderTrouble(Trouble.GONE)
        try:
            await self._thread.run(deliver, ends.out_folder, ends.their_id, ends.our_id, content)
        except FolderTrouble as condition:
            self._note("out", condition.trouble)
            raise
        except StillRunning:
            self._note("out", Trouble.GONE)
            raise
        self._note("out", None)

    async def _take(self, inbox: Inbox, found: Found) -> Trouble | None:
        """Take in one file; what stands in its way, if anything does. Others are behind it."""
        try:
            if found.trouble:
                return found.trouble
            if reason := await self._kept(found):
                await self._thread.run(inbox.put_aside, found, reason)
            else:
                await self._thread.run(inbox.remove, found)
        except FolderTrouble as condition:
            return condition.trouble
        return None

    async def _kept(self, found: Found) -> str:
        """Keep what a file says; why it can't be, in words."""
        if found.content is None:
            return self.translate(NO_FILE)
        try:
            message = read(found.content, self.ends.charset)
        except NotReadable as condition:
            return in_words(condition, self.translate)
        await self._store.gdt.take(message, found.origin)
        return ""

    def _note(self, end: str, trouble: Trouble | None) -> None:
        if trouble is not self._trouble.get(end) and trouble:
            log.warning("gdt_folder_trouble", extra={"reason": trouble.value})
        if trouble:
            self._trouble[end] = trouble
        else:
            self._trouble.pop(end, None)
