"""Asking patients to confirm a consultation, by the ways they agree to, with one click."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from practicebox.practice.confirmation import LATER
from practicebox.practice.reminders import Way
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.records import Appointment
from practicebox.web.keys import services
from practicebox.web.staff import outbox

PAUSE = timedelta(days=3)  # who was asked is left in peace for so long, unless it is one by one


@dataclass(frozen=True)
class Asking:
    """Whether the patient of a consultation can be asked, and when that was done."""

    ways: list[Way]
    asked: datetime | None
    may_be_asked: bool  # with all the others


async def of(request: web.Request, appointment_ids: Iterable[str]) -> dict[str, Asking]:
    """What the list of the unconfirmed says of each."""
    box, now = services(request), services(request).now()
    ways = (await outbox.set_up(request)).ways
    if not ways:
        return {}
    found = {}
    for one in await box.store.messages.askable(appointment_ids):
        appointment = one.appointment
        usable = outbox.usable(ways, appointment.patient, one.agreed)
        usable = usable if link_leads_there(appointment, now) else []
        rested = one.asked is None or now - one.asked >= PAUSE
        found[appointment.id] = Asking(usable, one.asked, bool(usable) and rested)
    return found


def link_leads_there(appointment: Appointment, now: datetime) -> bool:
    """Whether the link of the invitation still confirms it."""
    return now < appointment.ends + LATER


async def ask(request: web.Request, appointment_ids: Iterable[str], *, again: bool = False) -> int:
    """Ask for the confirmation of these; how many were asked. `again`: also who just was."""
    messages, asked = services(request).store.messages, 0
    for id_, one in (await of(request, appointment_ids)).items():
        if one.may_be_asked or (again and one.ways):
            with suppress(NoSuchAppointment):
                await messages.ask(id_, one.ways)
                asked += 1
    return asked
