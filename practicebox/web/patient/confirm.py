"""The service confirmation on the patient's page: at the end of the consultation, or later by the
same link. Works while the vault is locked; only the visit's cookie says whose it is."""

from __future__ import annotations

from aiohttp import web

from practicebox.practice.confirmation import Held, held, may_confirm
from practicebox.practice.day import Plan
from practicebox.store.audit.audit import PATIENT, By
from practicebox.store.conditions import NoSuchAppointment, NoVisit
from practicebox.store.records import Invitation, Visit
from practicebox.web import cookies
from practicebox.web.cookies import Cookie
from practicebox.web.keys import Services, services
from practicebox.web.render import language
from practicebox.web.wording import took_place

routes = web.RouteTableDef()


@routes.get("/visit/confirmation", name="confirm.state")
async def state(request: web.Request) -> web.Response:
    """`{"state", "words"}`: "open" (to be confirmed), "done" or "none" (nothing took place)."""
    visit = await _visit(request)
    box = services(request)
    what = await what_was_held(box, visit)
    if what is None or not may_confirm(_plan(visit), what, box.now()):
        return _answer("none")
    words = await _words(request, what)
    is_done = await box.store.confirmations.is_there(visit.appointment_id)
    return _answer("done" if is_done else "open", words)


@routes.post("/visit/confirmation", name="confirm.add")
async def add(request: web.Request) -> web.Response:
    """Confirm it; a second tap changes nothing."""
    visit = await _visit(request)
    box = services(request)
    what = await what_was_held(box, visit)
    if what is None or not may_confirm(_plan(visit), what, box.now()):
        raise web.HTTPConflict
    try:
        await box.store.confirmations.add(visit.appointment_id, what, "screen", By(PATIENT))
    except NoSuchAppointment:
        raise web.HTTPConflict from None
    return _answer("done", await _words(request, what))


async def is_open(box: Services, found: Invitation) -> bool:
    """Whether a link whose appointment is over still confirms it."""
    what = await what_was_held(box, found)
    return may_confirm(_plan(found), what, box.now())


async def what_was_held(box: Services, of: Visit | Invitation) -> Held | None:
    """What took place of the appointment; nothing for who only came along: only the patient
    confirms."""
    if of.participant_id:
        return None
    happened = await box.store.attendance.of([of.appointment_id])
    return held(_plan(of), happened.get(of.appointment_id, []))


def _plan(of: Visit | Invitation) -> Plan:
    return Plan(of.starts, of.minutes)


async def _words(request: web.Request, what: Held) -> str:
    practice = await services(request).store.practice()
    zone = practice.time_zone if practice else "UTC"
    return took_place(language(request), what, zone)


async def _visit(request: web.Request) -> Visit:
    try:
        token = cookies.read(request, Cookie.VISIT)
        return await services(request).store.visits.find(token)
    except NoVisit:
        raise web.HTTPUnauthorized from None


def _answer(state: str, words: str = "") -> web.Response:
    return web.json_response(
        {"state": state, "words": words}, headers={"Cache-Control": "no-store"}
    )
