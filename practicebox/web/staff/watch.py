"""What keeps an eye on sessions: whose pages are open, how long nobody has touched them, and what
happens when a session ends or its screen is locked.

Every signed-in page holds one socket here. It is told of an end in a word and leads its page to the
login; all other sockets of the session are cut off at the transport, whatever their handlers do.
So nobody who was off-boarded hears anything a second later.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import WSCloseCode, web

from practicebox.store.people.endings import Ending
from practicebox.store.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

ENDED = 4401  # close code of the page's own socket; like 401
LOCK_MINUTES, DROP_MINUTES = "screen_lock_minutes", "key_drop_minutes"  # settings
LOCK_CHOICES, DROP_CHOICES = (5, 10, 15, 30, 60), (15, 30, 60, 120, 240)
LOCK_USUAL, DROP_USUAL = 10, 60


@dataclass(frozen=True)
class Patience:
    """After how long without a touch the screen is locked, and the keys are dropped."""

    lock: timedelta
    drop: timedelta


@dataclass
class Watch:
    """All sessions of the staff door that have something open."""

    store: Store
    _pages: dict[str, set[web.WebSocketResponse]] = field(default_factory=dict)
    _others: dict[str, set[asyncio.Transport]] = field(default_factory=dict)
    _touched: dict[str, datetime] = field(default_factory=dict)
    last_touch: datetime | None = None
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    def touch(self, session_id: str, now: datetime) -> None:
        """Somebody is there."""
        self._touched[session_id] = self.last_touch = now

    @contextmanager
    def page(self, session_id: str, socket: web.WebSocketResponse) -> Iterator[None]:
        """Know a page's own socket while it is open."""
        with _kept(self._pages, session_id, socket):
            yield

    @contextmanager
    def hold(self, session_id: str, transport: asyncio.Transport) -> Iterator[None]:
        """Know the connection of any other socket, to cut it off when the session ends."""
        with _kept(self._others, session_id, transport):
            yield

    def ended(self, session_ids: frozenset[str], ending: Ending) -> None:
        """Cut off all sockets of these sessions, and tell their pages why."""
        for id_ in session_ids:
            self._touched.pop(id_, None)
            for transport in tuple(self._others.get(id_, ())):
                transport.abort()
            for page in tuple(self._pages.get(id_, ())):
                self._start(_dismiss(page, ending))

    def tell(self, session_id: str, news: dict[str, object]) -> None:
        """Send something to all pages of a session."""
        for page in tuple(self._pages.get(session_id, ())):
            self._start(_send(page, news))

    async def cover(self, session_ids: Iterable[str]) -> None:
        """Lock screens, here and in the browser."""
        ids = tuple(session_ids)
        await self.store.cover(*ids)
        for id_ in ids:
            self.tell(id_, {"covered": True})

    async def look(self, now: datetime) -> None:
        """Lock the screens nobody has touched for long, and the vault once all are locked."""
        if not self.store.vault.is_unlocked:
            self.last_touch = None
            return
        patience, living = await read_patience(self.store), await self.store.living_sessions()
        self._touched = {id_: self._touched.get(id_, now) for id_ in living}
        open_ = {id_ for id_, is_covered in living.items() if not is_covered}
        idle = {id_ for id_ in open_ if now - self._touched[id_] >= patience.lock}
        await self.cover(idle)
        self.last_touch = self.last_touch or now
        if open_ <= idle and now - self.last_touch >= patience.drop:
            log.info("vault_locked_idle")
            self.store.lock()

    async def close(self) -> None:
        """Close the pages' sockets before the application stops; it would wait for them."""
        for page in [page for pages in self._pages.values() for page in pages]:
            await page.close(code=WSCloseCode.GOING_AWAY)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


WATCH = web.AppKey("watch", Watch)


async def read_patience(store: Store) -> Patience:
    """What the Hauptnutzer has chosen; the keys stay at least until the screen is locked."""
    lock = _minutes(await store.settings.get(LOCK_MINUTES), LOCK_CHOICES, LOCK_USUAL)
    drop = _minutes(await store.settings.get(DROP_MINUTES), DROP_CHOICES, DROP_USUAL)
    return Patience(lock, max(lock, drop))


@contextmanager
def _kept(places: dict[str, set[T]], session_id: str, thing: T) -> Iterator[None]:
    places.setdefault(session_id, set()).add(thing)
    try:
        yield
    finally:
        places[session_id].discard(thing)
        if not places[session_id]:
            del places[session_id]


def _minutes(kept: str | None, choices: tuple[int, ...], usual: int) -> timedelta:
    known = {str(choice): choice for choice in choices}
    return timedelta(minutes=known.get(kept or "", usual))


async def _dismiss(page: web.WebSocketResponse, ending: Ending) -> None:
    await _send(page, {"ended": ending.value})
    await page.close(code=ENDED)


async def _send(page: web.WebSocketResponse, news: dict[str, object]) -> None:
    with suppress(ConnectionError):
        await page.send_str(json.dumps(news))
