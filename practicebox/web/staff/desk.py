"""What the forms of appointments and patients begin with: the desk, and the patient if known."""

from __future__ import annotations

from aiohttp import web

from practicebox.store.conditions import NoSuchPatient
from practicebox.store.patients.rows import PatientRecord
from practicebox.web.keys import services
from practicebox.web.render import language
from practicebox.web.staff.appointment_form import Desk
from practicebox.web.staff.session import zone_of


async def known_patient(request: web.Request, patient_id: str) -> PatientRecord | None:
    """The patient that a form began with; None where there is none, or no more."""
    try:
        return await services(request).store.patients.get(patient_id)
    except NoSuchPatient:
        return None


async def desk_of(request: web.Request) -> Desk:
    store = services(request).store
    return Desk(
        zone=zone_of(request),
        now=services(request).now(),
        users=[user for user in await store.users() if user.role != "reception"],
        translate=language(request).gettext,
    )
