"""The kind of appointment and its treatment: this part of the form, and what a change brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from aiohttp import web

from practicebox.practice.treatments import is_paid, offered
from practicebox.practice.window import window
from practicebox.rtc.rooms import Rooms
from practicebox.store.patients.rows import PatientRecord
from practicebox.store.records import Appointment, Kind, Patient
from practicebox.web.forms import Form
from practicebox.web.keys import services
from practicebox.web.render import language
from practicebox.web.staff import treatments
from practicebox.web.staff.session import zone_of


def read(form: Form, patient: Patient, translate: Callable[[str], str]) -> Kind:
    """The kind in the form, video where it has none; a mistake is noted in it."""
    kind = form.values.setdefault("kind", "video")
    if kind == "phone" and not patient.phone:
        missing = translate("Please enter the number at which we can call the patient.")
        form.errors.setdefault("phone", missing)
    if kind == "phone":
        return "phone"
    if kind == "conference":
        return "conference"
    form.one_of("kind", ("video",), translate("Please choose video, phone or conference."))
    return "video"


def changed(rooms: Rooms, before: Appointment, after: Appointment) -> str:
    """Tell the waiting room what became of the appointment; the word to say on the next page."""
    has_old_letter = before.codes == after.codes
    if before.kind != "phone" and after.kind == "phone":
        rooms.go_on_by_phone(after.id, window(after.starts, after.minutes).closes)
    elif before.starts != after.starts or before.kind != after.kind or not has_old_letter:
        rooms.close(before.id)  # who waits there came for the old one
    if not has_old_letter:
        return "changed_person"
    return "changed" if before.kind == after.kind else "changed_kind"


async def context(
    request: web.Request,
    form: Form,
    appointment: Appointment | None,
    known: PatientRecord | None,
) -> dict[str, object]:
    """What the template shows of kinds and treatments."""
    _ = language(request).gettext
    form.values.setdefault("kind", "video")
    patient = known.patient if known else appointment.patient if appointment else None
    today = services(request).now().astimezone(zone_of(request)).date()
    payer = patient.payer if patient else ""
    return {
        "kinds": [
            ("video", _("Video consultation")),
            ("phone", _("Phone: we call the patient")),
            ("conference", _("Conference: several people by video")),
        ],
        "treatments": await _treatments(request, form.value("treatment"), payer, today),
    }


async def _treatments(
    request: web.Request, chosen: str, payer: str, day: date
) -> list[tuple[str, str]]:
    """Every treatment of the day with what the payer says to it; a chosen one stays."""
    known = await treatments.current(request)
    names = [one.name for one in offered(known, day)]
    if chosen and chosen not in names:
        names.append(chosen)
    refused = language(request).gettext("%(treatment)s (%(payer)s: not paid by video)")
    words = treatments.payer_words(language(request).gettext)
    return [
        (name, refused % {"treatment": name, "payer": words[payer]})
        if is_paid(known, name, payer, day) is False
        else (name, name)
        for name in names
    ]
