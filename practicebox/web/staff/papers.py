"""The checklists of an appointment: what is ticked off, and what the page shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from practicebox.practice import kinds
from practicebox.practice.consents import OF_CHECKLIST, Light
from practicebox.store.appointments.checklists import Checklist
from practicebox.store.audit.audit import PATIENT
from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.records import Appointment
from practicebox.web.forms import posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language
from practicebox.web.staff import acting
from practicebox.web.staff.attendance import tell
from practicebox.web.staff.consent_words import LIGHTS
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

WORDS = {
    kinds.REGISTRATION: mark("Registration form"),
    kinds.HISTORY: mark("Medical history form"),
    kinds.PRIVACY: mark("Data protection information of the practice"),
    kinds.VIDEO_PRIVACY: mark("Data protection information for video treatment"),
    kinds.VIDEO_CONSENT: mark("Consent to the video consultation"),
    kinds.FOLLOW_UP: mark("Follow-up appointment arranged, or none needed"),
    kinds.SENT: mark("Referral or prescription sent today, or none needed"),
    kinds.RECORDED: mark("Findings and medication entered in the records"),
}


@dataclass(frozen=True)
class Item:
    """A line of a checklist as the page shows it."""

    id: str
    name: str
    tick: bool
    own: bool  # ticked off for this appointment, so that it can be taken back here
    at: datetime | None
    who: str
    lacking: str
    action: str
    form: str = ""  # of the practice, which can be printed for the patient


@routes.post("/appointments/{id}/papers", name="papers.tick")
async def tick(request: web.Request) -> web.Response:
    """Tick something off, or take it back."""
    form, id_ = await posted(request), request.match_info["id"]
    item = form.value("tick") or form.value("untick")
    if not await _is_known(request, id_):
        raise web.HTTPNotFound
    if item not in kinds.ITEMS:
        raise web.HTTPSeeOther(f"/appointments/{id_}")
    done = bool(form.value("tick"))
    await services(request).store.checklists.tick(id_, item, acting.by(request), done=done)
    tell(request.app)
    place = "afterwards" if item in kinds.AFTERWARDS else "papers"
    raise web.HTTPSeeOther(f"/appointments/{id_}?said=ticked#{place}")


async def context(
    request: web.Request, appointment: Appointment, *, took_place: bool
) -> dict[str, object]:
    """Both checklists."""
    store = services(request).store
    checklist = await store.checklists.of(appointment.id)
    people = {user.id: user.person for user in await store.people.everybody()}
    names = {id_: full_name(person) for id_, person in people.items()}
    names[PATIENT] = language(request).gettext("by the patient")
    forms = kinds.forms(appointment.kind, checklist.standing)
    _ = language(request).gettext
    return {
        "standing": checklist.standing,
        "forms": [
            _item(request, one, checklist, names, _("still missing"), _("Is there"))
            for one in forms
        ],
        "afterwards": [
            _item(request, one, checklist, names, _("still to do"), _("Done"))
            for one in kinds.AFTERWARDS
        ]
        if took_place
        else [],
    }


async def _is_known(request: web.Request, appointment_id: str) -> bool:
    try:
        await services(request).store.appointments.get(appointment_id)
    except NoSuchAppointment:
        return False
    return True


def _item(
    request: web.Request,
    id_: str,
    checklist: Checklist,
    names: dict[str, str],
    lacking: str,
    action: str,
) -> Item:
    tick, _ = checklist.ticks.get(id_), language(request).gettext
    light = checklist.lights.get(id_, Light.MISSING)
    return Item(
        id=id_,
        name=_(WORDS[id_]),
        tick=tick is not None,
        own=id_ in checklist.own,
        at=tick.at.astimezone(zone_of(request)) if tick else None,
        who=names.get(tick.by, "–") if tick else "",
        lacking=lacking if light is Light.MISSING else _(LIGHTS[light]),
        action=action,
        form=OF_CHECKLIST.get(id_, ""),
    )
