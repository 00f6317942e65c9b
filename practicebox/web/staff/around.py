"""What an appointment's page shows beside the plan: calls, forms, what its payer pays, billing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from practicebox.practice.day import EARLY, Event, Happened, Plan, Step, progress
from practicebox.practice.treatments import is_paid
from practicebox.store.records import Appointment
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language
from practicebox.web.staff import (
    billing,
    confirmation_view,
    papers,
    participant_view,
    rights,
    treatments,
)
from practicebox.web.staff.session import SESSION, zone_of

_CALLS = {
    Event.BEGAN: mark("call begun"),
    Event.ENDED: mark("call ended"),
    Event.UNREACHED: mark("nobody reached"),
}


async def context(request: web.Request, appointment: Appointment) -> dict[str, object]:
    """What `appointment_phone.html` and `appointment_around.html` need."""
    box = services(request)
    happened = (await box.store.attendance.of([appointment.id])).get(appointment.id, [])
    step = progress(_plan(appointment), happened, box.now()).step
    took_place = step in (Step.DONE, Step.TALKING)
    return {
        "calls": _calls(request, happened),
        "on_the_phone": step is Step.TALKING,
        "may_call": box.now() >= appointment.starts - EARLY,
        "dial": dial(appointment.patient.phone),
        "treatment_hint": await _hint(request, appointment),
        "billing": billing.hints(request, appointment) if took_place else [],
        "took_place": took_place,
        "participants": await participant_view.lines(request, appointment),
        "may_note": request[SESSION].user.role in rights.TREATING,
        "confirmation": await confirmation_view.context(request, appointment),
        **await papers.context(request, appointment, took_place=took_place),
    }


def dial(number: str) -> str:
    """A number as an address to dial (RFC 3966); letters and remarks stay out of it."""
    plus = "+" if number.strip().startswith("+") else ""
    national = number.replace("(0)", "") if plus else number
    return f"tel:{plus}{''.join(c for c in national if c in '0123456789*#')}"


def _plan(appointment: Appointment) -> Plan:
    is_off = appointment.state == "cancelled"
    return Plan(appointment.starts, appointment.minutes, is_off, appointment.kind == "phone")


def _calls(request: web.Request, happened: Sequence[Happened]) -> list[tuple[datetime, str]]:
    _ = language(request).gettext
    zone = zone_of(request)
    return [
        (one.at.astimezone(zone), _(_CALLS[one.event])) for one in happened if one.event in _CALLS
    ]


async def _hint(request: web.Request, appointment: Appointment) -> str:
    """That the patient's payer doesn't pay for this treatment by video; empty for nothing."""
    patient, day = appointment.patient, appointment.starts.astimezone(zone_of(request)).date()
    if not appointment.treatment or appointment.kind == "phone":
        return ""
    known = await treatments.current(request)
    if is_paid(known, appointment.treatment, patient.payer, day) is not False:
        return ""
    _ = language(request).gettext
    words = treatments.payer_words(_)
    return _("%(treatment)s is not paid by video by this payer: %(payer)s.") % {
        "treatment": appointment.treatment,
        "payer": words[patient.payer],
    }
