"""What an appointment's page says of its service confirmation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from practicebox.practice.confirmation import Held, held, is_over
from practicebox.practice.day import Plan
from practicebox.store.records import Appointment
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language
from practicebox.web.staff import confirmation_asking
from practicebox.web.staff.session import zone_of
from practicebox.web.wording import took_place

WAYS = {
    "screen": mark("by the patient, on the screen"),
    "desk": mark("in the practice"),
    "paper": mark("on paper, signed"),
}


@dataclass(frozen=True)
class Shown:
    """What an appointment's page says of it."""

    words: str  # date, begin, end
    breaks: int
    is_over: bool
    at: datetime | None = None  # of the confirmation; None while it is missing
    way: str = ""
    by: str = field(default="", repr=False)
    may_ask: bool = False  # by a message
    asked: datetime | None = None


async def context(request: web.Request, appointment: Appointment) -> Shown | None:
    """What `appointment_confirmation.html` needs; None where nothing took place."""
    confirmed = await services(request).store.confirmations.get(appointment.id)
    what = confirmed.held if confirmed else await held_of(request, appointment)
    if what is None:
        return None
    spoken, zone = language(request), zone_of(request)
    words = took_place(spoken, what, str(zone))
    if confirmed is None:
        now = services(request).now()
        is_done = is_over(plan_of(appointment), what, now)
        asking = (await confirmation_asking.of(request, [appointment.id])).get(appointment.id)
        if asking is None or not is_done:
            return Shown(words, len(what.breaks), is_done)
        at = asking.asked and asking.asked.astimezone(zone)
        return Shown(words, len(what.breaks), is_done, may_ask=bool(asking.ways), asked=at)
    return Shown(
        words,
        len(what.breaks),
        is_over=True,
        at=confirmed.at.astimezone(zone),
        way=spoken.gettext(WAYS[confirmed.way]),
        by=await name_of(request, confirmed.by),
    )


async def held_of(request: web.Request, appointment: Appointment) -> Held | None:
    """What took place of the appointment."""
    happened = await services(request).store.attendance.of([appointment.id])
    return held(plan_of(appointment), happened.get(appointment.id, []))


def plan_of(appointment: Appointment) -> Plan:
    """When it was to be, and whether by telephone."""
    return Plan(appointment.starts, appointment.minutes, by_phone=appointment.kind == "phone")


async def name_of(request: web.Request, user_id: str) -> str:
    """Of a user; empty for nobody."""
    people = await services(request).store.people.everybody()
    names = {user.id: full_name(user.person) for user in people}
    return names.get(user_id, "")
