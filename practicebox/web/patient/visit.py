"""The visit: waiting room and consultation of one patient, and its signaling socket."""

from __future__ import annotations

from aiohttp import web

from practicebox.practice.window import Phase, window
from practicebox.rtc.messages import Role
from practicebox.rtc.rooms import key_of
from practicebox.store.conditions import NoVisit
from practicebox.store.records import Visit
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import ice_servers, services
from practicebox.web.patient import consent
from practicebox.web.render import render
from practicebox.web.signal import Visit as SignalVisit
from practicebox.web.signal import serve_signal
from practicebox.web.signal_socket import Limits

routes = web.RouteTableDef()

# The page opens its socket before the patient taps, which saves two round trips then.
LIMITS = Limits(hello=60.0)  # seconds; a page that still waits opens another one


@routes.get("/visit", name="visit.page")
async def page(request: web.Request) -> web.Response:
    """Everything from the explanation of the camera to the goodbye, on one page."""
    try:
        visit = await _visit(request)
    except NoVisit:
        raise web.HTTPSeeOther("/") from None
    span = window(visit.starts, visit.minutes)
    if await consent.is_needed(request, visit):
        raise web.HTTPSeeOther(consent.PATH)
    context = {
        "practice": await services(request).store.practice(),
        "visit": visit,
        "opens": span.opens,
        "closes": span.closes,
        "phase": span.phase(services(request).now()).value,
    }
    return render(request, "patient/visit.html", context)


@routes.get("/visit/signal", name="visit.signal")
async def signal(request: web.Request) -> web.StreamResponse:
    try:
        visit = await _visit(request)
    except NoVisit:
        raise web.HTTPUnauthorized from None
    if await consent.is_needed(request, visit):  # only who leaves the page out gets here
        raise web.HTTPForbidden
    now = services(request).now()
    span = window(visit.starts, visit.minutes)
    until = span.closes if span.phase(now) is Phase.OPEN else now  # then it's closed with a code
    mine = SignalVisit(
        appointment_id=key_of(visit.appointment_id, visit.participant_id),
        role=Role.PATIENT,
        device=visit.id,
        host=request.remote or "",
        until=until,
        ice=ice_servers(request, visit.appointment_id, visit.id, until),
        announced=None,
    )
    return await serve_signal(request, services(request).rooms, mine, LIMITS)


@routes.get("/about", name="visit.about")
async def about(request: web.Request) -> web.Response:
    """How it works and what happens to data; readable without an appointment."""
    practice = await services(request).store.practice()
    return render(request, "patient/about.html", {"practice": practice})


async def _visit(request: web.Request) -> Visit:
    """The visit of the browser that asks; raise `NoVisit`."""
    return await services(request).store.visits.find(cookies.read(request, Cookie.VISIT))
