"""The telephone: an appointment goes on as a phone appointment, and its calls are documented."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from practicebox.practice.day import EARLY, Event, Happened
from practicebox.practice.window import window
from practicebox.store.audit.audit import Action
from practicebox.store.records import Appointment, AppointmentDraft
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.staff import acting
from practicebox.web.staff.appointments import appointment_of
from practicebox.web.staff.attendance import tell

routes = web.RouteTableDef()

_NOTED = {
    Event.BEGAN.value: Action.CONSULTATION_STARTED,
    Event.ENDED.value: Action.CONSULTATION_ENDED,
    Event.UNREACHED.value: Action.PHONE_UNREACHED,
}


@routes.post("/appointments/{id}/phone", name="phone.go_on")
async def go_on(request: web.Request) -> web.Response:
    """Make it a phone appointment and tell the patient's page; the number is on the next page."""
    appointment = await appointment_of(request)
    store = services(request).store
    by = acting.by(request)
    changed = await store.appointments.change(appointment.id, _by_phone(appointment), by)
    await acting.note(request, Action.PHONE_INSTEAD, appointment.id)
    closes = window(changed.starts, changed.minutes).closes
    services(request).rooms.go_on_by_phone(changed.id, closes)
    raise web.HTTPSeeOther(f"/appointments/{changed.id}?said=phone")


@routes.post("/appointments/{id}/call", name="phone.call")
async def call(request: web.Request) -> web.Response:
    """Document a call: begun, ended, or nobody reached. It counts from half a day before on."""
    appointment, form = await appointment_of(request), await posted(request)
    action = _NOTED.get(form.value("call"))
    box = services(request)
    if action is None or appointment.kind != "phone" or box.now() < appointment.starts - EARLY:
        raise web.HTTPSeeOther(f"/appointments/{appointment.id}")
    event = Event(form.value("call"))
    known = (await box.store.attendance.of([appointment.id])).get(appointment.id, [])
    if not _is_said_already(known, event):
        await box.store.attendance.note(appointment.id, event, box.now())
        await acting.note(request, action, appointment.id)
        tell(request.app)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said=call_{event.value}")


def _is_said_already(known: Sequence[Happened], event: Event) -> bool:
    """A double click; nobody is called in vain twice within a breath, nor begins twice."""
    return event is not Event.UNREACHED and bool(known) and known[-1].event is event


def _by_phone(appointment: Appointment) -> AppointmentDraft:
    return AppointmentDraft(
        patient=appointment.patient,
        starts=appointment.starts,
        minutes=appointment.minutes,
        organiser=appointment.organiser,
        reason=appointment.reason,
        kind="phone",
        treatment=appointment.treatment,
    )
