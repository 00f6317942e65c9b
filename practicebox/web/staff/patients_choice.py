"""Whose appointment it is, when the box has decided otherwise than the reception would.

The box takes two entries for one person only if name and birth date agree (`patients_register`);
here the reception gives an appointment to somebody else, known or new.
"""

from __future__ import annotations

from aiohttp import web

from practicebox.store.conditions import NoSuchPatient
from practicebox.store.patients.search import Found
from practicebox.store.records import NEW_PATIENT, Appointment
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.appointments import AREA, appointment_of
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

OFFERED = 20  # patients in the list of choices


@routes.get("/appointments/{id}/patient", name="patients.whose")
async def whose(request: web.Request) -> web.Response:
    """Offer everybody with a similar name."""
    appointment = await appointment_of(request)
    return _page(request, appointment, Form(), appointment.patient.name)


@routes.post("/appointments/{id}/patient", name="patients.assign")
async def assign(request: web.Request) -> web.Response:
    """Search again, or give the appointment to whom was chosen."""
    appointment, form = await appointment_of(request), await posted(request)
    if form.value("search"):
        return _page(request, appointment, form, form.text("q"))
    chosen = form.value("patient_id")
    try:
        if not chosen:
            raise NoSuchPatient
        by = acting.by(request)
        await services(request).store.patients.assign(appointment.id, chosen, by)
    except NoSuchPatient:
        form.errors["patient_id"] = language(request).gettext("Please choose a patient.")
        return _page(request, appointment, form, form.text("q"), status=422)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}?said=assigned")


def _page(
    request: web.Request, appointment: Appointment, form: Form, query: str, *, status: int = 200
) -> web.Response:
    context = {
        **AREA,
        "appointment": appointment,
        "form": form,
        "query": query,
        "offered": _offered(request, appointment, query),
        "new": NEW_PATIENT,
        "zone": zone_of(request),
    }
    return render(request, "staff/patient_choice.html", context, status=status)


def _offered(request: web.Request, appointment: Appointment, query: str) -> list[Found]:
    """Who has every word of the query in their name, then who has one of them."""
    patients = services(request).store.patients
    found = patients.search(query, OFFERED) if query else []
    for word in query.split():
        found += patients.search(word, OFFERED)
    others = {one.id: one for one in found if one.id != appointment.patient_id}
    return list(others.values())[:OFFERED]
