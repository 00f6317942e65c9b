"""The start page: what is on today, and the way to the next patient."""

from __future__ import annotations

import asyncio

from aiohttp import web

from practicebox.web.keys import services
from practicebox.web.render import full_name, render
from practicebox.web.staff import backup, day
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()


@routes.get("/", name="start.page")
async def page(request: web.Request) -> web.Response:
    box = services(request)
    today, light, notice, troubles, alarms = await asyncio.gather(
        day.context(request),
        backup.light(request),
        box.store.operation.notice(),
        box.store.messages.troubles(),
        _log_alarms(request),
    )
    context = {
        **today,
        "current_area": "start",
        "zone": zone_of(request),
        "now": box.now(),
        "backup_light": light,
        "name": full_name(request[SESSION].user.person),
        "notice": notice,
        "troubles": troubles,
        "log_alarms": alarms,
    }
    return render(request, "staff/start.html", context)


async def _log_alarms(request: web.Request) -> bool:
    """Whether the Hauptnutzer has to look at the audit log."""
    if request[SESSION].user.role != "admin":
        return False
    return bool((await services(request).store.audit.head()).alarms)
