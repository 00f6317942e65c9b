"""The clinician's half of a consultation: waiting room, call, signaling socket."""

from __future__ import annotations

from aiohttp import web

from practicebox.practice.window import Phase, window
from practicebox.rtc.messages import Role
from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Appointment, Invitation
from practicebox.web.keys import ice_servers, services
from practicebox.web.render import full_name, render
from practicebox.web.signal import Visit, serve_signal
from practicebox.web.staff import consultation_log
from practicebox.web.staff.appointments import appointment_of
from practicebox.web.staff.session import DEVICE, SESSION, zone_of

routes = web.RouteTableDef()


@routes.get("/appointments/{id}/consultation", name="consultation.page")
async def page(request: web.Request) -> web.Response:
    """Waiting room and consultation; opening it changes nothing, the page's script says `admit`."""
    appointment = await appointment_of(request)
    context = {
        "current_area": "appointments",
        "appointment": appointment,
        "zone": zone_of(request),
        "name": full_name(request[SESSION].user.person),
        "joinable": _is_joinable(request, appointment),
    }
    return render(request, "staff/consultation.html", context)


@routes.get("/appointments/{id}/signal", name="consultation.signal")
async def signal(request: web.Request) -> web.StreamResponse:
    """Needs the session and no key: it comes back after a restart, before anybody logs in."""
    try:
        appointment = await services(request).store.invitations.of_doctor(request.match_info["id"])
    except UnknownInvitation:
        raise web.HTTPNotFound from None
    if not _is_joinable(request, appointment):
        raise web.HTTPConflict
    device = request[DEVICE]
    consultation_log.take_seat(request, appointment.appointment_id)
    until = window(appointment.starts, appointment.minutes).closes
    clinician = Visit(
        appointment_id=appointment.appointment_id,
        role=Role.CLINICIAN,
        device=device,
        host=request.remote or "",
        until=until,
        ice=ice_servers(request, appointment.appointment_id, device, until),
        announced=services(request).announced(),
    )
    return await serve_signal(request, services(request).rooms, clinician)


def _is_joinable(request: web.Request, appointment: Appointment | Invitation) -> bool:
    """The clinician may come earlier than the patient, and stay as long."""
    span = window(appointment.starts, appointment.minutes)
    over = span.phase(services(request).now()) is Phase.OVER
    return not over and appointment.state == "planned"
