"""The participants of a conference in words: roles, releases, and who is there just now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from aiohttp import web

from practicebox.practice.conference import Granter, How, Release, Role, granters
from practicebox.rtc.rooms import key_of
from practicebox.store.records import Appointment, Patient
from practicebox.store.records_conference import Participant
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import full_name, language
from practicebox.web.staff import mail_text

ROLE_WORDS: dict[Role, str] = {
    "guardian": mark("Parent or guardian"),
    "interpreter": mark("Interpreter"),
    "colleague": mark("Colleague (doctor, therapist)"),
    "educator": mark("Educator"),
    "patient": mark("Another patient"),
}
GRANTER_WORDS: dict[Granter, str] = {
    "patient": mark("from the patient"),
    "guardian": mark("by the parent or guardian"),
    "contract": mark("interpreter bound to secrecy by contract"),
}
HOW_WORDS: dict[How, str] = {"paper": mark("on paper"), "word": mark("by word of mouth")}
STATES = {
    "closed": mark("not released yet: the door is closed"),
    "open": mark("invited"),
    "waiting": mark("is waiting"),
    "in": mark("is taking part"),
}


@dataclass(frozen=True)
class Line:
    """A participant as the page shows them."""

    participant: Participant
    role: str
    state: str  # a key of `STATES`
    said: str
    released: str  # by whom, when, how, noted by whom; empty without a release
    mail: str  # a prepared invitation, for the mail program of the workstation
    granters: list[tuple[str, str]]


async def lines(request: web.Request, appointment: Appointment) -> list[Line]:
    """Everybody beside the patient, with what the rooms know of them; empty for other kinds."""
    if appointment.kind != "conference":
        return []
    everybody = await services(request).store.people.everybody()
    names = {user.id: full_name(user.person) for user in everybody}
    found = await services(request).store.participants.of(appointment.id)
    return [_line(request, appointment, one, names) for one in found]


def as_theirs(appointment: Appointment, one: Participant) -> Appointment:
    """The appointment as a participant is told of it: their name, their code, their link."""
    person = Patient(one.name, phone=one.phone, email=one.email)
    return replace(appointment, patient=person, codes=one.codes, link=one.link)


def exported(one: Participant) -> dict[str, object]:
    """What a patient's export says of somebody who came along; their ways in are keys, no data."""
    release = one.release
    return {
        "name": one.name,
        "role": one.role,
        "release": {"by": release.by, "how": release.how, "on": release.day.isoformat()}
        if release
        else None,
    }


def _line(
    request: web.Request, appointment: Appointment, one: Participant, names: dict[str, str]
) -> Line:
    box, _ = services(request), language(request).gettext
    presence = box.rooms.presence(key_of(one.appointment_id, one.id))
    state = "closed"
    if one.may_enter:
        is_here = presence is not None and presence.patient
        state = ("in" if presence and presence.admitted else "waiting") if is_here else "open"
    return Line(
        one,
        _(ROLE_WORDS[one.role]),
        state,
        _(STATES[state]),
        _released(_, one.release, names) if one.release else "",
        mail_text.address(request, as_theirs(appointment, one)),
        [(granter, _(GRANTER_WORDS[granter])) for granter in granters(one.role)],
    )


def _released(_: Callable[[str], str], release: Release, names: dict[str, str]) -> str:
    said = _("%(by)s, %(how)s, on %(day)s; noted by %(who)s")
    return said % {
        "by": _(GRANTER_WORDS[release.by]),
        "how": _(HOW_WORDS[release.how]),
        "day": f"{release.day:%d.%m.%Y}",
        "who": names.get(release.noted_by, "–"),
    }
