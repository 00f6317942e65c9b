"""Master data: who can log in, and on which workstations."""

from __future__ import annotations

from aiohttp import web

from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import render
from practicebox.web.staff import handover
from practicebox.web.staff.session import SESSION, zone_of

ROLES = {
    "admin": mark("Main user"),
    "clinician": mark("Clinician"),
    "reception": mark("Reception"),
}

routes = web.RouteTableDef()


@routes.get("/users", name="users.list")
async def users(request: web.Request) -> web.Response:
    context = {
        "current_area": "users",
        "users": await services(request).store.users(),
        "roles": ROLES,
        "own_id": request[SESSION].user.id,
    }
    return render(request, "staff/users.html", context)


@routes.get("/devices", name="devices.list")
async def devices(request: web.Request) -> web.Response:
    context = {
        "current_area": "devices",
        "devices": await services(request).store.devices(),
        "own_id": request[SESSION].device_id,
        "zone": zone_of(request),
        "other_address": handover.other_address(request),
    }
    return render(request, "staff/devices.html", context)
