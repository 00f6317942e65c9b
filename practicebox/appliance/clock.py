"""Whether the clock can be trusted: a small computer without a battery wakes up in the past.

A wrong clock opens waiting rooms on the wrong day and makes certificates invalid. Knows no clock
of its own: times are passed in, as aware `datetime`s.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

# A clock that is set by the network steps back by a little; no appointment depends on so little.
WRITE_TOLERANCE = timedelta(minutes=2)
# A wheel holds local times without their zone, and zones reach from -12 to +14 hours.
BUILD_TOLERANCE = timedelta(days=1)
# systemd-timesyncd touches it at the first answer of a time server (systemd-timesyncd.service(8)).
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
POLL = timedelta(seconds=1)  # between two looks at a clock that is about to be set


class ClockWrong(Exception):
    """The clock of this computer is behind what must be in the past already."""

    log_safe = True  # two times, neither of which belongs to a person

    def __init__(self, now: datetime, known: datetime, what: str) -> None:
        super().__init__(
            f"The clock of this computer says {_minute(now)}, but {what} {_minute(known)}: "
            "set the clock (timedatectl shows it), then start again."
        )
        self.behind = known - now


def check(now: datetime, last_write: datetime | None, built: datetime | None = None) -> None:
    """Raise `ClockWrong` where `now` is before the last known write or the package's build."""
    if last_write is not None and now < last_write - WRITE_TOLERANCE:
        raise ClockWrong(now, last_write, "data was written on")
    if built is not None and now < built - BUILD_TOLERANCE:
        raise ClockWrong(now, built, "this software was built on")


async def wait_for_clock(
    look: Callable[[], None],
    patience: timedelta,
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    """Give the network time to set the clock after a power cut; then raise what `look` raises.

    Without a battery the clock goes on where it was last saved, up to an hour ago, until a time
    server answers.
    """
    for _ in range(patience // POLL):
        try:
            return look()
        except ClockWrong:
            await sleep(POLL.total_seconds())
    look()


def is_synchronised(mark: Path = SYNCHRONISED) -> bool | None:
    """Whether a time server has set the clock since the start; None where nobody can tell."""
    if mark.exists():
        return True
    return False if mark.parent.exists() else None


def build_date(module: Path) -> datetime:
    """When `module` was last written by its build: no later than the installation."""
    return datetime.fromtimestamp(module.stat().st_mtime, UTC)


def _minute(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
