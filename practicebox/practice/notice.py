"""The notice period of "Vertrag kündigen und Daten löschen": three months to the end of a quarter.

Counted as the German Civil Code counts: a period of months ends on the day with the same number,
or on the last day of a shorter month (section 188 BGB). Days are those of the practice's calendar.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = 3


def last_day(given: date) -> date:
    """The last day of operation when notice is given on a day.

    Three months end in the third month after this one, on its last day at the latest; so the day
    of the month makes no difference: what counts is the quarter of that month.
    """
    years, month = divmod(given.month - 1 + MONTHS, 12)
    year, last_month = given.year + years, month // 3 * 3 + 3
    return date(year, last_month, calendar.monthrange(year, last_month)[1])


def over_at(last: date, zone: ZoneInfo) -> datetime:
    """The moment after the last day: midnight on the practice's wall, in UTC.

    Where that midnight doesn't exist because the clock is put forward then, the day after begins
    at the same moment.
    """
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
