"""An appointment outside the hours, on a holiday or in a blocked time: asked about, not refused."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from practicebox.practice.opening import Found, Obstacle
from practicebox.store.records import Appointment, AppointmentDraft
from practicebox.web.forms import Form
from practicebox.web.language import mark
from practicebox.web.render import language
from practicebox.web.staff import hours, overlap
from practicebox.web.staff.opening_words import HOLIDAYS
from practicebox.web.staff.session import zone_of

FIELD = "unusual"
_QUESTIONS = {
    Obstacle.HOLIDAY: mark("This day is a public holiday: %(what)s."),
    Obstacle.CLOSED: mark("This time is outside the opening hours."),
    Obstacle.BLOCKED: mark("This time is blocked: %(what)s."),
}


async def asks(
    request: web.Request, form: Form, draft: AppointmentDraft, old: Appointment | None = None
) -> bool:
    """Note all questions about the time of a draft in the form; whether there is one.

    Whatever was answered, or asked when the time was chosen, isn't asked again.
    """
    overlaps = await overlap.asks(request, form, draft, old)
    if form.is_ticked(FIELD) or (old and overlap.same_time(draft, old)):
        return overlaps
    found = await obstacles(request, draft)
    if found:
        form.errors[FIELD] = " ".join(words(request, one) for one in found)
    return overlaps or bool(found)


async def obstacles(request: web.Request, draft: AppointmentDraft) -> list[Found]:
    """What is unusual about the time of a draft."""
    ends = draft.starts + timedelta(minutes=draft.minutes)
    zone = zone_of(request)
    days = draft.starts.astimezone(zone).date(), ends.astimezone(zone).date()
    return (await hours.between(request, *days)).obstacles(draft.starts, ends, draft.organiser)


def words(request: web.Request, found: Found) -> str:
    """What is unusual about a time, as a sentence."""
    _ = language(request).gettext
    if found.obstacle is Obstacle.HOLIDAY:
        return _(_QUESTIONS[found.obstacle]) % {"what": _(HOLIDAYS[found.what])}
    what = found.what or _("no reason given")
    return _(_QUESTIONS[found.obstacle]) % {"what": what}
