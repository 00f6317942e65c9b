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
        self._trouble: dict[str, Trouble] = {}  # by "in" and "out"
        self._is_full = False
        self.reports: Callable[[], Awaitable[None]] | None = None  # sends what is due

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
            for found in await asyncio.to_thread(self._inbox.look):
                await self._take(self._inbox, found)
        except FolderTrouble as condition:
            self._note("in", condition.trouble)
        except NotFounded:
            pass  # before the set-up there is nobody to seal it to; the files wait
        except TooManyGdtRecords:
            self._is_full = True
        else:
            self._is_full = False
            self._note("in", None)

    async def send(self, content: bytes) -> None:
        """Put a record into the folder of the practice software; raise `FolderTrouble`."""
        ends = self.ends
        if ends.out_folder is None:
            raise FolderTrouble(Trouble.GONE)
        try:
            await asyncio.to_thread(deliver, ends.out_folder, ends.their_id, ends.our_id, content)
        except FolderTrouble as condition:
            self._note("out", condition.trouble)
            raise
        self._note("out", None)

    async def quarantined(self) -> list[Quarantined]:
        """What could not be read; nothing while the folder can't be used."""
        if self._inbox is None:
            return []
        try:
            return await asyncio.to_thread(self._inbox.quarantined)
        except FolderTrouble:
            return []

    async def _take(self, inbox: Inbox, found: Found) -> None:
        if found.content is None:
            await asyncio.to_thread(inbox.put_aside, found, self.translate(NO_FILE))
            return
        try:
            message = read(found.content, self.ends.charset)
        except NotReadable as condition:
            reason = in_words(condition, self.translate)
            await asyncio.to_thread(inbox.put_aside, found, reason)
            return
        await self._store.gdt.take(message, found.origin)
        await asyncio.to_thread(inbox.remove, found)

    def _note(self, end: str, trouble: Trouble | None) -> None:
        if trouble is not self._trouble.get(end) and trouble:
            log.warning("gdt_folder_trouble", extra={"reason": trouble.value})
        if trouble:
            self._trouble[end] = trouble
        else:
            self._trouble.pop(end, None)
