"""Moving an appointment in the calendar: by key or by hand, asked about like in the form, undone.

The page sends the time that it has seen, so that nobody moves what a colleague has just moved.
Times, minutes and ids stand in addresses; they name nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from practicebox.store.conditions import NoSuchAppointment
from practicebox.store.records import Appointment, AppointmentDraft
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import render
from practicebox.web.staff import acting, appointment_form, kind_form, unusual
from practicebox.web.staff.appointment_form import Desk
from practicebox.web.staff.desk import desk_of

routes = web.RouteTableDef()

VIEWS = ("day", "week", "month")
_SENT = ("date", "time", "organiser", "seen", "view", "whose", "undo")


@dataclass(frozen=True)
class Moved:
    """What the calendar says after a move."""

    appointment: Appointment
    undo: Mapping[str, str]  # the fields that put it back; empty after it was put back


@routes.post("/appointments/{id}/move", name="appointments.move")
async def move(request: web.Request) -> web.Response:
    """Another time, another clinician, or both."""
    form, desk = await posted(request), await desk_of(request)
    appointment = await _found(request)
    old = place(appointment, desk)
    draft = _draft(form, desk, appointment)
    if form.value("seen") != old["seen"]:
        form.errors["seen"] = desk.translate(
            "Somebody has changed this appointment in the meantime. Please look at it again."
        )
    if draft is None or not form.is_good or await unusual.asks(request, form, draft, appointment):
        return _ask(request, form, desk, appointment)
    moved = await put(request, appointment, draft)
    back = {} if form.value("undo") else {"back": f"{old['date']}T{old['time']}.{old['organiser']}"}
    query = {
        "view": form.value("view") if form.value("view") in VIEWS else VIEWS[0],
        "date": form.value("date"),
        "whose": form.value("whose")[:40],
        "moved": moved.id,
        **back,
    }
    raise web.HTTPSeeOther(f"/calendar?{urlencode(query)}#a-{moved.id}")


async def put(
    request: web.Request, appointment: Appointment, draft: AppointmentDraft
) -> Appointment:
    """Change an appointment; its old waiting room closes if it moves or becomes somebody else's."""
    by = acting.by(request)
    changed = await services(request).store.appointments.change(appointment.id, draft, by)
    kind_form.changed(services(request).rooms, appointment, changed)
    return changed


async def moved(request: web.Request, desk: Desk) -> Moved | None:
    """The appointment that was moved by the request before, if the address says so."""
    try:
        id_ = request.query.get("moved", "")
        appointment = await services(request).store.appointments.get(id_)
    except NoSuchAppointment:
        return None
    when, _, organiser = request.query.get("back", "").partition(".")
    day, _, clock = when.partition("T")
    now = place(appointment, desk)
    if not clock or (day, clock, organiser) == (now["date"], now["time"], now["organiser"]):
        return Moved(appointment, {})
    back = {"date": day, "time": clock, "organiser": organiser, "seen": now["seen"]}
    return Moved(appointment, {**back, "undo": "yes"})


def place(appointment: Appointment, desk: Desk) -> dict[str, str]:
    """Where an appointment stands, as the fields of a move say it."""
    starts = appointment.starts.astimezone(desk.zone)
    return {
        "date": f"{starts:%Y-%m-%d}",
        "time": f"{starts:%H:%M}",
        "organiser": appointment.organiser,
        "seen": seen(starts, appointment.organiser),
    }


def seen(starts: datetime, organiser: str) -> str:
    """What a page has seen of an appointment; `starts` is local."""
    return f"{starts:%Y-%m-%dT%H:%M%z}.{organiser}"


def wished(query: Mapping[str, str], desk: Desk) -> dict[str, str]:
    """The fields of a new appointment that a free time in the calendar fills in."""
    asked = {name: query.get(name, "")[:40] for name in ("date", "time", "organiser")}
    form = Form(asked)
    good = appointment_form.read_starts(form, desk) is not None and form.is_good
    known = asked["organiser"] in {user.id for user in desk.users}
    return {
        **({"date": asked["date"], "time": asked["time"]} if good else {}),
        **({"organiser": asked["organiser"]} if known else {}),
    }


async def _found(request: web.Request) -> Appointment:
    try:
        return await services(request).store.appointments.get(request.match_info["id"])
    except NoSuchAppointment:
        raise web.HTTPNotFound from None


def _draft(form: Form, desk: Desk, appointment: Appointment) -> AppointmentDraft | None:
    """The appointment at its new place, or None with the mistake noted."""
    _ = desk.translate
    starts = appointment_form.read_starts(form, desk)
    whose = form.value("organiser")
    if whose != appointment.organiser and whose not in {user.id for user in desk.users}:
        form.errors["organiser"] = _("Please choose who holds the consultation.")
    if appointment.state == "cancelled":
        form.errors["seen"] = _("This appointment has been cancelled. It can not be moved.")
    if starts is None or not form.is_good:
        return None
    kept = {one.name: getattr(appointment, one.name) for one in fields(AppointmentDraft)}
    kept["patient_id"] = appointment.patient_id or None
    return AppointmentDraft(**{**kept, "starts": starts, "organiser": whose})


def _ask(request: web.Request, form: Form, desk: Desk, appointment: Appointment) -> web.Response:
    """What stands against the move; whoever only has to be asked can say yes."""
    target = appointment_form.read_starts(Form(dict(form.values)), desk)
    context = {
        "current_area": "calendar",
        "appointment": appointment,
        "zone": desk.zone,
        "form": form,
        "sent": {name: form.value(name) for name in _SENT},
        "can_go_on": set(form.errors) <= {"overlap", "unusual"},
        "target": target and target.astimezone(desk.zone),
    }
    return render(request, "staff/calendar_ask.html", context, status=422)
