"""What a receptionist types as date and time, as a moment: summer time included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=15)


class NoSuchTime(ValueError):
    """The clocks go forward over this time: it does not exist on that day."""


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC; of a time that exists twice, the first one."""
    local = datetime.combine(day, clock, zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    return utc


def next_slot(now: datetime, zone: ZoneInfo) -> datetime:
    """The next full quarter of an hour after `now`, in local time."""
    minutes = now.astimezone(UTC)
    start = minutes.replace(minute=minutes.minute // 15 * 15, second=0, microsecond=0)
    return (start + STEP).astimezone(zone)
