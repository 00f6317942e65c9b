"""From a record of the practice software to an appointment: the form filled in, the two linked."""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web

from practicebox.practice.gdt_fields import Message
from practicebox.store.conditions import NoSuchGdtRecord, SealBroken
from practicebox.store.gdt.records import Waiting, as_patient
from practicebox.store.patients.rows import identity
from practicebox.store.records import Appointment
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.staff import appointment_form
from practicebox.web.staff.session import zone_of

FIELD = "gdt"  # of the form and of the address: the id of the record


async def fields(request: web.Request) -> dict[str, str]:
    """What the form of a new appointment begins with; nothing where no record is named."""
    record = await _find(request, request.query.get(FIELD, ""))
    if record is None:
        return {}
    return {**_patient(record.message), **_wish(request, record.message), FIELD: record.id}


async def planned(request: web.Request, form: Form, appointment: Appointment) -> None:
    """Link an appointment to the record it was planned from, and be done with that.

    If somebody else was typed in the form, their appointment has nothing to do with the record.
    """
    record = await _find(request, form.value(FIELD))
    if record is None or identity(as_patient(record.message.person)) != identity(
        appointment.patient
    ):
        return
    with suppress(NoSuchGdtRecord):
        await services(request).store.gdt.planned(record.id, appointment)


async def _find(request: web.Request, record_id: str) -> Waiting | None:
    if not record_id:
        return None
    try:
        return await services(request).store.gdt.get(record_id)
    except (NoSuchGdtRecord, SealBroken):
        return None


def _patient(message: Message) -> dict[str, str]:
    reason = " ".join(message.text.split())[:500]
    return {
        **appointment_form.patient_fields(as_patient(message.person)),
        **({"reason": reason} if reason else {}),
    }


def _wish(request: web.Request, message: Message) -> dict[str, str]:
    """Day and time, where the record names any that are still to come."""
    today = services(request).now().astimezone(zone_of(request)).date()
    if message.day is None or message.day < today:
        return {}
    clock = {"time": f"{message.clock:%H:%M}"} if message.clock else {}
    return {"date": message.day.isoformat(), **clock}
