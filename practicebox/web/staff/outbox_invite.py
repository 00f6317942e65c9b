"""The button that lets the box send an invitation."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.keys import services
from practicebox.web.staff import outbox
from practicebox.web.staff.appointments import appointment_of

routes = web.RouteTableDef()


@routes.post("/appointments/{id}/invite", name="outbox.invite")
async def invite(request: web.Request) -> web.Response:
    """Let the box send the invitation, by every way that the patient agrees to."""
    store = services(request).store
    appointment = await appointment_of(request)
    ways = await outbox.ways_to(request, appointment)
    if not ways or appointment.state == "cancelled" or appointment.ends <= services(request).now():
        raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said=not_invited")
    await store.messages.invite(appointment.id, ways)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said=invited")
