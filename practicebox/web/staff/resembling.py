"""Somebody new who resembles somebody known: said while they are entered, asked before they are
kept a second time (`practice.duplicates`)."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from practicebox.store.patients.register import filled
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.patients.search import Found
from practicebox.store.records import Patient
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language
from practicebox.web.staff import acting, appointment_form, patient_form
from practicebox.web.staff.desk import desk_of, known_patient
from practicebox.web.staff.patients import form_page

routes = web.RouteTableDef()

SHOWN = 5  # people in one hint
FIELD = "resembles"


@routes.post("/patients/resembling", name="patients.resembling")
async def look(request: web.Request) -> web.Response:
    """Whom the typed name and birth date resemble, for the hint while typing."""
    form = await posted(request)
    typed = appointment_form.read_patient(Form(dict(form.values)), await desk_of(request))
    found = _like(request, typed.name, typed.born)
    shown = [
        {"id": one.id, "name": one.name, "born": one.born.isoformat() if one.born else ""}
        for one in found
    ]
    return web.json_response({"patients": shown})


@routes.get("/patients/new", name="patients.new")
async def new(request: web.Request) -> web.Response:
    return form_page(request, Form({"standing": "new"}), None)


@routes.post("/patients/new", name="patients.add")
async def add(request: web.Request) -> web.Response:
    """Enter somebody without an appointment; who resembles somebody is asked about first."""
    form, store = await posted(request), services(request).store
    typed = patient_form.read(form, await desk_of(request))
    like = _like(request, typed.name, typed.born)
    answer = form.value("take") or form.value(FIELD)
    known = await known_patient(request, answer)
    if form.is_good and like and not known and answer != "new":
        wrong = language(request).gettext("Somebody like this is in the directory. Who is it?")
        form.errors[FIELD] = wrong
    if not form.is_good:
        return form_page(request, form, None, like=like, status=422)
    if known:
        return await _complete(request, known, typed)
    record = await store.patients.add(typed, acting.by(request))
    raise web.HTTPSeeOther(f"/patients/{record.id}?said=patient_added")


def takes(form: Form, known: PatientRecord) -> bool:
    """Whether somebody known was chosen from the hint; their data are in the form then."""
    if form.values.pop("take", "") != known.id:
        return False
    fields = appointment_form.patient_fields(known.patient)
    form.values |= {name: value for name, value in fields.items() if value}
    return True


def said(request: web.Request, record: PatientRecord, known: PatientRecord | None) -> str:
    """What to say once an appointment is planned for `record`; `known` began the form."""
    if known:
        return "added"
    if len(record.appointments) > 1:
        return "added_known"
    like = _like(request, record.patient.name, record.patient.born)
    return "added_alike" if any(one.id != record.id for one in like) else "added"


async def _complete(request: web.Request, known: PatientRecord, typed: Patient) -> web.Response:
    """Add what was typed to somebody known; their name and birth date stay."""
    patient = filled(known.patient, typed)
    await services(request).store.patients.change(known.id, patient, acting.by(request))
    raise web.HTTPSeeOther(f"/patients/{known.id}?said=saved")


def _like(request: web.Request, name: str, born: date | None) -> list[Found]:
    return services(request).store.upkeep.resembling(name, born)[:SHOWN]
