"""Planning an appointment: the form of a new one, and the same form for changing or moving one."""

from __future__ import annotations

from aiohttp import web

from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import render
from practicebox.web.staff import (
    acting,
    appointment_form,
    gdt_plan,
    kind_form,
    moving,
    overlap,
    resembling,
    series_form,
    unusual,
)
from practicebox.web.staff.appointment_form import Desk
from practicebox.web.staff.appointments import AREA, appointment_of
from practicebox.web.staff.desk import desk_of, known_patient
from practicebox.web.staff.session import SESSION

routes = web.RouteTableDef()


@routes.get("/appointments/new", name="appointments.new")
async def new(request: web.Request) -> web.Response:
    """A new appointment; `?patient=` begins with a known patient, `?date=&time=&organiser=`
    with a free time of the calendar."""
    desk = await desk_of(request)
    user = request[SESSION].user
    form = appointment_form.fresh(user, await overlap.next_free(request, user, desk))
    known = await known_patient(request, request.query.get("patient", ""))
    if known:
        form.values |= appointment_form.patient_fields(known.patient)
    form.values |= await gdt_plan.fields(request)
    form.values |= moving.wished(request.query, desk)
    return await _form_page(request, desk, form, known=known)


@routes.post("/appointments/new", name="appointments.add")
async def add(request: web.Request) -> web.Response:
    desk = await desk_of(request)
    form, store = await posted(request), services(request).store
    known = await known_patient(request, form.value("take") or form.value("patient_id"))
    if known and resembling.takes(form, known):
        return await _form_page(request, desk, form, known=known)
    draft = appointment_form.read(form, desk, known)
    drafts = await series_form.drafts(request, form, draft)
    if drafts is None:
        return await _form_page(request, desk, form, known=known, status=422)
    appointment, *others = await store.appointments.add_all(drafts, acting.by(request))
    await gdt_plan.planned(request, form, appointment)
    if others:
        raise web.HTTPSeeOther(series_form.address([appointment, *others]))
    record = await store.patients.get(appointment.patient_id)
    said = resembling.said(request, record, known)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said={said}")


@routes.get("/appointments/{id}/edit", name="appointments.edit")
async def edit(request: web.Request) -> web.Response:
    desk = await desk_of(request)
    appointment = await appointment_of(request)
    return await _form_page(request, desk, appointment_form.filled(desk, appointment), appointment)


@routes.post("/appointments/{id}/edit", name="appointments.change")
async def change(request: web.Request) -> web.Response:
    desk = await desk_of(request)
    appointment = await appointment_of(request)
    form = await posted(request)
    known = await known_patient(request, appointment.patient_id)
    form.values.setdefault("kind", appointment.kind)
    draft = appointment_form.read(form, desk, known)
    if draft is None or await unusual.asks(request, form, draft, appointment):
        return await _form_page(request, desk, form, appointment, known=known, status=422)
    by = acting.by(request)
    changed = await services(request).store.appointments.change(appointment.id, draft, by)
    said = kind_form.changed(services(request).rooms, appointment, changed)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said={said}")


async def _form_page(
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
        "repeats": series_form.choices(desk.translate),
        **await kind_form.context(request, form, appointment, known),
    }
    return render(request, "staff/appointment_form.html", context, status=status)
