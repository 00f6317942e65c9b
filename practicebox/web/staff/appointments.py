"""Appointments: the list with its details, search, cancelling, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from aiohttp import web

from practicebox.practice import codes, window
from practicebox.store.audit.audit import Action
from practicebox.store.conditions import NoSuchAppointment, UnknownInvitation
from practicebox.store.records import Appointment, Entry
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.patient import check_light
from practicebox.web.render import language, render
from practicebox.web.staff import acting, around, mail_text, outbox
from practicebox.web.staff.gdt_report import reporting
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

PAGE = 60  # entries of the list at once
AREA = {"current_area": "appointments"}


@routes.get("/appointments", name="appointments.list")
async def show_list(request: web.Request) -> web.Response:
    """The list, upcoming first; `?past=1` shows the past ones."""
    past = request.query.get("past") == "1"
    return render(request, "staff/appointments.html", await _list(request, past=past))


@routes.post("/appointments/search", name="appointments.search")
async def search(request: web.Request) -> web.Response:
    """Search by a part of the name or an access code. POST: a name has no place in an address."""
    form = await posted(request)
    query = form.text("q")
    past = form.is_ticked("past")
    entries = await _find(request, query, past)
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response([_entry_as_json(request, entry) for entry in entries])
    context = await _as_list(request, entries, past=past, query=query, more=False)
    return render(request, "staff/appointments.html", context)


@routes.get("/appointments/{id}", name="appointments.details")
async def details(request: web.Request) -> web.Response:
    appointment = await appointment_of(request)
    past = appointment.ends < services(request).now()
    await acting.note(request, Action.CODES_SHOWN, appointment.id)
    return render(
        request,
        "staff/appointments.html",
        await _list(request, past=past, appointment=appointment),
    )


@routes.get("/appointments/{id}/{what:cancel|delete}", name="appointments.ask")
async def ask(request: web.Request) -> web.Response:
    """Ask before something is lost."""
    appointment = await appointment_of(request)
    context = {
        **AREA,
        "appointment": appointment,
        "what": request.match_info["what"],
        "is_known_to_patient": await outbox.is_known(request, appointment),
        "zone": zone_of(request),
    }
    return render(request, "staff/appointment_end.html", context)


@routes.post("/appointments/{id}/cancel", name="appointments.cancel")
async def cancel(request: web.Request) -> web.Response:
    appointment = await appointment_of(request)
    await services(request).store.appointments.cancel(appointment.id, acting.by(request))
    services(request).rooms.close(appointment.id)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said=cancelled")


@routes.post("/appointments/{id}/delete", name="appointments.delete")
async def delete(request: web.Request) -> web.Response:
    appointment = await appointment_of(request)
    await services(request).store.appointments.delete(appointment.id, acting.by(request))
    services(request).rooms.close(appointment.id)
    raise web.HTTPSeeOther("/appointments?said=deleted")


async def appointment_of(request: web.Request) -> Appointment:
    """The appointment in the address; 404 where there is none."""
    try:
        return await services(request).store.appointments.get(request.match_info["id"])
    except NoSuchAppointment:
        raise web.HTTPNotFound from None


async def _find(request: web.Request, query: str, past: bool) -> Sequence[Entry]:
    store, now = services(request).store, services(request).now()
    if not query:
        page = store.appointments.past if past else store.appointments.upcoming
        return await page(now, PAGE)
    try:
        found = await store.invitations.by_code(codes.read(query))
        appointment = await store.appointments.get(found.appointment_id)
        return await store.appointments.day(appointment.starts.astimezone(zone_of(request)).date())
    except (codes.NotACode, UnknownInvitation):
        return await store.appointments.search(query, PAGE, past=past, now=now)


async def _list(
    request: web.Request, *, past: bool, appointment: Appointment | None = None
) -> dict[str, object]:
    entries = await _find(request, "", past)
    context = await _as_list(request, entries, past=past, query="", more=len(entries) == PAGE)
    if appointment is None:
        return context
    return {**context, **await _details(request, appointment)}


async def _as_list(
    request: web.Request, entries: Sequence[Entry], *, past: bool, query: str, more: bool
) -> dict[str, object]:
    zone, now = zone_of(request), services(request).now()
    checks = await services(request).store.checks.of(entry.id for entry in entries)

    def day_of(entry: Entry) -> date:
        return entry.starts.astimezone(zone).date()

    return {
        **AREA,
        "days": [(day, list(group)) for day, group in groupby(entries, day_of)],
        "zone": zone,
        "today": now.astimezone(zone).date(),
        "past": past,
        "query": query,
        "more": more,
        "appointment": None,
        "waiting": services(request).rooms.waiting(),
        "calling": services(request).rooms.calling(),
        "checks": check_light.shown(checks, now, language(request)),
    }


async def _details(request: web.Request, appointment: Appointment) -> dict[str, object]:
    everybody = await services(request).store.people.everybody()  # also who has left
    users = {user.id: user for user in everybody}
    span = window.window(appointment.starts, appointment.minutes)
    now = services(request).now()
    checks = await services(request).store.checks.of([appointment.id])
    return {
        "appointment": appointment,
        "check": check_light.shown(checks, now, language(request)).get(appointment.id),
        "organiser": users.get(appointment.organiser),
        "phase": span.phase(now).value,
        "opens": span.opens,
        "mail": mail_text.address(request, appointment),
        "reporting": await reporting(services(request), appointment),
        **await around.context(request, appointment),
        **await outbox.about(request, appointment),
    }


def _entry_as_json(request: web.Request, entry: Entry) -> dict[str, object]:
    starts: datetime = entry.starts.astimezone(zone_of(request))
    return {
        "id": entry.id,
        "name": entry.patient_name,
        "starts": starts.isoformat(),
        "minutes": entry.minutes,
        "cancelled": entry.state == "cancelled",
    }
