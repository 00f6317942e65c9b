"""The technical check: its page, its tickets, its result. Works without an appointment.

The browser measures and judges; the box lends what it measures against. With a visit the verdict,
one word, is kept at the appointment for the reception.
"""

from __future__ import annotations

import json

from aiohttp import web

from practicebox.rtc.echo import Echoes, Launch
from practicebox.store.appointments.checks import Verdict
from practicebox.store.conditions import NoSuchAppointment, NoVisit
from practicebox.store.records import Visit
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import services
from practicebox.web.patient import check_echo, check_ice, check_line
from practicebox.web.patient.check_limits import LIMITS, Limits
from practicebox.web.render import render

routes = web.RouteTableDef()
tables = (routes, check_line.routes, check_echo.routes)

LARGEST = 256  # bytes of a result


def setup(app: web.Application, launch: Launch) -> None:
    """Give the patient door what checks need; `launch` starts an echo (`rtc.echo`)."""
    app[LIMITS] = Limits(Echoes(launch))
    check_echo.setup(app)


@routes.get("/check", name="check.page")
async def page(request: web.Request) -> web.Response:
    """All steps on one page."""
    context = {
        "practice": await services(request).store.practice(),
        "visit": await _visit(request),
        "pass_line": check_line.PASS,
    }
    return render(request, "patient/check.html", context)


@routes.post("/check/paths", name="check.paths")
async def paths(request: web.Request) -> web.Response:
    """ICE servers for the two ends of a connection from the page to itself."""
    request.config_dict[LIMITS].spend(request)
    room = check_ice.new_room()
    ends = {end: check_ice.for_page(request, room, end) for end in ("near", "far")}
    return web.json_response(ends)


@routes.post("/check/result", name="check.result")
async def result(request: web.Request) -> web.Response:
    """Keep `{"verdict"}` at the appointment of the visit; without one there is nothing to keep."""
    request.config_dict[LIMITS].spend(request)
    verdict = await _verdict(request)
    visit = await _visit(request)
    if visit is None or visit.participant_id:  # the light at the appointment is the patient's
        return web.json_response({"kept": False})
    box = services(request)
    try:
        await box.store.checks.note(visit.appointment_id, verdict, box.now())
    except NoSuchAppointment:
        return web.json_response({"kept": False})  # deleted just now
    return web.json_response({"kept": True})


async def _verdict(request: web.Request) -> Verdict:
    if (request.content_length or LARGEST + 1) > LARGEST:
        raise web.HTTPBadRequest
    try:
        match json.loads(await request.text()):
            case {"verdict": str(word)}:
                return Verdict(word)
    except ValueError:
        pass
    raise web.HTTPBadRequest


async def _visit(request: web.Request) -> Visit | None:
    """The visit of this browser; None for somebody who only wants to check."""
    try:
        return await services(request).store.visits.find(cookies.read(request, Cookie.VISIT))
    except NoVisit:
        return None
