"""The appointments of a series, side by side after they were planned, and their letters."""

from __future__ import annotations

from aiohttp import web

from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.records import Appointment
from practicebox.web.keys import services
from practicebox.web.render import render
from practicebox.web.staff import letters
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

MOST = 60  # appointments named in an address


@routes.get("/series", name="series.page")
async def page(request: web.Request) -> web.Response:
    """`?ids=` of the appointments, with dots between them: ids name nobody."""
    found = await _named(request)
    context = {
        "current_area": "calendar",
        "appointments": found,
        "ids": ".".join(one.id for one in found),
        "zone": zone_of(request),
    }
    return render(request, "staff/series.html", context)


@routes.get("/series/letters.pdf", name="letters.series")
async def print_all(request: web.Request) -> web.Response:
    """A letter for each of them, in one file."""
    planned = [one.id for one in await _named(request) if one.state == "planned"]
    return await letters.of(request, planned)


async def _named(request: web.Request) -> list[Appointment]:
    """The appointments in the address that are still there; 404 for none at all."""
    found, store = [], services(request).store
    for id_ in request.query.get("ids", "").split(".")[:MOST]:
        try:
            found.append(await store.appointments.get(id_))
        except NoSuchAppointment:
            continue  # deleted meanwhile
    if not found:
        raise web.HTTPNotFound
    return found
