"""What happens, kept in memory for a while, so that programs can go on where they were cut off.

Ids of appointments and moments, no names. A restart begins a new count under another name, so that
nobody goes on in the middle of something else.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from practicebox.store.news import Happening
from practicebox.store.times import to_text

KEPT = 2000  # events; a busy day of a practice
RESET = "reset"


class Feed:
    """The last events, and who waits for the next ones. `name` is of this start of the box."""

    def __init__(self, name: str, kept: int = KEPT) -> None:
        self._name = name
        self._events: deque[tuple[int, Happening]] = deque(maxlen=kept)
        self._last = 0
        self._waiting: set[asyncio.Event] = set()
        self.is_closed = False

    def add(self, happening: Happening) -> None:
        """Take in something that happened."""
        self._last += 1
        self._events.append((self._last, happening))
        self._wake()

    def close(self) -> None:
        """Send everybody away: the box stops."""
        self.is_closed = True
        self._wake()

    @contextmanager
    def waiting(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is more."""
        more = asyncio.Event()
        self._waiting.add(more)
        try:
            yield more
        finally:
            self._waiting.discard(more)

    @property
    def now(self) -> str:
        """The id of the last event."""
        return f"{self._name}-{self._last}"

    def after(self, id_: str) -> tuple[str, str]:
        """What happened behind an event, as it is sent, and the id of the last; a `reset` where
        that can't be told any more."""
        number = self._number(id_)
        oldest = self._events[0][0] if self._events else self._last + 1
        if number is None or not oldest - 1 <= number <= self._last:
            return sent(self.now, RESET, {}), self.now
        news = [self._as_sent(n, one) for n, one in self._events if n > number]
        return "".join(news), self.now

    def _as_sent(self, number: int, one: Happening) -> str:
        told = {"appointment_id": one.appointment_id, "at": to_text(one.at)}
        return sent(f"{self._name}-{number}", one.what, told)

    def _number(self, id_: str) -> int | None:
        name, _, number = id_.rpartition("-")
        is_number = number.isascii() and number.isdigit() and len(number) < 16
        return int(number) if name == self._name and is_number else None

    def _wake(self) -> None:
        for more in self._waiting:
            more.set()


def sent(id_: str, event: str, content: dict[str, str]) -> str:
    """One event on the wire (WHATWG HTML section 9.2, "server-sent events")."""
    return f"id: {id_}\nevent: {event}\ndata: {json.dumps(content)}\n\n"
