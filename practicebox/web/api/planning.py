"""A plan that a program sends, read by the same rules as the form, and asked about like there.

The rules speak in sentences beside the form's fields; here each stands beside the JSON field that
it is about. Sentences are the plain English ones, whatever language the practice speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from practicebox.practice.opening import Obstacle
from practicebox.store.conditions import NoSuchPatient
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment, AppointmentDraft, Patient
from practicebox.web.api.problems import Flaw, Problem
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.staff import appointment_form, overlap, unusual
from practicebox.web.staff.appointment_form import USUAL, Desk
from practicebox.web.staff.session import zone_of

Body = Mapping[str, Any]

_PLACES = {
    "date": "/starts",
    "time": "/starts",
    "minutes": "/minutes",
    "organiser": "/organiser_id",
    "kind": "/kind",
    "phone": "/kind",  # the number to call is the patient's
}
_QUESTIONS = {
    Obstacle.HOLIDAY: "This day is a public holiday.",
    Obstacle.CLOSED: "This time is outside the opening hours.",
    Obstacle.BLOCKED: "This time is blocked.",
}


async def new(request: web.Request, body: Body) -> AppointmentDraft:
    """A new plan; raise `Problem`."""
    try:
        record = await services(request).store.patients.get(body["patient_id"])
    except NoSuchPatient:
        raise no_such_patient() from None
    values = {"minutes": str(USUAL), "kind": "video"}
    return await _draft(request, body, values, record)


async def changed(request: web.Request, body: Body, old: Appointment) -> AppointmentDraft:
    """Another plan for an appointment; raise `Problem`."""
    desk = await desk_of(request)
    values = appointment_form.filled(desk, old).values
    try:
        record = await services(request).store.patients.get(old.patient_id)
    except NoSuchPatient:
        raise Problem("not-found") from None
    return await _draft(request, body, values, record, old)


async def desk_of(request: web.Request) -> Desk:
    """What reading a form needs to know."""
    users = await services(request).store.users()
    return Desk(
        zone=zone_of(request),
        now=services(request).now(),
        users=[user for user in users if user.role != "reception"],
        translate=str,  # a msgid is the plain English sentence
    )


def no_such_patient() -> Problem:
    """The patient of a plan isn't there."""
    return Problem("validation", flaws=[Flaw("/patient_id", "There is no such patient.")])


async def _draft(
    request: web.Request,
    body: Body,
    values: Mapping[str, str],
    record: PatientRecord,
    old: Appointment | None = None,
) -> AppointmentDraft:
    desk = await desk_of(request)
    assert old or "starts" in body, "a new plan has a start"
    starts = old.starts if old and "starts" not in body else _moment(body["starts"])
    form = Form({**values, **_fields(body, starts, desk), **_whose(record.patient)})
    draft = appointment_form.read(form, desk, record)
    if draft is None:
        raise Problem("validation", flaws=_flaws(form))
    # The form knows only local times, and the hour that comes twice but once.
    draft = replace(draft, starts=starts, patient_id=record.id)
    await _ask(request, draft, body.get("accept", ()), old)
    return draft


def _fields(body: Body, starts: datetime, desk: Desk) -> dict[str, str]:
    local = starts.astimezone(desk.zone)
    names = {"organiser_id": "organiser", "reason": "reason", "kind": "kind"}
    fields = {field: body[name] for name, field in names.items() if name in body}
    if "minutes" in body:
        fields["minutes"] = str(int(body["minutes"]))
    if "treatment" in body:
        fields["treatment"] = body["treatment"]
    return {**fields, "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def _whose(patient: Patient) -> dict[str, str]:
    return appointment_form.patient_fields(patient)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _flaws(form: Form) -> list[Flaw]:
    return [Flaw(_PLACES.get(name, "/patient_id"), told) for name, told in form.errors.items()]


async def _ask(
    request: web.Request, draft: AppointmentDraft, accepted: Any, old: Appointment | None
) -> None:
    """Raise `Problem` with the questions to which nobody has said yes."""
    if old and overlap.same_time(draft, old):
        return  # asked about when the time was chosen
    questions: list[dict[str, object]] = []
    if "overlap" not in accepted:
        others = await overlap.overlapping(request, draft, old.id if old else "")
        if others:
            told = "At this time the organiser has another appointment already."
            ids = [one.id for one in others]
            questions.append({"accept": "overlap", "detail": told, "ids": ids})
    if "unusual" not in accepted:
        for one in await unusual.obstacles(request, draft):
            questions.append({"accept": "unusual", "detail": _QUESTIONS[one.obstacle]})
    if questions:
        told = "Send it again with `accept` once somebody has said yes."
        raise Problem("questions", told, members={"questions": questions})
