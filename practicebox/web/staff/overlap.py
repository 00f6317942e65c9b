"""Two appointments of one clinician at the same time: the reception is asked, never refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from practicebox.practice.local_time import next_slot
from practicebox.store.records import LONGEST, Appointment, AppointmentDraft, Entry, User
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.render import language
from practicebox.web.staff.appointment_form import USUAL, Desk
from practicebox.web.staff.session import zone_of

FIELD = "overlap"
QUARTER = timedelta(minutes=15)
NAMED = 3  # appointments named in the question; the others are counted


async def asks(
    request: web.Request, form: Form, draft: AppointmentDraft, old: Appointment | None = None
) -> bool:
    """Note the question in the form, unless it has been answered or nothing overlaps.

    `old` is the appointment as it was: one that keeps its time has been asked about before.
    """
    if form.is_ticked(FIELD) or (old and _same_time(draft, old)):
        return False
    others = await _overlapping(request, draft, old.id if old else "")
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
    """The next quarter of an hour today with enough time before the next appointment of whoever
    the form proposes; the very next one if the whole day is full."""
    soonest = next_slot(desk.now, desk.zone)
    entries = await services(request).store.appointments.day(soonest.date())
    holds = [one.id for one in desk.users]
    organiser = user.id if user.id in holds else holds[0]
    slot, usual = soonest, timedelta(minutes=USUAL)
    while slot.date() == soonest.date():
        ends = slot + usual
        if not any(_meet(entry, organiser, slot, ends) for entry in entries):
            return slot
        slot += QUARTER
    return soonest


async def _overlapping(request: web.Request, draft: AppointmentDraft, but: str) -> list[Entry]:
    """What the same clinician has planned within this time, other than `but`."""
    zone, store = zone_of(request), services(request).store
    ends = draft.starts + timedelta(minutes=draft.minutes)
    days = {
        moment.astimezone(zone).date()
        for moment in (draft.starts - timedelta(minutes=LONGEST), draft.starts, ends)
    }
    entries = [entry for day in sorted(days) for entry in await store.appointments.day(day)]
    return [e for e in entries if e.id != but and _meet(e, draft.organiser, draft.starts, ends)]


def _meet(entry: Entry, organiser: str, starts: datetime, ends: datetime) -> bool:
    same = entry.organiser == organiser and entry.state != "cancelled"
    return same and entry.starts < ends and starts < entry.ends


def _same_time(draft: AppointmentDraft, old: Appointment) -> bool:
    return (draft.starts, draft.minutes, draft.organiser) == (
        old.starts,
        old.minutes,
        old.organiser,
    )
