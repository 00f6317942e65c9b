"""The outbox: what was sent to patients, what did not arrive, and what somebody does then.

Also the list of messages on an appointment's page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from practicebox.post import accounts
from practicebox.post.accounts import SetUp
from practicebox.post.mail import is_address
from practicebox.practice.reminders import HEARD, Kind, State, Way
from practicebox.store.outbox.agreements import Agreements
from practicebox.store.outbox.desk import NotAgain
from practicebox.store.outbox.rows import Message
from practicebox.store.records import Appointment, Patient
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import outbox_words
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

AREA = {"current_area": "outbox"}
OPEN = {State.FAILED, State.DOUBT}


@dataclass(frozen=True)
class Shown:
    """A message as pages show it."""

    id: str
    title: str
    light: str
    mark: str
    state: str
    reason: str
    at: datetime  # in the practice's zone: of its state, or for what waits, when it goes out
    is_open: bool  # somebody has to do something


@routes.get("/outbox", name="outbox.page")
async def page(request: web.Request) -> web.Response:
    """The outbox; `?only=open` shows what did not arrive."""
    only = request.query.get("only") == "open"
    lines = await services(request).store.messages.page(only_troubles=only)
    shown = [(_shown(request, line.message, line.appointment), line.appointment) for line in lines]
    context = {
        **AREA,
        "open": [one for one in shown if one[0].is_open],
        "others": [one for one in shown if not one[0].is_open],
        "only": only,
        "zone": zone_of(request),
        "ways": (await set_up(request)).ways,
    }
    return render(request, "staff/outbox.html", context)


@routes.post("/outbox/{id}/retry", name="outbox.retry")
async def retry(request: web.Request) -> web.Response:
    """Send a message again."""
    try:
        await services(request).store.messages.retry(request.match_info["id"])
    except NotAgain:
        raise web.HTTPSeeOther("/outbox?said=message_gone") from None
    raise web.HTTPSeeOther("/outbox?said=message_again")


@routes.post("/outbox/{id}/done", name="outbox.done")
async def done(request: web.Request) -> web.Response:
    """Somebody has called or written instead."""
    try:
        await services(request).store.messages.done(request.match_info["id"])
    except NotAgain:
        raise web.HTTPSeeOther("/outbox?said=message_gone") from None
    raise web.HTTPSeeOther("/outbox?said=message_done")


async def set_up(request: web.Request) -> SetUp:
    """What the practice has set up for its messages."""
    kept = services(request).store.sealed_settings
    names = (accounts.MAIL, accounts.SMS, accounts.TEXTS)
    return accounts.read(*[await kept.get(name) for name in names])


async def ways_to(request: web.Request, appointment: Appointment) -> list[Way]:
    """By which ways the box may and can write to the patient of an appointment."""
    if not appointment.patient_id:
        return []
    ways = (await set_up(request)).ways
    if not ways:
        return []
    agreed = await services(request).store.agreements.of(appointment.patient_id)
    return usable(ways, appointment.patient, agreed)


def usable(ways: Collection[Way], patient: Patient, agreed: Agreements) -> list[Way]:
    """Those of the ways that are set up by which somebody can and may be written to."""
    reached = {Way.MAIL: is_address(patient.email), Way.SMS: bool(patient.phone)}
    return [way for way in Way if way in ways and reached[way] and agreed.since(way)]


async def about(request: web.Request, appointment: Appointment) -> dict[str, object]:
    """What an appointment's page shows of its messages."""
    messages = await services(request).store.messages.of_appointment(appointment.id)
    return {
        "messages": [_shown(request, message, appointment) for message in messages],
        "ways_to": await ways_to(request, appointment),
    }


async def is_known(request: web.Request, appointment: Appointment) -> bool:
    """Whether the patient was written to about an appointment that they still expect."""
    if appointment.state == "cancelled" or appointment.starts <= services(request).now():
        return False
    messages = await services(request).store.messages.of_appointment(appointment.id)
    return any(message.state in HEARD for message in messages)


def _shown(request: web.Request, message: Message, appointment: Appointment) -> Shown:
    _ = language(request).gettext
    waits = message.state is State.WAITING
    at = message.next_try if waits else message.changed
    reason = outbox_words.reason(message.state, message.reason)
    may_act = appointment.state == "planned" or message.kind is Kind.CANCEL
    is_of_use = appointment.starts > services(request).now() or message.kind is Kind.CONFIRM
    return Shown(
        id=message.id,
        title=f"{_(outbox_words.KINDS[message.kind])} {_(outbox_words.WAYS[message.content.way])}",
        light=outbox_words.LIGHTS.get(message.state, "grey"),
        mark=outbox_words.MARKS[message.state],
        state=_(outbox_words.STATES[message.state]),
        reason=_(reason) if reason else "",
        at=at.astimezone(zone_of(request)),
        is_open=message.state in OPEN and may_act and is_of_use,
    )
