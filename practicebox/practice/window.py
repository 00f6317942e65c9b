"""When an appointment can be joined: from 15 minutes before to 60 minutes after its end."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY = timedelta(minutes=15)
LATE = timedelta(minutes=60)


class Phase(enum.Enum):
    EARLY = "early"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Window:
    """The time in which an appointment can be joined; both ends aware."""

    opens: datetime
    closes: datetime

    def phase(self, now: datetime) -> Phase:
        if now < self.opens:
            return Phase.EARLY
        return Phase.OPEN if now < self.closes else Phase.OVER


def window(starts: datetime, minutes: int) -> Window:
    """The window of an appointment that starts at `starts` (aware) and lasts `minutes`."""
    return Window(starts - EARLY, starts + timedelta(minutes=minutes) + LATE)
