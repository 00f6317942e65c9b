"""How often a password may be guessed, without ever locking out those who work here.

An approved workstation has a budget of its own for each account: what strangers do to an account
never reaches it. All other browsers share one budget for each account and one for each address,
and few of them at a time may make the box work on Argon2id, or honest logins would queue behind
them. Accounts that don't exist are counted like those that do.

Failures are taken beforehand and given back, or many tries at once would be one.
"""

from __future__ import annotations

import math
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic

from aiohttp import web

from practicebox.practice.names import short_key
from practicebox.store.conditions import WrongCredentials, WrongPassword
from practicebox.stun.bucket import source_of
from practicebox.web.budgets import Budgets
from practicebox.web.keys import services
from practicebox.web.staff import device

DEVICE_SLIPS, DEVICE_SLIPS_PER_HOUR = 10, 60
ACCOUNT_SLIPS, ACCOUNT_SLIPS_PER_HOUR = 10, 10  # of all unknown browsers together
SOURCE_SLIPS, SOURCE_SLIPS_PER_HOUR = 30, 60
STRANGERS = 2  # unknown browsers at a time; an Argon2id takes about 0.1 s, and one runs at a time
SLOTS = 1 << 12
BUSY = 1.0  # seconds after which a stranger may find a free place


class TooMany(Exception):
    """Nothing was tried: there were too many wrong passwords, or too many try just now."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = math.ceil(seconds)  # until it makes sense to try again

    @property
    def minutes(self) -> int:
        return math.ceil(self.seconds / 60)


class Throttle:
    """What one staff door has seen of wrong passwords. Forgets everything at a restart."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._devices = _budgets(DEVICE_SLIPS, DEVICE_SLIPS_PER_HOUR)
        self._accounts = _budgets(ACCOUNT_SLIPS, ACCOUNT_SLIPS_PER_HOUR)
        self._sources = _budgets(SOURCE_SLIPS, SOURCE_SLIPS_PER_HOUR)
        self._strangers = 0

    @contextmanager
    def known(self, device_id: str, account: bytes) -> Iterator[None]:
        """A try at an approved workstation; raise `TooMany`."""
        with self._spending((self._devices, device_id.encode() + b"\0" + account)):
            yield

    @contextmanager
    def stranger(self, source: bytes, account: bytes) -> Iterator[None]:
        """A try anywhere else; raise `TooMany`."""
        if self._strangers >= STRANGERS:
            raise TooMany(BUSY)
        self._strangers += 1
        try:
            with self._spending((self._accounts, account), (self._sources, source)):
                yield
        finally:
            self._strangers -= 1

    @contextmanager
    def _spending(self, *taken: tuple[Budgets, bytes]) -> Iterator[None]:
        now = self._clock()
        wait = max(budgets.wait(name, now) for budgets, name in taken)
        if wait:
            raise TooMany(wait)
        for budgets, name in taken:
            budgets.spend(name, now)
        try:
            yield
        except (WrongCredentials, WrongPassword):
            raise
        except BaseException:  # whatever it was, the password was not wrong
            self._give_back(taken)
            raise
        self._give_back(taken)

    @staticmethod
    def _give_back(taken: tuple[tuple[Budgets, bytes], ...]) -> None:
        for budgets, name in taken:
            budgets.give_back(name)


THROTTLE = web.AppKey("login-throttle", Throttle)


def prepare(app: web.Application) -> None:
    """Give the staff door its count of wrong passwords."""
    app[THROTTLE] = Throttle()


@asynccontextmanager
async def attempt(request: web.Request, *account: str) -> AsyncIterator[None]:
    """Around one try of a password; raise `TooMany` before anything is tried.

    `account` is what names the account: the short names as they were typed, or a user's id. What is
    raised inside as `WrongCredentials` or `WrongPassword` counts as a failure.
    """
    throttle = request.config_dict[THROTTLE]
    name = "\0".join(map(short_key, account)).encode("utf-8", "surrogatepass")
    secret = device.read_secret(request)
    device_id = await services(request).store.approved_device(secret) if secret else None
    source = source_of(request.remote or "0.0.0.0")
    with throttle.known(device_id, name) if device_id else throttle.stranger(source, name):
        yield


def _budgets(size: int, per_hour: float) -> Budgets:
    return Budgets(os.urandom(16), size=size, per_hour=per_hour, slots=SLOTS)
