"""Who takes part in a conference: the page with everybody, their releases from secrecy, letters."""

from __future__ import annotations

from datetime import date
from typing import cast

from aiohttp import web

from practicebox.practice.conference import HOWS, MOST, ROLES, Granter, How, Release, Role, granters
from practicebox.practice.window import Phase, window
from practicebox.rtc.rooms import key_of
from practicebox.store.conditions import (
    NoSuchAppointment,
    NoSuchParticipant,
    TooManyParticipants,
)
from practicebox.store.records import Appointment
from practicebox.store.records_conference import Participant, ParticipantDraft
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.render import language, render
from practicebox.web.staff import acting
from practicebox.web.staff.appointments import AREA, appointment_of
from practicebox.web.staff.participant_view import HOW_WORDS, ROLE_WORDS, lines
from practicebox.web.staff.session import zone_of

routes = web.RouteTableDef()

PATH = "/appointments/{id}/participants"
LONGEST_NAME = 80  # as on the entrance


@routes.get(PATH, name="participants.page")
async def page(request: web.Request) -> web.Response:
    return await _page(request, await _conference(request), Form({"role": ""}))


@routes.post(PATH, name="participants.add")
async def add(request: web.Request) -> web.Response:
    appointment, form = await _conference(request), await posted(request)
    _ = language(request).gettext
    name = form.text("name", _("Please enter the name of the participant."), longest=LONGEST_NAME)
    wrong = _("Please choose what this person is in the conference.")
    role = cast(Role, form.one_of("role", ROLES, wrong))
    draft = ParticipantDraft(name, role, form.text("email"), form.text("phone"))
    if form.is_good:
        try:
            await services(request).store.participants.add(
                appointment.id, draft, acting.by(request)
            )
            raise web.HTTPSeeOther(f"{_path(appointment)}?said=participant_added")
        except TooManyParticipants:
            full = _(
                "A conference has room for %(count)s people, you and the patient among them. "
                "Remove somebody first, or plan a second appointment."
            )
            form.errors["name"] = full % {"count": MOST}
    return await _page(request, appointment, form, status=422)


@routes.post(PATH + "/{other}/release", name="participants.release")
async def release(request: web.Request) -> web.Response:
    """Note the release from secrecy that opens somebody's door."""
    appointment, one = await participant_of(request)
    form = await posted(request)
    given = _release(request, form, one)
    if given is None:
        return await _page(request, appointment, form, one.id, status=422)
    await services(request).store.participants.release(
        appointment.id, one.id, given, acting.by(request)
    )
    raise web.HTTPSeeOther(f"{_path(appointment)}?said=released")


@routes.post(PATH + "/{other}/revoke", name="participants.revoke")
async def revoke(request: web.Request) -> web.Response:
    """Take the release back; whoever is in is out at once."""
    appointment, one = await participant_of(request)
    await services(request).store.participants.revoke(appointment.id, one.id, acting.by(request))
    services(request).rooms.close(key_of(appointment.id, one.id))
    raise web.HTTPSeeOther(f"{_path(appointment)}?said=release_revoked")


@routes.post(PATH + "/{other}/remove", name="participants.remove")
async def remove(request: web.Request) -> web.Response:
    appointment, one = await participant_of(request)
    await services(request).store.participants.remove(appointment.id, one.id, acting.by(request))
    services(request).rooms.close(key_of(appointment.id, one.id))
    raise web.HTTPSeeOther(f"{_path(appointment)}?said=participant_removed")


async def participant_of(request: web.Request) -> tuple[Appointment, Participant]:
    """The appointment and the participant in the address; 404 where there is none."""
    appointment = await _conference(request)
    try:
        found = await services(request).store.participants.get(
            appointment.id, request.match_info["other"]
        )
    except (NoSuchParticipant, NoSuchAppointment):
        raise web.HTTPNotFound from None
    return appointment, found


def _release(request: web.Request, form: Form, one: Participant) -> Release | None:
    """What was noted; mistakes stand in the form."""
    _, now = language(request).gettext, services(request).now()
    by = form.one_of("by", granters(one.role), _("Please choose who gave the release."))
    how = form.one_of("how", HOWS, _("Please choose whether it is on paper or was said."))
    wrong = _("Please enter the day as day, month and year.")
    day = form.read("day", date.fromisoformat, wrong)
    if day and day > now.astimezone(zone_of(request)).date():
        form.errors["day"] = _("This day is still to come. When was the release given?")
    if not form.is_good or day is None:
        return None
    return Release(cast(Granter, by), cast(How, how), day, acting.by(request).actor, now)


async def _conference(request: web.Request) -> Appointment:
    appointment = await appointment_of(request)
    if appointment.kind != "conference":
        raise web.HTTPNotFound
    return appointment


def _path(appointment: Appointment) -> str:
    return f"/appointments/{appointment.id}/participants"


async def _page(
    request: web.Request,
    appointment: Appointment,
    form: Form,
    noting: str = "",
    *,
    status: int = 200,
) -> web.Response:
    """`noting`: the participant whose release is in the form."""
    now, _ = services(request).now(), language(request).gettext
    found = await lines(request, appointment)
    is_over = window(appointment.starts, appointment.minutes).phase(now) is Phase.OVER
    context = {
        **AREA,
        "appointment": appointment,
        "zone": zone_of(request),
        "lines": found,
        "form": form,
        "noting": noting,
        "today": now.astimezone(zone_of(request)).date().isoformat(),
        "roles": [(role, _(ROLE_WORDS[role])) for role in ROLES],
        "hows": [(how, _(HOW_WORDS[how])) for how in HOWS],
        "left": MOST - 2 - len(found),
        "is_held": appointment.state == "planned" and not is_over,
    }
    return render(request, "staff/participants.html", context, status=status)
