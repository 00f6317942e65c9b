"""Patients: the directory with its search, one patient's page, other data for a patient."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from practicebox.practice.day import Plan
from practicebox.practice.day import progress as progress_of
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.patients.directory import Progress
from practicebox.store.patients.patients import HistoryLine
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.patients.search import Found
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting, consents_view, day, patient_form, rights
from practicebox.web.staff.desk import desk_of
from practicebox.web.staff.session import SESSION, zone_of

routes = web.RouteTableDef()

PAGE = 50  # patients shown at once
LONGEST_QUERY = 120  # characters
AREA = {"current_area": "patients"}
WORTH_A_BAR = 10_000  # patients; fewer are read before anybody has typed a letter


@routes.get("/patients", name="patients.list")
async def show_list(request: web.Request) -> web.Response:
    """The newest patients, and the search."""
    return _list_page(request, "")


@routes.post("/patients/search", name="patients.search")
async def search(request: web.Request) -> web.Response:
    """Search by any part of the name. POST: a name has no place in an address."""
    query = (await posted(request)).text("q", longest=LONGEST_QUERY)
    if "application/json" not in request.headers.get("Accept", ""):
        return _list_page(request, query)
    found, progress = _find(request, query)
    return web.json_response({"patients": [_as_json(one) for one in found], **_bar(progress)})


@routes.get("/patients/progress", name="patients.progress")
async def progress(request: web.Request) -> web.Response:
    """How far the directory has been read, for the bar."""
    return web.json_response(_bar(services(request).store.patients.progress()))


@routes.get("/patients/{id}", name="patients.details")
async def details(request: web.Request) -> web.Response:
    return render(request, "staff/patient.html", await context_of(request))


@routes.get("/patients/{id}/edit", name="patients.edit")
async def edit(request: web.Request) -> web.Response:
    record = await record_of(request)
    return form_page(request, Form(patient_form.fields(record.patient)), record)


@routes.post("/patients/{id}/edit", name="patients.change")
async def change(request: web.Request) -> web.Response:
    record, form = await record_of(request), await posted(request)
    patient = patient_form.read(form, await desk_of(request))
    if not form.is_good:
        return form_page(request, form, record, status=422)
    await services(request).store.patients.change(record.id, patient, acting.by(request))
    raise web.HTTPSeeOther(f"/patients/{record.id}?said=saved")


def form_page(
    request: web.Request,
    form: Form,
    record: PatientRecord | None,
    *,
    like: Sequence[Found] = (),
    status: int = 200,
) -> web.Response:
    """The form of a patient; `record` is None for somebody new, who may be `like` others."""
    context = {**AREA, **patient_form.choices(request), "form": form, "record": record}
    return render(request, "staff/patient_form.html", {**context, "like": like}, status=status)


async def record_of(request: web.Request) -> PatientRecord:
    """The patient in the address; 404 where there is none."""
    try:
        return await services(request).store.patients.get(request.match_info["id"])
    except NoSuchPatient:
        raise web.HTTPNotFound from None


async def context_of(request: web.Request) -> dict[str, object]:
    """What a page about one patient shows."""
    record = await record_of(request)
    lines = await services(request).store.patients.history(record)
    now, spoken = services(request).now(), language(request)
    return {
        **AREA,
        "record": record,
        "patient": record.patient,
        "particulars": patient_form.in_words(record.patient, spoken.gettext, spoken.code),
        "coming": [line for line in reversed(lines) if line.ends > now],
        "past": [line for line in lines if line.ends <= now],
        "states": await _states(request, lines),
        "cards": await consents_view.cards(request, record.id),
        "zone": zone_of(request),
    }


async def _states(request: web.Request, lines: Sequence[HistoryLine]) -> dict[str, str]:
    """What became of each appointment that is over or called off, in words."""
    box, _ = services(request), language(request).gettext
    noted = await box.store.attendance.of(line.id for line in lines)
    now, said = box.now(), {}
    for line in lines:
        cancelled = line.state == "cancelled"
        if cancelled or line.ends <= now:
            plan = Plan(line.starts, line.minutes, cancelled, line.kind == "phone")
            said[line.id] = _(day.WORDS[progress_of(plan, noted.get(line.id, ()), now).step])
    return said


def _list_page(request: web.Request, query: str) -> web.Response:
    found, progress = _find(request, query)
    context = {
        **AREA,
        "patients": found,
        "query": query,
        "more": len(found) == PAGE,
        "bar": _bar(progress),
        "may_move": request[SESSION].user.role in rights.AT_THE_DESK,
    }
    return render(request, "staff/patients.html", context)


def _find(request: web.Request, query: str) -> tuple[Sequence[Found], Progress]:
    patients = services(request).store.patients
    found = patients.search(query, PAGE)
    return found, patients.progress()


def _bar(progress: Progress) -> dict[str, object]:
    """The bar as the page needs it: only a directory that takes a while has one."""
    shown = progress.total >= WORTH_A_BAR and not progress.is_complete
    return {"reading": shown, "done": progress.done, "total": progress.total}


def _as_json(found: Found) -> dict[str, object]:
    born = found.born.isoformat() if found.born else ""
    return {"id": found.id, "name": found.name, "born": born}
