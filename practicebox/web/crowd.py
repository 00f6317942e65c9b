"""How many connections a door holds: bounded in all and for each source, and never shut.

Anybody can open thousands of connections and say nothing. So each is either *at work* (a request
is being answered, a WebSocket is open) or *waiting* (for the TLS handshake, for the first request,
for the next one). Of those that wait there are few places, and when they are taken, one of those
that have waited longest makes room, by choice one of a source that holds many. Whoever really asks
for something does so within milliseconds; a browser whose idle connection was closed opens another.

Knows numbers of sockets and sources as bytes; no I/O, no time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

LOOKED_AT = 16  # connections, when one has to make room

Drop = Callable[[], None]


@dataclass(frozen=True)
class Caps:
    """How many connections there may be; a browser has up to six, a waiting patient holds one."""

    most: int = 1500  # 68 KiB each over TLS: 100 MB
    waiting: int = 750
    # Behind one source there may be a whole mobile carrier, or a practice's proxy.
    of_source: int = 1000
    waiting_of_source: int = 150


@dataclass
class _Source:
    all: int = 0
    waiting: dict[int, None] = field(default_factory=dict)  # in the order of waiting


@dataclass(frozen=True)
class _Guest:
    source: bytes
    drop: Drop


class Crowd:
    """The connections of one door."""

    def __init__(self, caps: Caps = Caps()) -> None:
        self.caps = caps
        self._guests: dict[int, _Guest] = {}
        self._waiting: dict[int, None] = {}
        self._sources: dict[bytes, _Source] = {}
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._guests)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def enter(self, number: int, source: bytes, drop: Drop) -> bool:
        """Take in a new connection, which waits; False if everybody is at work.

        `drop` closes it. It may be called within this call or within a later one.
        """
        self.leave(number)  # the system gives a number anew only after its socket was closed
        if len(self._guests) + self._dropped >= self.caps.most + self.caps.waiting:
            return False  # they come faster than those that were dropped can go
        if not self._make_room(self._sources.get(source, _Source())):
            return False
        group = self._sources.setdefault(source, _Source())
        group.all += 1
        self._guests[number] = _Guest(source, drop)
        self.rest(number)
        return True

    def work(self, number: int) -> None:
        """A request has come in full, or the connection is not HTTP and has limits of its own."""
        guest = self._guests.get(number)
        if guest and number in self._waiting:
            del self._waiting[number]
            del self._sources[guest.source].waiting[number]

    def rest(self, number: int) -> None:
        """The request is answered; the connection waits for the next one."""
        guest = self._guests.get(number)
        if guest and number not in self._waiting:
            self._waiting[number] = None
            self._sources[guest.source].waiting[number] = None

    def leave(self, number: int) -> None:
        """The connection is closed, or about to be."""
        self.work(number)
        guest = self._guests.pop(number, None)
        if guest is None:
            return
        group = self._sources[guest.source]
        group.all -= 1
        if not group.all:
            del self._sources[guest.source]

    def is_gone(self) -> None:
        """A connection that had to make room is closed at last, and its memory free."""
        self._dropped -= 1

    def _make_room(self, group: _Source) -> bool:
        caps = self.caps
        if len(group.waiting) >= caps.waiting_of_source or group.all >= caps.of_source:
            if not self._drop(next(iter(group.waiting), None)):
                return False
        if len(self._waiting) >= caps.waiting or len(self._guests) >= caps.most:
            return self._drop(self._of_many())
        return True

    def _of_many(self) -> int | None:
        """Of the connections that have waited longest the first one of the largest source."""
        longest = islice(self._waiting, LOOKED_AT)
        return max(longest, key=lambda number: len(self._group(number).waiting), default=None)

    def _group(self, number: int) -> _Source:
        return self._sources[self._guests[number].source]

    def _drop(self, number: int | None) -> bool:
        if number is None:
            return False
        drop = self._guests[number].drop
        self.leave(number)
        self._dropped += 1
        drop()
        return True
