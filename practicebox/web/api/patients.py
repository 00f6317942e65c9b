"""Patients: listed, searched, entered, changed. Deleting and joining take a person at a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from practicebox.practice.names import LONGEST
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.patients.search import Found
from practicebox.store.records import Patient
from practicebox.store.terms import Terms
from practicebox.web.api import planning, views
from practicebox.web.api.access import by
from practicebox.web.api.asking import BODY, QUERY
from practicebox.web.api.conditions import as_response, dumped, expected, shown, told
from practicebox.web.api.document import BASE
from practicebox.web.api.problems import Flaw, Problem
from practicebox.web.api.repeats import once
from practicebox.web.api.routes import answers
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.staff import patient_form
from practicebox.web.staff.resembling import SHOWN

routes = web.RouteTableDef()

PAGE = 50
FOUND = 20
_NUMBER = re.compile(r"[0-9]{1,12}")
_LISTS = ("address", "needs")


@answers(routes, "patients.list")
async def show_list(request: web.Request) -> web.Response:
    """All of them, a page at a time, the first known first."""
    limit = int(request[QUERY].get("limit", PAGE))
    cursor = request[QUERY].get("cursor") or "0"
    if not _NUMBER.fullmatch(cursor):
        raise Problem("parameters", flaws=[Flaw("cursor", "This is no place in a list.")])
    records, last = await services(request).store.upkeep.some(int(cursor), limit)
    lines = [
        views.line_of_patient(Found(one.id, one.patient.name, one.patient.born)) for one in records
    ]
    query = urlencode({"limit": limit, "cursor": last or 0})
    return shown(request, {"patients": lines, "next": f"{BASE}/patients?{query}" if last else None})


@answers(routes, "patients.search")
async def search(request: web.Request) -> web.Response:
    """By any part of the name, the newest first."""
    patients, limit = services(request).store.patients, int(request[BODY].get("limit", FOUND))
    found_ = patients.search(request[BODY]["name"], limit)
    content = {
        "patients": [views.line_of_patient(one) for one in found_],
        "is_complete": patients.progress().is_complete,
    }
    return web.Response(text=dumped(content), content_type="application/json")


@answers(routes, "patients.add")
async def add(request: web.Request) -> web.Response:
    """Enter one; who resembles somebody known is asked about first."""
    store = services(request).store

    async def deed(terms: Terms[PatientRecord]) -> PatientRecord:
        patient = await _read(request, request[BODY], Patient(""))
        await store.patients.settled()
        like = store.upkeep.resembling(patient.name, patient.born)[:SHOWN]
        if like and "resembling" not in request[BODY].get("accept", ()):
            raise _resembles([one.id for one in like])
        return await store.patients.add(patient, by(request), terms)

    return await once(
        request,
        deed,
        lambda made: told(
            request, made.id, views.patient(made), place=f"{BASE}/patients/{made.id}"
        ),
    )


@answers(routes, "patients.get")
async def get(request: web.Request) -> web.Response:
    """One, with its ETag."""
    return shown(request, views.patient(await _found(request)))


@answers(routes, "patients.change")
async def change(request: web.Request) -> web.Response:
    """Other data for one; what is left out stays."""
    record = await _found(request)
    check = expected(request, views.patient)
    check(record)
    patient = await _read(request, request[BODY], record.patient)
    store, terms = services(request).store, Terms(before=check)
    try:
        changed = await store.patients.change(record.id, patient, by(request), terms)
    except NoSuchPatient:
        raise Problem("not-found") from None
    return as_response(told(request, changed.id, views.patient(changed)))


async def _found(request: web.Request) -> PatientRecord:
    try:
        return await services(request).store.patients.get(request.match_info["id"])
    except NoSuchPatient:
        raise Problem("not-found") from None


async def _read(request: web.Request, body: Mapping[str, Any], known: Patient) -> Patient:
    """The patient that a body describes, by the rules of the form; raise `Problem`."""
    form = Form({**patient_form.fields(known), **_fields(body)})
    if "needs" in body:
        kept = {f"need_{need}" for need in body["needs"]}
        form.values = {k: v for k, v in form.values.items() if k in kept or k[:5] != "need_"}
    patient = patient_form.read(form, await planning.desk_of(request))
    if not form.is_good:
        places = {"patient": "name"}
        flaws = [Flaw(f"/{places.get(k, k)}", said) for k, said in form.errors.items()]
        raise Problem("validation", flaws=flaws)
    return patient


def _fields(body: Mapping[str, Any]) -> dict[str, str]:
    """A body as the fields of the form."""
    fields = {k: str(v) for k, v in body.items() if k not in (*_LISTS, "name", "born", "accept")}
    if "name" in body:
        fields["patient"] = body["name"][:LONGEST]
    if "born" in body:
        fields["born"] = body["born"] or ""
    if "address" in body:
        fields["address"] = "\n".join(body["address"])
    return fields | {f"need_{need}": "yes" for need in body.get("needs", ())}


def _resembles(ids: list[str]) -> Problem:
    told_ = "Somebody like this is in the directory already."
    question: dict[str, object] = {"accept": "resembling", "detail": told_, "ids": ids}
    advice = "Send it again with `accept` once somebody has said yes."
    return Problem("questions", advice, members={"questions": [question]})
