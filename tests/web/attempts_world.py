"""One page's count of failures on a clock of the test's, and a day of guesses against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from practicebox.store.conditions import UnknownCode
from practicebox.web.budgets import HOUR
from practicebox.web.staff.attempts import Attempts
from practicebox.web.staff.throttle import TooMany

DAY = 24 * HOUR
EVERY = 30.0  # seconds between two rounds of a guesser


@dataclass
class Page:
    """One page's count, and when it let somebody fail."""

    now: float = 0.0
    failed: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.attempts = Attempts(UnknownCode, clock=lambda: self.now)

    def fails(self, host: str = "", device: str = "") -> bool:
        """A wrong try; False if nothing was tried."""
        try:
            with self._try(host, device):
                raise UnknownCode
        except UnknownCode:
            self.failed.append(self.now)
            return True
        except TooMany:
            return False

    def succeeds(self, host: str = "", device: str = "") -> bool:
        """A right one; False if nothing was tried."""
        try:
            with self._try(host, device):
                return True
        except TooMany:
            return False

    @contextmanager
    def _try(self, host: str, device: str) -> Iterator[None]:
        with self.attempts.known(device) if device else self.attempts.stranger(host):
            yield

    def most_in_an_hour(self) -> int:
        first, most = 0, 0
        for last, time in enumerate(self.failed):
            while self.failed[first] <= time - HOUR:
                first += 1
            most = max(most, last - first + 1)
        return most


def under_attack(page: Page, attack: Callable[[], object], honest: Callable[[], bool]) -> int:
    """A day of guesses; how often the honest, who come once an hour, were kept waiting."""
    refused, next_hour = 0, HOUR / 2
    while page.now < DAY:
        attack()
        if page.now >= next_hour:
            refused += not honest()
            next_hour += HOUR
        page.now += EVERY
    return refused
