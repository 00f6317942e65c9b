"""Service confirmations at the desk: what the patient confirmed, what is missing, the paper."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from aiohttp import web

from practicebox.post import confirmation as paper
from practicebox.practice.confirmation import Held, is_over
from practicebox.store.appointments.confirmations import Confirmation
from practicebox.store.audit.audit import Action
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.records import Appointment, Entry
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, confirmation_asking
from practicebox.web.staff.appointments import appointment_of
from practicebox.web.staff.confirmation_view import WAYS, held_of, name_of, plan_of
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

ASKED = timedelta(days=90)  # as long as appointments are kept
MOST = 200  # lines of the list


@routes.get("/confirmations", name="confirmations.list")
async def show_list(request: web.Request) -> web.Response:
    """What took place and nobody has confirmed yet, the latest first."""
    box, zone = services(request), zone_of(request)
    now = box.now()
    missing = await box.store.confirmations.missing(now - ASKED, now)
    days: dict[date, list[Entry]] = {}
    for _id, starts in missing[:MOST]:
        days.setdefault(starts.astimezone(zone).date(), [])
    asking = await confirmation_asking.of(request, [id_ for id_, _ in missing[:MOST]])
    wanted = {id_ for id_, _ in missing[:MOST]}
    for day, entries in days.items():
        entries += [e for e in await box.store.appointments.day(day) if e.id in wanted]
    context = {
        "current_area": "confirmations",
        "days": days,
        "zone": zone,
        "count": len(missing),
        "more": len(missing) > MOST,
        "asking": asking,
        "to_ask": sum(one.may_be_asked for one in asking.values()),
    }
    return render(request, "staff/confirmations.html", context)


@routes.post("/appointments/{id}/confirmation", name="confirmations.note")
async def note(request: web.Request) -> web.Response:
    """Confirmed at the desk or on paper, or taken back."""
    appointment = await appointment_of(request)
    way, by = (await posted(request)).value("way"), acting.by(request)
    kept, there = services(request).store.confirmations, f"/appointments/{appointment.id}"
    if way == "back":
        await kept.take_back(appointment.id, by)
        raise web.HTTPSeeOther(f"{there}?said=unconfirmed")
    what = await held_of(request, appointment)
    if what is None or not is_over(plan_of(appointment), what, services(request).now()):
        raise web.HTTPSeeOther(there)
    if way == "ask":
        asked = await confirmation_asking.ask(request, [appointment.id], again=True)
        raise web.HTTPSeeOther(f"{there}?said={'asked' if asked else 'not_asked'}")
    if way not in ("desk", "paper"):
        raise web.HTTPSeeOther(there)
    try:
        await kept.add(appointment.id, what, "desk" if way == "desk" else "paper", by)
    except NoSuchAppointment:
        raise web.HTTPSeeOther(there) from None
    raise web.HTTPSeeOther(f"{there}?said=confirmed")


@routes.post("/confirmations/ask", name="confirmations.ask")
async def ask_all(request: web.Request) -> web.Response:
    """Ask everybody on the list who agrees to messages and was not asked in the last days."""
    now = services(request).now()
    missing = await services(request).store.confirmations.missing(now - ASKED, now)
    asked = await confirmation_asking.ask(request, [id_ for id_, _ in missing[:MOST]])
    raise web.HTTPSeeOther(f"/confirmations?said={'asked' if asked else 'not_asked'}")


@routes.get("/appointments/{id}/confirmation.pdf", name="confirmations.pdf")
async def pdf(request: web.Request) -> web.Response:
    """What was confirmed, or a sheet to be signed; 404 where nothing took place."""
    appointment = await appointment_of(request)
    confirmed = await services(request).store.confirmations.get(appointment.id)
    what = confirmed.held if confirmed else await held_of(request, appointment)
    if what is None:
        raise web.HTTPNotFound
    await acting.note(request, Action.CONFIRMATION_PRINTED, appointment.id)
    spoken = language(request)
    sheet = await _sheet(request, appointment, what, confirmed)
    # typst takes about 30 ms: off the loop, or a running call would feel it
    body = await asyncio.to_thread(paper.pdf, sheet, spoken.gettext, spoken.code)
    return web.Response(body=body, content_type="application/pdf")


async def _sheet(
    request: web.Request, appointment: Appointment, what: Held, confirmed: Confirmation | None
) -> paper.Sheet:
    practice, zone = request[PRACTICE], zone_of(request)
    profile, patient = practice.profile, appointment.patient
    return paper.Sheet(
        practice=profile.name,
        place=f"{profile.street} {profile.number}, {profile.postcode} {profile.town}",
        patient=patient.name,
        born=patient.born,
        clinician=await name_of(request, appointment.organiser),
        kind=appointment.kind,
        treatment=appointment.treatment,
        began=what.began.astimezone(zone),
        ended=what.ended and what.ended.astimezone(zone),
        breaks=tuple((b.begins.astimezone(zone), b.ends.astimezone(zone)) for b in what.breaks),
        confirmed=confirmed.at.astimezone(zone) if confirmed else None,
        way=language(request).gettext(WAYS[confirmed.way]) if confirmed else "",
        printed=services(request).now().astimezone(zone).date(),
    )
