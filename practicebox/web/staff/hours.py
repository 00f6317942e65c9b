"""Opening hours, holidays and blocked times of some days, as calendar and forms need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from practicebox.practice import opening
from practicebox.practice.opening import Blocked, Found, Opening, Span
from practicebox.store import settings
from practicebox.web.keys import services
from practicebox.web.staff.session import zone_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """When there can be consultations on some days, and when not."""

    opening: Opening
    blocked: tuple[Blocked, ...]
    zone: ZoneInfo

    def obstacles(self, starts: datetime, ends: datetime, whose: str) -> list[Found]:
        """What is unusual about a time (aware) of a clinician."""
        local = starts.astimezone(self.zone), ends.astimezone(self.zone)
        return [
            *self.opening.obstacles(*(moment.replace(tzinfo=None) for moment in local)),
            *opening.blocks(self.blocked, starts, ends, whose),
        ]

    def blocks(self, day: date, whose: str) -> list[tuple[Span, str]]:
        """The blocked times of a clinician on a day, with their reasons."""
        begins = datetime.combine(day, time(), self.zone)
        found = (
            (self.span(day, one.starts, one.ends), one.reason)
            for one in self.blocked
            if one.concerns(whose) and one.starts < begins + ONE_DAY and begins < one.ends
        )
        return [(span, reason) for span, reason in found if span.begins < span.ends]

    def span(self, day: date, starts: datetime, ends: datetime) -> Span:
        """The part of a time (aware) that falls on a day."""
        return opening.within(
            day,
            starts.astimezone(self.zone).replace(tzinfo=None),
            ends.astimezone(self.zone).replace(tzinfo=None),
        )


async def known(request: web.Request) -> Opening:
    """The opening hours and the state."""
    return opening.load(await services(request).store.settings.get(settings.OPENING))


async def between(request: web.Request, first: date, last: date) -> Hours:
    """All that is known of the days from one to another, both included."""
    zone = zone_of(request)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last, time(), zone) + ONE_DAY
    blocked = await services(request).store.blocked.between(begins, ends)
    return Hours(await known(request), tuple(blocked), zone)
