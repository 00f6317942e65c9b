"""The short documentation of an appointment, for those who treat: read, and added to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from practicebox.store.appointments.notes import LONGEST, TooManyNotes
from practicebox.store.records import Appointment
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import full_name, language, render
from practicebox.web.staff import acting
from practicebox.web.staff.appointments import AREA, appointment_of
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()


@dataclass(frozen=True)
class Line:
    """A note as the page shows it."""

    at: datetime  # in the practice's zone
    who: str
    paragraphs: list[str] = field(repr=False)


@routes.get("/appointments/{id}/notes", name="notes.page")
async def page(request: web.Request) -> web.Response:
    return await _page(request, await appointment_of(request), Form())


@routes.post("/appointments/{id}/notes", name="notes.add")
async def add(request: web.Request) -> web.Response:
    """Add a note; what was noted before stays as it is."""
    appointment, form = await appointment_of(request), await posted(request)
    _, text = language(request).gettext, form.value("note").strip()
    if not text:
        form.errors["note"] = _("Please enter a text.")
    elif len(text) > LONGEST:
        words = _("This is too long: %(has)s characters; at most %(most)s fit.")
        form.errors["note"] = words % {"has": len(text), "most": LONGEST}
    else:
        try:
            await services(request).store.notes.add(appointment.id, text, acting.by(request))
        except TooManyNotes:
            form.errors["note"] = _("There are too many notes. Please go on in your records.")
    if form.errors:
        return await _page(request, appointment, form, status=422)
    raise web.HTTPSeeOther(f"/appointments/{appointment.id}/notes?said=note_added")


async def _page(
    request: web.Request, appointment: Appointment, form: Form, *, status: int = 200
) -> web.Response:
    store, zone = services(request).store, zone_of(request)
    names = {user.id: full_name(user.person) for user in await store.people.everybody()}
    context = {
        **AREA,
        "appointment": appointment,
        "starts": appointment.starts.astimezone(zone),
        "form": form,
        "longest": LONGEST,
        "lines": [
            Line(one.at.astimezone(zone), names.get(one.by, "–"), one.text.splitlines())
            for one in await store.notes.of(appointment.id)
        ],
    }
    return render(request, "staff/notes.html", context, status=status)
