"""How often the master password or a one-time code may be tried, by whom, and how often in all.

Both pages are open to everybody who reaches the staff door, and whoever needs them has no password
that could tell them from a guesser. So failures are counted where they come from:

- an approved workstation has a budget of its own;
- elsewhere each address has one, and all addresses of a network (/24 or /48) have one together. A
  practice's own network is a /24 itself: two hostile addresses in it leave enough for a third;
- in all there is a ceiling for the box, in two shares. One network never takes all of the share of
  strangers, and strangers, however many, never touch what is kept for approved workstations.

Each of the two pages counts for itself, in fixed memory (64 KiB); a restart forgives everything.
Failures are taken beforehand and given back, or many tries at once would be one. What somebody gets
right gives back that one try: it forgives nobody else, not even the tries before.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic

from aiohttp import web

from practicebox.appliance.sources import network_of
from practicebox.stun.attributes import pack_host
from practicebox.web.budgets import Budgets, LastHour
from practicebox.web.keys import services
from practicebox.web.staff import device
from practicebox.web.staff.throttle import BUSY, TooMany

SLIPS, SLIPS_PER_HOUR = 5, 6  # of a workstation or an address; then it is one in ten minutes
NETWORK_SLIPS, NETWORK_SLIPS_PER_HOUR = 15, 15  # in no hour more than 30
STRANGERS_PER_HOUR, KNOWN_PER_HOUR = 40, 20  # both together are 525,600 failures a year
STRANGERS = 2  # at a time; a master password takes the box a second or two of Argon2id
SLOTS = 1 << 12

Taken = tuple[Budgets, bytes]


class Attempts:
    """What one page has seen of failures. `wrong` are the conditions that are one."""

    def __init__(self, *wrong: type[Exception], clock: Callable[[], float] = monotonic) -> None:
        # Hanging up is no way to try for free.
        self._wrong: tuple[type[BaseException], ...] = (*wrong, asyncio.CancelledError)
        self._clock = clock
        self._sources = _budgets(SLIPS, SLIPS_PER_HOUR)
        self._networks = _budgets(NETWORK_SLIPS, NETWORK_SLIPS_PER_HOUR)
        self._known = _Share(KNOWN_PER_HOUR, at_once=SLIPS)
        self._strangers = _Share(STRANGERS_PER_HOUR, at_once=STRANGERS)

    @contextmanager
    def known(self, device_id: str) -> Iterator[None]:
        """A try at an approved workstation; raise `TooMany`."""
        with self._counted(self._known, (self._sources, b"device\0" + device_id.encode())):
            yield

    @contextmanager
    def stranger(self, host: str) -> Iterator[None]:
        """A try from anywhere else, from the address `host`; raise `TooMany`."""
        address = (self._sources, b"address\0" + pack_host(host))
        with self._counted(self._strangers, address, (self._networks, network_of(host))):
            yield

    @contextmanager
    def _counted(self, share: _Share, *taken: Taken) -> Iterator[None]:
        now = self._clock()
        wait = max(share.wait(now), *(budgets.wait(name, now) for budgets, name in taken))
        if wait:
            raise TooMany(wait)
        for budgets, name in taken:
            budgets.spend(name, now)
        with share.trying():
            try:
                yield
            except self._wrong:
                share.note(self._clock())
                raise
            except BaseException:  # whatever it was, nothing was wrong
                _give_back(taken)
                raise
        _give_back(taken)


class _Share:
    """A part of what the whole box may fail at within an hour."""

    def __init__(self, most: int, at_once: int) -> None:
        self._most = most
        self._at_once = at_once
        self._wrong = LastHour(most)
        self._trying = 0

    def wait(self, now: float) -> float:
        """Seconds until one more may try; 0 if one may now. Who is trying may yet fail."""
        full = self._wrong.until_below(self._most, now)
        if full:
            return full
        is_busy = self._trying >= min(self._at_once, self._most - self._wrong.count(now))
        return BUSY if is_busy else 0.0

    def note(self, now: float) -> None:
        """One has failed."""
        self._wrong.note(now)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Count one who has begun."""
        self._trying += 1
        try:
            yield
        finally:
            self._trying -= 1


@asynccontextmanager
async def attempt(request: web.Request, attempts: Attempts) -> AsyncIterator[None]:
    """Around one try; raise `TooMany` before anything is tried."""
    secret = device.read_secret(request)
    device_id = await services(request).store.approved_device(secret) if secret else None
    host = request.remote or "0.0.0.0"
    with attempts.known(device_id) if device_id else attempts.stranger(host):
        yield


def _give_back(taken: tuple[Taken, ...]) -> None:
    for budgets, name in taken:
        budgets.give_back(name)


def _budgets(size: int, per_hour: float) -> Budgets:
    return Budgets(os.urandom(16), size=size, per_hour=per_hour, slots=SLOTS)
