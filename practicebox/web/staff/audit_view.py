"""Entries of the audit log as people read them: names for ids, a sentence, a local time.

Names are looked up when the page is made. What has been deleted since is called that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from practicebox.store.audit import audit
from practicebox.store.audit.audit import Action, Noted
from practicebox.store.audit.log import Gone
from practicebox.store.conditions import NoSuchAppointment, SealBroken
from practicebox.store.store import Store
from practicebox.web.language import Language, mark
from practicebox.web.staff import audit_words
from practicebox.web.staff.user_form import ROLES

Translate = Callable[[str], str]

_BOX = mark("The box")
_PATIENT = mark("The patient")
_NOBODY = mark("unknown")
_DELETED_APPOINTMENT = mark("a deleted appointment")
_APPOINTMENT = mark("the appointment on %(when)s")
_NOT_APPROVED = mark("Password or passkey were right, but the device was not approved.")


@dataclass(frozen=True)
class Line:
    """One entry on the page and in the export."""

    number: int
    at: datetime | None  # local; None for an entry that can't be read any more
    day: date
    sentence: str
    who: str
    device: str
    what: str
    action: str
    while_locked: bool


@dataclass(frozen=True)
class Names:
    """What ids are called."""

    people: Mapping[str, str]
    devices: Mapping[str, str]
    appointments: Mapping[str, str]


async def names(
    store: Store, entries: tuple[Noted | Gone, ...], zone: ZoneInfo, spoken: Language
) -> Names:
    """The names that these entries need."""
    people = await store.people.everybody()
    users = {user.id: user.short_name or user.person.last_name for user in people}
    devices = {device.id: device.name for device in await store.devices()}
    programs = {program.id: program.name for program in await store.programs.all()}
    wanted = {e.entry.subject for e in entries if isinstance(e, Noted) and _is_appointment(e)}
    appointments = {}
    for appointment_id in wanted:
        try:
            starts = (await store.appointments.get(appointment_id)).starts.astimezone(zone)
        except (NoSuchAppointment, SealBroken):
            continue
        when = format_datetime(starts, "dd.MM.y, HH:mm", locale=spoken.code)
        appointments[appointment_id] = spoken.gettext(_APPOINTMENT) % {"when": when}
    return Names(users | programs, devices | programs, appointments)


def lines(
    entries: Iterable[Noted | Gone], known: Names, zone: ZoneInfo, spoken: Language
) -> list[Line]:
    """Entries in words; what is gone of one day makes one line."""
    found = []
    for day, group in groupby(entries, lambda e: e.day if isinstance(e, Gone) else None):
        if day is None:
            found += [_line(e, known, zone, spoken) for e in group if isinstance(e, Noted)]
        else:
            found.append(_gone([entry.number for entry in group], day, spoken))
    return found


def _gone(numbers: list[int], day: date, spoken: Language) -> Line:
    ngettext = spoken.translations.ngettext
    sentence = ngettext(
        "%(num)s entry about a consultation, deleted as planned.",
        "%(num)s entries about consultations, deleted as planned.",
        len(numbers),
    )
    return Line(numbers[0], None, day, sentence % {"num": len(numbers)}, "", "", "", "", False)


def _line(noted: Noted, known: Names, zone: ZoneInfo, spoken: Language) -> Line:
    _ = spoken.gettext
    entry, at = noted.entry, noted.at.astimezone(zone)
    words = {
        "who": _who(entry.actor, known, _),
        "what": _what(noted, known, _),
        "detail": _detail(noted, zone, spoken),
    }
    sentence = _(audit_words.SENTENCES[entry.action]) % words
    if entry.action is Action.LOGIN_FAILED and entry.detail:
        sentence = f"{sentence} {_(_NOT_APPROVED)}"
    return Line(
        noted.number,
        at,
        at.date(),
        sentence,
        words["who"],
        known.devices.get(entry.device, ""),
        entry.subject,
        entry.action.value,
        noted.while_locked,
    )


def _who(actor: str, known: Names, translate: Translate) -> str:
    special = {audit.BOX: _BOX, audit.PATIENT: _PATIENT, audit.NOBODY: _NOBODY}
    return known.people.get(actor) or translate(special.get(actor, _NOBODY))


def _what(noted: Noted, known: Names, translate: Translate) -> str:
    subject = noted.entry.subject
    if _is_appointment(noted):
        return known.appointments.get(subject) or translate(_DELETED_APPOINTMENT)
    found = known.people.get(subject) or known.devices.get(subject)
    return found or noted.entry.detail or translate(_NOBODY)


def _detail(noted: Noted, zone: ZoneInfo, spoken: Language) -> str:
    detail, action = noted.entry.detail, noted.entry.action
    word = audit_words.KINDS.get(detail) or audit_words.SETTINGS.get(detail)
    if action is Action.ROLE_CHANGED:
        word = ROLES.get(detail)
    if word:
        return spoken.gettext(word)
    if action in {Action.METADATA_DELETED, Action.NOTICE_GIVEN}:
        return f"{detail[8:10]}.{detail[5:7]}.{detail[:4]}"
    if action is Action.CLOCK_CONFIRMED:
        moment = datetime.fromisoformat(detail).astimezone(zone)
        return format_datetime(moment, "dd.MM.y, HH:mm", locale=spoken.code)
    return detail


def _is_appointment(noted: Noted) -> bool:
    return noted.entry.action.about == "consultation"
