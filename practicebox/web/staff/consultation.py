"""The clinician's half of a consultation: waiting room, call, signaling socket."""

from __future__ import annotations

from collections.abc import Coroutine

from aiohttp import web

from practicebox.practice.window import Phase, window
from practicebox.rtc.messages import Role
from practicebox.rtc.rooms import key_of
from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Appointment, Invitation
from practicebox.web.keys import ice_servers, services
from practicebox.web.render import full_name, language, render
from practicebox.web.signal import Visit, serve_signal
from practicebox.web.staff import consultation_log, participant_view
from practicebox.web.staff.appointments import appointment_of
from practicebox.web.staff.session import DEVICE, SESSION, zone_of

routes = web.RouteTableDef()


@routes.get("/appointments/{id}/consultation", name="consultation.page")
async def page(request: web.Request) -> web.Response:
    """Waiting room and consultation; opening it changes nothing, the page's script says `admit`."""
    appointment = await appointment_of(request)
    is_conference = appointment.kind == "conference"
    context = {
        "current_area": "appointments",
        "appointment": appointment,
        "zone": zone_of(request),
        "name": full_name(request[SESSION].user.person),
        "joinable": _is_joinable(request, appointment),
        "seats": await _seats(request, appointment) if is_conference else [],
    }
    name = "conference" if is_conference else "consultation"
    return render(request, f"staff/{name}.html", context)


@routes.get("/appointments/{id}/signal", name="consultation.signal")
async def signal(request: web.Request) -> web.StreamResponse:
    """Needs the session and no key: it comes back after a restart, before anybody logs in."""
    invitations = services(request).store.invitations
    return await _to_room(request, invitations.of_doctor(request.match_info["id"]))


@routes.get("/appointments/{id}/participants/{other}/signal", name="consultation.beside")
async def beside(request: web.Request) -> web.StreamResponse:
    """The same towards one participant of a conference; none while their own door is closed."""
    invitations, ids = services(request).store.invitations, request.match_info
    return await _to_room(request, invitations.of_doctor_towards(ids["id"], ids["other"]))


async def _to_room(
    request: web.Request, found: Coroutine[None, None, Invitation]
) -> web.StreamResponse:
    try:
        appointment = await found
    except UnknownInvitation:
        raise web.HTTPNotFound from None
    if not appointment.is_open or not _is_joinable(request, appointment):
        raise web.HTTPConflict
    device = request[DEVICE]
    consultation_log.take_seat(request, appointment.appointment_id)
    until = window(appointment.starts, appointment.minutes).closes
    clinician = Visit(
        appointment_id=key_of(appointment.appointment_id, appointment.participant_id),
        role=Role.CLINICIAN,
        device=device,
        host=request.remote or "",
        until=until,
        ice=ice_servers(request, appointment.appointment_id, device, until),
        announced=services(request).announced(),
    )
    return await serve_signal(request, services(request).rooms, clinician)


async def _seats(request: web.Request, appointment: Appointment) -> list[dict[str, object]]:
    """Whom the page of a conference may ask in, the patient first; for its script."""
    own, _ = f"/appointments/{appointment.id}", language(request).gettext
    patient = {
        "id": "patient",
        "name": appointment.patient.name,
        "role": _("Patient"),
        "path": f"{own}/signal",
        "link": appointment.link.fragment(),
        "open": True,
    }
    others = [
        {
            "id": line.participant.id,
            "name": line.participant.name,
            "role": line.role,
            "path": f"{own}/participants/{line.participant.id}/signal",
            "link": line.participant.link.fragment(),
            "open": line.participant.may_enter,
        }
        for line in await participant_view.lines(request, appointment)
    ]
    return [patient, *others]


def _is_joinable(request: web.Request, appointment: Appointment | Invitation) -> bool:
    """The clinician may come earlier than the patient, and stay as long."""
    span = window(appointment.starts, appointment.minutes)
    over = span.phase(services(request).now()) is Phase.OVER
    return not over and appointment.state == "planned"
