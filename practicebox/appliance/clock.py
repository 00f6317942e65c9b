"""The time the box goes by, and whether the computer's clock can be believed.

A small computer without a battery wakes up in the past; a broken one jumps. A wrong time opens
waiting rooms on the wrong day and would let jobs delete what is not old. So the box keeps a time of
its own: it follows the computer's clock, but where that leaps, the box goes on by the seconds that
have really passed until a time server or a person has said that the leap is right. Sessions,
visits, tickets and certificates all ask this one clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

# A clock that is set by the network steps by a little; no appointment depends on so little.
STEP = timedelta(minutes=5)
# A wheel holds local times without their zone, and zones reach from -12 to +14 hours.
BUILD_TOLERANCE = timedelta(days=1)
# A box that was off for longer asks. Jobs write daily while it is on.
LONGEST_OFF = timedelta(days=7)
# systemd-timesyncd touches it at each answer of a time server (systemd-timesyncd.service(8)) ...
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
ANSWERED = timedelta(hours=1)  # ... and asks every 34 minutes at least (timesyncd.conf(5))
LOOK = 10.0  # seconds between two looks at that mark while all is well

log = logging.getLogger(__name__)


class Trouble(StrEnum):
    """What is wrong with the computer's clock."""

    BEHIND = "behind"  # at the start: before something that is in the past already
    AHEAD = "ahead"  # at the start: long after the last write, and no time server confirms it
    LEAPED = "leaped"  # while the box was running


@dataclass(frozen=True)
class Doubt:
    """The computer's clock can't be believed."""

    trouble: Trouble
    computer: datetime  # what its clock says
    box: datetime  # what the box goes by instead
    is_possible: bool  # a person may say that the computer is right


def utc_now() -> datetime:
    """The computer's clock."""
    return datetime.now(UTC)


def steady_now() -> float:
    """Seconds that nobody can set; they go on while the computer sleeps (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class BoxClock:
    """The time of the box: call it for an aware `datetime` in UTC."""

    def __init__(
        self,
        wall: Callable[[], datetime] = utc_now,
        steady: Callable[[], float] = steady_now,
        mark: Path = SYNCHRONISED,
    ) -> None:
        self._wall, self._steady, self._mark = wall, steady, mark
        self._anchor = wall(), steady()
        self._known: datetime | None = None  # last write before this start
        self._built: datetime | None = None
        self._trouble: Trouble | None = None
        self._answer: float | None = None  # of a time server, before the clock leaped
        self._looked: float | None = None

    def __call__(self) -> datetime:
        """The time to go by."""
        wall, own = self._wall(), self._own()
        if abs(wall - own) > STEP and not self._is_believed(wall):
            if self._trouble is None:
                self._notice(Trouble.LEAPED)
            return own
        self._follow(wall)
        return wall

    def begin(self, last_write: datetime | None, built: datetime | None = None) -> None:
        """Weigh the computer's clock at the start of the box, before anything is written."""
        self._known, self._built = last_write, built
        wall = self._wall()
        if self._is_before_the_past(wall):
            past = max(moment for moment in (last_write, built) if moment)
            self._anchor = past, self._steady()
            self._notice(Trouble.BEHIND)
        elif last_write and wall - last_write > LONGEST_OFF and not self._is_answered(wall):
            self._anchor = last_write, self._steady()
            self._notice(Trouble.AHEAD)

    @property
    def doubt(self) -> Doubt | None:
        """Why nothing may expire or be deleted now; None while the clock is believed."""
        own = self()
        if self._trouble is None:
            return None
        wall = self._wall()
        return Doubt(self._trouble, wall, own, not self._is_before(wall, self._built))

    @property
    def is_in_doubt(self) -> bool:
        """Whether there is a `doubt`."""
        return self.doubt is not None

    def believe(self, shown: datetime) -> bool:
        """A person says that the computer's clock is right, having been shown `shown` (aware).

        False where that can't be, or where the clock has leaped again since.
        """
        wall = self._wall()
        is_what_was_seen = shown.tzinfo is not None and abs(wall - shown) <= ANSWERED
        if not is_what_was_seen or self._is_before(wall, self._built):
            return False
        self._follow(wall)
        return True

    def _own(self) -> datetime:
        moment, steady = self._anchor
        return moment + timedelta(seconds=self._steady() - steady)

    def _follow(self, wall: datetime) -> None:
        steady = self._steady()
        self._anchor = wall, steady
        if self._looked is None or steady - self._looked >= LOOK:
            self._answer, self._looked = self._touched(), steady
        if self._trouble:
            self._trouble = None
            log.info("clock_believed")

    def _notice(self, trouble: Trouble) -> None:
        self._trouble = trouble
        log.warning("clock_in_doubt", extra={"kind": trouble.value})

    def _is_believed(self, wall: datetime) -> bool:
        if self._is_answered(wall):
            return True
        if self._trouble is not Trouble.BEHIND or self._is_before_the_past(wall):
            return False
        # It has been set meanwhile, to what would have been believed at the start.
        return self._known is None or wall - self._known <= LONGEST_OFF

    def _is_answered(self, wall: datetime) -> bool:
        """Whether a time server has confirmed this very time lately."""
        touched = self._touched()
        if touched is None or touched == self._answer:
            return False
        age = wall - datetime.fromtimestamp(touched, UTC)
        return -STEP <= age <= ANSWERED and not self._is_before(wall, self._built)

    def _touched(self) -> float | None:
        try:
            return self._mark.stat().st_mtime
        except OSError:
            return None

    def _is_before_the_past(self, wall: datetime) -> bool:
        is_before_write = self._known is not None and wall < self._known - STEP
        return is_before_write or self._is_before(wall, self._built)

    @staticmethod
    def _is_before(wall: datetime, built: datetime | None) -> bool:
        return built is not None and wall < built - BUILD_TOLERANCE


def is_synchronised(mark: Path = SYNCHRONISED) -> bool | None:
    """Whether a time server has set the clock since the start; None where nobody can tell."""
    if mark.exists():
        return True
    return False if mark.parent.exists() else None


def build_date(module: Path) -> datetime:
    """When `module` was last written by its build: no later than the installation."""
    return datetime.fromtimestamp(module.stat().st_mtime, UTC)
