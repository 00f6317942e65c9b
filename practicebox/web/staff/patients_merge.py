"""Possible duplicates in the directory, and joining two entries of one person, field by field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from practicebox.store.conditions import NoSuchPatient, SealBroken
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Patient
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language, render
from practicebox.web.staff import acting, patient_form
from practicebox.web.staff.patients import AREA
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

SHOWN = 100  # pairs on the page; who has more begins with these
LABELS = {
    "name": mark("Name"),
    "born": mark("Date of birth"),
    "address": mark("Address"),
    "phone": mark("Phone"),
    "email": mark("E-mail"),
    "payer": mark("Who pays"),
    "standing": mark("New or known"),
    "language": mark("Language"),
    "needs": mark("What this person needs"),
}
FIRST, SECOND = "first", "second"


@dataclass(frozen=True)
class Difference:
    """A field in which two entries differ, with both values in words."""

    name: str
    label: str
    options: list[tuple[str, str]]


@routes.get("/patients/duplicates", name="patients.duplicates")
async def show(request: web.Request) -> web.Response:
    """Pairs of entries that may be one person."""
    pairs = await services(request).store.upkeep.doubles()
    context = {**AREA, "pairs": pairs[:SHOWN], "more": max(0, len(pairs) - SHOWN)}
    return render(request, "staff/patients_duplicates.html", context)


@routes.get("/patients/{id}/join/{other}", name="patients.join")
async def ask(request: web.Request) -> web.Response:
    """Show both entries side by side; what is known of only one of them is chosen already."""
    first, second = await _both(request)
    form = Form({name: _proposed(first.patient, second.patient, name) for name in LABELS})
    return _page(request, form, first, second)


@routes.post("/patients/{id}/join/{other}", name="patients.merge")
async def merge(request: web.Request) -> web.Response:
    """Join them with the data that were chosen."""
    first, second = await _both(request)
    form = await posted(request)
    wrong = language(request).gettext("Please choose one of these.")
    chosen: dict[str, Any] = {}
    for name in _differing(first.patient, second.patient):
        from_second = form.one_of(name, (FIRST, SECOND), wrong) == SECOND
        chosen[name] = getattr((second if from_second else first).patient, name)
    if not form.is_good:
        return _page(request, form, first, second, status=422)
    patient = replace(first.patient, **chosen)
    try:
        upkeep = services(request).store.upkeep
        await upkeep.merge(first.id, second.id, patient, acting.by(request))
    except (NoSuchPatient, SealBroken) as condition:
        raise _refused(condition) from None
    raise web.HTTPSeeOther(f"/patients/{first.id}?said=merged")


async def _both(request: web.Request) -> tuple[PatientRecord, PatientRecord]:
    """Both entries of the address; back to the list, in words, where one can't be had."""
    get, ids = services(request).store.patients.get, request.match_info
    if ids["id"] == ids["other"]:
        raise web.HTTPNotFound
    try:
        return await get(ids["id"]), await get(ids["other"])
    except (NoSuchPatient, SealBroken) as condition:
        raise _refused(condition) from None


def _refused(condition: Exception) -> web.HTTPSeeOther:
    why = "merge_gone" if isinstance(condition, NoSuchPatient) else "merge_damaged"
    return web.HTTPSeeOther(f"/patients?said={why}")


def _differing(one: Patient, other: Patient) -> list[str]:
    return [name for name in LABELS if getattr(one, name) != getattr(other, name)]


def _proposed(one: Patient, other: Patient, name: str) -> str:
    return SECOND if getattr(other, name) and not getattr(one, name) else FIRST


def _page(
    request: web.Request,
    form: Form,
    first: PatientRecord,
    second: PatientRecord,
    *,
    status: int = 200,
) -> web.Response:
    _ = language(request).gettext
    both = [_in_words(request, record.patient) for record in (first, second)]
    options = (FIRST, SECOND)
    differences = [
        Difference(
            name, _(LABELS[name]), [(o, w[name]) for o, w in zip(options, both, strict=True)]
        )
        for name in _differing(first.patient, second.patient)
    ]
    same = [
        (_(label), both[0][name])
        for name, label in LABELS.items()
        if both[0][name] == both[1][name] and getattr(first.patient, name)
    ]
    context = {
        **AREA,
        "form": form,
        "first": first,
        "second": second,
        "differences": differences,
        "same": same,
        "zone": zone_of(request),
    }
    return render(request, "staff/patients_merge.html", context, status=status)


def _in_words(request: web.Request, patient: Patient) -> dict[str, str]:
    spoken = language(request)
    nothing = spoken.gettext("not stated")
    born = f"{patient.born:%d.%m.%Y}" if patient.born else ""
    plain = {"name": patient.name, "born": born, "address": ", ".join(patient.address)}
    plain |= {"phone": patient.phone, "email": patient.email}
    said = patient_form.in_words(patient, spoken.gettext, spoken.code)
    if not patient.language:
        said["language"] = spoken.gettext("German")
    return {name: plain.get(name) or said.get(name) or nothing for name in LABELS}
