"""News that something about appointments, patients or messages has changed.

Told in the loop after the commit. Whoever listens looks again, or hears what became of which
appointment; nobody is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial


@dataclass(frozen=True)
class Happening:
    """What became of an appointment."""

    appointment_id: str
    what: str  # an event of `practice.day`, or CHANGED
    at: datetime


CHANGED = "changed"  # planned, moved, cancelled, deleted: whoever looks will see


class News:
    """The place where changes are told."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._hearers: list[Callable[[Happening], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change from now on."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Something has changed."""
        for listener in self._listeners:
            listener()

    def hear(self, hearer: Callable[[Happening], None]) -> Callable[[], None]:
        """Have every happening told from now on; return the way to stop."""
        self._hearers.append(hearer)
        return partial(self._hearers.remove, hearer)

    def happened(self, happenings: Iterable[Happening]) -> None:
        """Tell what became of appointments."""
        for one in happenings:
            for hearer in tuple(self._hearers):
                hearer(one)
