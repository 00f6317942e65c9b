"""The start page: what is on today, and the way to the next patient."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from aiohttp import web

from practicebox.store.first_day import Thing
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import backup, day
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

TOUR = {
    Thing.OPENING: (mark("Enter your opening hours"), "/opening"),
    Thing.MAILBOX: (mark("Enter the mailbox of the practice"), "/messages"),
    Thing.COLLEAGUE: (mark("Invite a colleague"), "/users/new"),
    Thing.APPOINTMENT: (mark("Plan the first appointment"), "/appointments/new"),
    Thing.CALL: (mark("Hold a test call"), "/help/firstday#testcall"),
}


class Todo(NamedTuple):
    """A line of the first day's list."""

    text: str
    path: str
    is_done: bool


@routes.get("/", name="start.page")
async def page(request: web.Request) -> web.Response:
    box = services(request)
    today, light, notice, troubles, alarms, first_day = await asyncio.gather(
        day.context(request),
        backup.light(request),
        box.store.operation.notice(),
        box.store.messages.troubles(),
        _log_alarms(request),
        _first_day(request),
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
        "first_day": first_day,
    }
    return render(request, "staff/start.html", context)


@routes.post("/tour", name="start.tour_done")
async def tour_done(request: web.Request) -> web.Response:
    """Show this user the list of the first day no more."""
    await services(request).store.first_day.dismiss(request[SESSION].user.id)
    raise web.HTTPSeeOther("/")


async def _first_day(request: web.Request) -> list[Todo] | None:
    """What is to be done on the first day, and what of it is; the Hauptnutzer alone can do it."""
    if request[SESSION].user.role != "admin":
        return None
    done = await services(request).store.first_day.done(request[SESSION].user.id)
    if done is None:
        return None
    translate = language(request).gettext
    return [Todo(translate(text), path, thing in done) for thing, (text, path) in TOUR.items()]


async def _log_alarms(request: web.Request) -> bool:
    """Whether the Hauptnutzer has to look at the audit log."""
    if request[SESSION].user.role != "admin":
        return False
    return bool((await services(request).store.audit.head()).alarms)
