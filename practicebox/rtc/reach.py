"""Running outside-in tests: what a phone outside has found out so far, hop by hop.

Pure state: no socket, no clock (the time is passed in), no words. What the hops are is the caller's
business; here they are names in an order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

LIFETIME = timedelta(minutes=15)  # of a test, whatever happens in it
CAPACITY = 4  # tests at a time; a further one takes the place of the oldest
PATIENCE = timedelta(seconds=60)  # to find the phone, switch off its Wi-Fi and scan


class NoTest(LookupError):
    """There is no such test, or its time is over."""


class Light(StrEnum):
    """What is known of a hop."""

    WAITING = "waiting"
    TESTING = "testing"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    OFF = "off"  # this box does without it

    @property
    def is_result(self) -> bool:
        return self not in {Light.WAITING, Light.TESTING}


@dataclass
class ReachTest:
    """One test. `lights` has every hop, in order."""

    id: str
    token: str = field(repr=False)  # what the QR code carries; who knows it may report
    started: datetime
    lights: dict[str, Light]
    looked_up: tuple[str, ...] | None = None  # what the box itself finds for the public name
    run: int = 0  # how often the phone's page has begun; 0: it never came
    at_home: bool = False  # the phone came from inside the practice
    by_ipv4: bool = False  # something of it came from outside by IPv4
    by_ipv6: bool = False  # its page did by IPv6
    _listeners: list[Callable[[], None]] = field(default_factory=list, repr=False)

    def listen(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call `on_change()` after each change; return the way to stop."""
        self._listeners.append(on_change)
        return partial(self._listeners.remove, on_change)

    def looked(self, addresses: Iterable[str]) -> None:
        """The box has looked up the public name."""
        self.looked_up = tuple(addresses)
        self._changed()

    def begin(self, known: Mapping[str, Light], *, at_home: bool, is_ipv4: bool) -> int:
        """The phone's page is there: forget an earlier run. Return the number of this one."""
        self.run += 1
        self.at_home = at_home
        self.by_ipv4, self.by_ipv6 = not at_home and is_ipv4, not at_home and not is_ipv4
        self.lights = {hop: known.get(hop, Light.WAITING) for hop in self.lights}
        self._changed()
        return self.run

    def report(self, run: int, hop: str, light: Light) -> None:
        """Note what the phone says of `hop`; what an earlier page of it says is dropped."""
        if run == self.run and self.lights.get(hop, Light.OFF) is not Light.OFF:
            self.lights[hop] = light
            self._changed()

    def came_by_ipv4(self) -> None:
        """A packet of the phone has come from outside by IPv4."""
        self.by_ipv4 = True

    @property
    def is_complete(self) -> bool:
        """Whether every hop has a result."""
        return all(light.is_result for light in self.lights.values())

    @property
    def proves(self) -> bool:
        """Whether the result says anything of the way from outside."""
        return self.is_complete and self.run > 0 and not self.at_home

    def is_overdue(self, now: datetime) -> bool:
        """Whether the phone should have come by now."""
        return self.run == 0 and now >= self.started + PATIENCE

    def is_over(self, now: datetime) -> bool:
        return now >= self.started + LIFETIME

    def _changed(self) -> None:
        for on_change in list(self._listeners):
            on_change()


class ReachTests:
    """All tests that are running."""

    def __init__(self, hops: Iterable[str], capacity: int = CAPACITY) -> None:
        self._hops = tuple(hops)
        self._capacity = capacity
        self._tests: dict[str, ReachTest] = {}

    def start(self, test_id: str, token: str, now: datetime) -> ReachTest:
        """A new test; the oldest makes room for it."""
        self._expire(now)
        while len(self._tests) >= self._capacity:
            del self._tests[next(iter(self._tests))]
        test = ReachTest(test_id, token, now, dict.fromkeys(self._hops, Light.WAITING))
        self._tests[test_id] = test
        return test

    def get(self, test_id: str, now: datetime) -> ReachTest:
        """The test with this id; raise `NoTest`."""
        self._expire(now)
        if test_id not in self._tests:
            raise NoTest
        return self._tests[test_id]

    def by_token(self, token: str, now: datetime) -> ReachTest:
        """The test with this token; raise `NoTest`."""
        self._expire(now)
        wanted = _digest(token)  # how long a comparison takes tells nothing about a token
        for test in self._tests.values():
            if _digest(test.token) == wanted:
                return test
        raise NoTest

    def _expire(self, now: datetime) -> None:
        for test_id in [key for key, test in self._tests.items() if test.is_over(now)]:
            del self._tests[test_id]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
