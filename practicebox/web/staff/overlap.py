"""Two appointments of one clinician at the same time: the reception is asked, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from aiohttp import web

from practicebox.practice.local_time import next_slot
from practicebox.store.records import LONGEST, Appointment, AppointmentDraft, Entry, User
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.render import language
from practicebox.web.staff import hours
from practicebox.web.staff.appointment_form import USUAL, Desk
from practicebox.web.staff.session import zone_of

FIELD = "overlap"
QUARTER = timedelta(minutes=15)
FAR = 60  # days ahead in which a free time is looked for
NAMED = 3  # appointments named in the question; the others are counted


async def asks(
    request: web.Request, form: Form, draft: AppointmentDraft, old: Appointment | None = None
) -> bool:
    """Note the question in the form, unless it has been answered or nothing overlaps.

    `old` is the appointment as it was: one that keeps its time has been asked about before.
    """
    if form.is_ticked(FIELD) or (old and same_time(draft, old)):
        return False
    others = await overlapping(request, draft, old.id if old else "")
    if not others:
        return False
    _ = language(request).gettext
    zone = zone_of(request)
    named = [f"{entry.starts.astimezone(zone):%H:%M} {entry.patient_name}" for entry in others]
    rest = _("and %(count)s more") % {"count": len(named) - NAMED} if named[NAMED:] else ""
    told = f"{', '.join(named[:NAMED])} {rest}".rstrip()
    question = _("At this time there is another appointment already: %(appointments)s.")
    form.errors[FIELD] = question % {"appointments": told}
    return True


async def next_free(request: web.Request, user: User, desk: Desk) -> datetime:
    """The next quarter of an hour in which whoever the form proposes is free and the practice open.

    While no hours are known it is one of today or tomorrow; the very next one if nothing is free.
    """
    soonest = next_slot(desk.now, desk.zone)
    holds = [one.id for one in desk.users]
    organiser = user.id if user.id in holds else holds[0]
    times = await hours.between(request, soonest.date(), soonest.date() + timedelta(days=FAR))
    for days in range(FAR if times.opening.is_known else 2):
        day = soonest.date() + timedelta(days=days)
        if not times.opening.on(day):
            continue
        entries = await services(request).store.appointments.day(day)
        busy = [one for one in entries if is_busy(one, organiser)]
        first = soonest if not days else datetime.combine(day, time(), desk.zone)
        for slot in _quarters(first):
            ends = slot + timedelta(minutes=USUAL)
            taken = any(one.starts < ends and slot < one.ends for one in busy)
            if not taken and not times.obstacles(slot, ends, organiser):
                return slot
    return soonest


def _quarters(first: datetime) -> Iterator[datetime]:
    """Every quarter of an hour until the end of the local day."""
    slot = first.astimezone(UTC)
    while (local := slot.astimezone(first.tzinfo)).date() == first.date():
        yield local
        slot += QUARTER


async def overlapping(request: web.Request, draft: AppointmentDraft, but: str) -> list[Entry]:
    """What the same clinician has planned within this time, other than `but`."""
    zone, store = zone_of(request), services(request).store
    ends = draft.starts + timedelta(minutes=draft.minutes)
    days = {
        moment.astimezone(zone).date()
        for moment in (draft.starts - timedelta(minutes=LONGEST), draft.starts, ends)
    }
    entries = [entry for day in sorted(days) for entry in await store.appointments.day(day)]
    return [
        one
        for one in entries
        if one.id != but
        and is_busy(one, draft.organiser)
        and (one.starts < ends and draft.starts < one.ends)
    ]


def is_busy(entry: Entry, organiser: str) -> bool:
    """Whether this appointment keeps a clinician from another one."""
    return entry.organiser == organiser and entry.state != "cancelled"


def same_time(draft: AppointmentDraft, old: Appointment) -> bool:
    """Whether a plan keeps the time and the clinician of an appointment."""
    return (draft.starts, draft.minutes, draft.organiser) == (
        old.starts,
        old.minutes,
        old.organiser,
    )
