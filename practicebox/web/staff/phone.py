"""The telephone in place of the picture: an appointment goes on as a phone appointment."""

from __future__ import annotations

from aiohttp import web

from practicebox.practice.day import Event
from practicebox.practice.window import window
from practicebox.store.audit.audit import Action
from practicebox.store.records import Appointment, AppointmentDraft
from practicebox.web.keys import services
from practicebox.web.staff import acting
from practicebox.web.staff.appointments import appointment_of

routes = web.RouteTableDef()


@routes.post("/appointments/{id}/phone", name="phone.go_on")
async def go_on(request: web.Request) -> web.Response:
    """Make it a phone appointment and tell the patient's page; the number is on the next page."""
    appointment = await appointment_of(request)
    store = services(request).store
    by = acting.by(request)
    changed = await store.appointments.change(appointment.id, _by_phone(appointment), by)
    await acting.note(request, Action.PHONE_INSTEAD, appointment.id)
    span, now = window(changed.starts, changed.minutes), services(request).now()
    if span.opens <= now:  # before that it is a plan, and nothing has happened
        await store.attendance.note(changed.id, Event.ENDED, now)
    services(request).rooms.go_on_by_phone(changed.id, span.closes)
    raise web.HTTPSeeOther(f"/appointments/{changed.id}?said=phone")


def _by_phone(appointment: Appointment) -> AppointmentDraft:
    return AppointmentDraft(
        patient=appointment.patient,
        starts=appointment.starts,
        minutes=appointment.minutes,
        organiser=appointment.organiser,
        reason=appointment.reason,
        kind="phone",
    )
