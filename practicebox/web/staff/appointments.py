"""Appointments: the list with its details, search, planning, changing, cancelling, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from aiohttp import web

from practicebox.practice import codes, window
from practicebox.store.audit.audit import Action
from practicebox.store.conditions import NoSuchAppointment, UnknownInvitation
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment, Entry
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.patient import check_light
from practicebox.web.render import language, render
from practicebox.web.staff import acting, appointment_form, mail_text, outbox, overlap
from practicebox.web.staff.appointment_form import Desk
from practicebox.web.staff.desk import desk_of, known_patient
from practicebox.web.staff.session import SESSION, zone_of

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


@routes.get("/appointments/new", name="appointments.new")
async def new(request: web.Request) -> web.Response:
    """A new appointment; `?patient=` begins with a known patient."""
    desk = await desk_of(request)
    user = request[SESSION].user
    form = appointment_form.fresh(user, await overlap.next_free(request, user, desk))
    known = await known_patient(request, request.query.get("patient", ""))
    if known:
        form.values |= appointment_form.patient_fields(known.patient)
    return _form_page(request, desk, form, known=known)


@routes.post("/appointments/new", name="appointments.add")
async def add(request: web.Request) -> web.Response:
    desk = await desk_of(request)
    form, store = await posted(request), services(request).store
    known = await known_patient(request, form.value("patient_id"))
    draft = appointment_form.read(form, desk, known)
    if draft is None or await overlap.asks(request, form, draft):
        return _form_page(request, desk, form, known=known, status=422)
    appointment = await store.appointments.add(draft, acting.by(request))
    record = await store.patients.get(appointment.patient_id)
    said = "added" if known or len(record.appointments) == 1 else "added_known"
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said={said}")


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


@routes.get("/appointments/{id}/edit", name="appointments.edit")
async def edit(request: web.Request) -> web.Response:
    desk = await desk_of(request)
    appointment = await appointment_of(request)
    return _form_page(request, desk, appointment_form.filled(desk, appointment), appointment)


@routes.post("/appointments/{id}/edit", name="appointments.change")
async def change(request: web.Request) -> web.Response:
    desk = await desk_of(request)
    appointment = await appointment_of(request)
    form = await posted(request)
    known = await known_patient(request, appointment.patient_id)
    draft = appointment_form.read(form, desk, known)
    if draft is None or await overlap.asks(request, form, draft, appointment):
        return _form_page(request, desk, form, appointment, known=known, status=422)
    draft = replace(draft, kind=appointment.kind)  # a phone appointment stays one
    by = acting.by(request)
    changed = await services(request).store.appointments.change(appointment.id, draft, by)
    has_old_letter = changed.codes == appointment.codes
    if draft.starts != appointment.starts or not has_old_letter:
        services(request).rooms.close(appointment.id)  # who waits there came for the old one
    said = "changed" if has_old_letter else "changed_person"
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said={said}")


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
        **await outbox.about(request, appointment),
    }


def _form_page(
    request: web.Request,
    desk: Desk,
    form: Form,
    appointment: Appointment | None = None,
    *,
    known: PatientRecord | None = None,
    status: int = 200,
) -> web.Response:
    context = {
        **AREA,
        "form": form,
        "appointment": appointment,
        "minutes": appointment_form.MINUTES,
        "users": desk.users,
        "known": known,
    }
    return render(request, "staff/appointment_form.html", context, status=status)


def _entry_as_json(request: web.Request, entry: Entry) -> dict[str, object]:
    starts: datetime = entry.starts.astimezone(zone_of(request))
    return {
        "id": entry.id,
        "name": entry.patient_name,
        "starts": starts.isoformat(),
        "minutes": entry.minutes,
        "cancelled": entry.state == "cancelled",
    }
