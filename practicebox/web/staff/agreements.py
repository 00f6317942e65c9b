"""Whether a patient agrees to be written to by e-mail or SMS: asked, noted, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from practicebox.practice.reminders import Way
from practicebox.store.outbox.agreements import Agreement
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting
from practicebox.web.staff.patients import AREA, record_of
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

FIELDS = {Way.MAIL: "agrees_mail", Way.SMS: "agrees_sms"}
TITLES = {Way.MAIL: mark("E-mail"), Way.SMS: mark("SMS")}


@dataclass(frozen=True)
class Line:
    """One agreement as the page shows it."""

    title: str
    given: date
    by: str
    revoked: date | None
    revoked_by: str


@routes.get("/patients/{id}/agreements", name="agreements.page")
async def page(request: web.Request) -> web.Response:
    record = await record_of(request)
    known = await services(request).store.agreements.of(record.id)
    ticks = {FIELDS[way]: "yes" for way in Way if known.since(way)}
    everybody = await services(request).store.people.everybody()
    names = {user.id: full_name(user.person) for user in everybody}
    context = {
        **AREA,
        "record": record,
        "patient": record.patient,
        "form": Form(ticks),
        "lines": [
            _line(request, way, one, names)
            for way in Way
            for one in reversed(known.of.get(way, ()))
        ],
    }
    return render(request, "staff/agreements.html", context)


@routes.post("/patients/{id}/agreements", name="agreements.note")
async def note(request: web.Request) -> web.Response:
    record, form = await record_of(request), await posted(request)
    answers = {way: form.is_ticked(field) for way, field in FIELDS.items()}
    await services(request).store.agreements.note(record.id, answers, acting.by(request))
    raise web.HTTPSeeOther(f"/patients/{record.id}/agreements?said=saved")


def _line(request: web.Request, way: Way, one: Agreement, names: dict[str, str]) -> Line:
    zone = zone_of(request)
    return Line(
        language(request).gettext(TITLES[way]),
        one.given.astimezone(zone).date(),
        names.get(one.by, "–"),
        one.revoked.astimezone(zone).date() if one.revoked else None,
        names.get(one.revoked_by, "–"),
    )
