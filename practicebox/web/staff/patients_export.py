"""The ZIP file of a patient's data: one PDF to read, one JSON file for machines.

Names inside the ZIP are fixed, and nothing in it is a formula or markup: the JSON is ASCII with
escapes, and the PDF gets its text as data (`post.paper`). Making it is work for a thread.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from practicebox.post import disclosure
from practicebox.post.disclosure import Disclosure, Fact, Kept
from practicebox.practice.reminders import HEARD, Way
from practicebox.store.gdt.records import Waiting
from practicebox.store.patients.export import PatientExport
from practicebox.store.records import Appointment, Profile
from practicebox.web.staff import consents_export, papers, participant_view, patient_form
from practicebox.web.staff.consents_export import Spoken

FILE = "auskunft.zip"
PDF = "auskunft.pdf"
JSON = "auskunft.json"
FORMAT = "practicebox/patient-export/1"


@dataclass(frozen=True)
class Desk:
    """What writing the files needs besides the data."""

    profile: Profile
    zone: ZoneInfo
    now: datetime  # aware
    users: Mapping[str, str]  # id to name
    translate: Callable[[str], str]
    locale: str


def as_zip(export: PatientExport, desk: Desk) -> bytes:
    """Both files in one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(PDF, desk), _pdf(export, desk))
        for one in export.consents:
            if one.id in export.scans:
                entry = _entry(consents_export.scan_name(one), desk)
                archive.writestr(entry, export.scans[one.id])
        archive.writestr(_entry(JSON, desk), json.dumps(as_json(export, desk), indent=2))
    return packed.getvalue()


def as_json(export: PatientExport, desk: Desk) -> dict[str, object]:
    """Everything, with field names that say what is in them; moments in UTC (ISO 8601)."""
    patient, profile = export.record.patient, desk.profile
    return {
        "format": FORMAT,
        "created": desk.now.isoformat(timespec="seconds"),
        "practice": {"name": profile.name, "phone": profile.phone, "email": profile.email},
        "patient": {
            "name": patient.name,
            "birth_date": patient.born.isoformat() if patient.born else None,
            "address": list(patient.address),
            "phone": patient.phone,
            "email": patient.email,
            "payer": patient.payer,
            "standing": patient.standing,
            "language": patient.language or "de",
            "needs": list(patient.needs),
            "agreements": {way.value: _agreed(export, way) for way in Way},
            "consents": [consents_export.as_json(one, desk.users) for one in export.consents],
            "known_since": export.record.created.isoformat(),
            "numbers_in_practice_software": list(export.numbers),
        },
        "records_from_practice_software": [_order(one) for one in export.orders],
        "appointments": [_appointment(export, one, desk) for one in export.appointments],
    }


def _appointment(export: PatientExport, one: Appointment, desk: Desk) -> dict[str, object]:
    check = export.checks.get(one.id)
    return {
        "starts": one.starts.isoformat(),
        "minutes": one.minutes,
        "kind": one.kind,
        "state": one.state,
        "clinician": desk.users.get(one.organiser, ""),
        "reason": one.reason,
        "treatment": one.treatment,
        "ticked_off": [
            {"what": item, "at": tick.at.isoformat(), "by": desk.users.get(tick.by, "")}
            for item, tick in export.ticks.get(one.id, {}).items()
        ],
        "confirmed": _confirmed(export, one),
        "took_part": [participant_view.exported(who) for who in export.participants[one.id]],
        "notes": [
            {"at": note.at.isoformat(), "by": desk.users.get(note.by, ""), "text": note.text}
            for note in export.notes.get(one.id, ())
        ],
        "planned_on": one.created.isoformat(),
        "technical_check": {"result": check.verdict.value, "at": check.at.isoformat()}
        if check
        else None,
        "messages": [
            {
                "kind": message.kind.value,
                "way": message.content.way.value,
                "to": message.content.to,
                "state": message.state.value,
                "at": message.changed.isoformat(),
            }
            for message in export.messages.get(one.id, ())
        ],
        "browser_admitted_until": [until.isoformat() for until in export.visits.get(one.id, ())],
    }


def _order(waiting: Waiting) -> dict[str, object]:
    record = waiting.message.record
    return {
        "received": waiting.received.isoformat(),
        "kind": record.kind,
        "fields": [{"field": one.code, "content": one.content} for one in record.fields],
    }


def _confirmed(export: PatientExport, one: Appointment) -> dict[str, object] | None:
    """The service confirmation, with the times that it states."""
    found = export.confirmations.get(one.id)
    if found is None:
        return None
    held = found.held
    return {
        "at": found.at.isoformat(),
        "way": found.way,
        "began": held.began.isoformat(),
        "ended": held.ended.isoformat() if held.ended else None,
        "interruptions": [[gap.begins.isoformat(), gap.ends.isoformat()] for gap in held.breaks],
    }


def _agreed(export: PatientExport, way: Way) -> list[dict[str, str | None]]:
    return [
        {
            "given": one.given.isoformat(),
            "revoked": one.revoked.isoformat() if one.revoked else None,
        }
        for one in export.agreements.of.get(way, ())
    ]


def _entry(name: str, desk: Desk) -> zipfile.ZipInfo:
    local = desk.now.astimezone(desk.zone)
    entry = zipfile.ZipInfo(name, local.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _pdf(export: PatientExport, desk: Desk) -> bytes:
    _, profile = desk.translate, desk.profile
    sheet = Disclosure(
        practice=profile.name,
        place=f"{profile.street} {profile.number}, {profile.postcode} {profile.town}",
        phone=profile.phone,
        email=profile.email,
        facts=_facts(export, desk),
        appointments=tuple(_kept(export, one, desk) for one in reversed(export.appointments)),
        printed=desk.now.astimezone(desk.zone).date(),
    )
    return disclosure.pdf(sheet, desk.translate, desk.locale)


def _facts(export: PatientExport, desk: Desk) -> tuple[Fact, ...]:
    _, patient = desk.translate, export.record.patient
    said = patient_form.in_words(patient, _, desk.locale)
    known = export.record.created.astimezone(desk.zone).date()
    facts = (
        Fact(_("Name"), patient.name),
        Fact(
            _("Date of birth"),
            format_date(patient.born, "long", desk.locale) if patient.born else "",
        ),
        Fact(_("Address"), ", ".join(patient.address)),
        Fact(_("Phone"), patient.phone),
        Fact(_("E-mail"), patient.email),
        Fact(_("Who pays"), said.get("payer", "")),
        Fact(_("New or known"), said.get("standing", "")),
        Fact(_("Language"), said.get("language", "")),
        Fact(_("What this person needs"), said.get("needs", "")),
        *_agreements(export, desk),
        *consents_export.facts(export.consents, Spoken(desk.zone, desk.translate, desk.locale)),
        Fact(_("Entered on"), format_date(known, "long", desk.locale)),
        Fact(_("Number in the practice software"), ", ".join(export.numbers)),
        *(Fact(_("Sent by the practice software"), _sent(one)) for one in export.orders),
    )
    return tuple(fact for fact in facts if fact.value)


def _sent(waiting: Waiting) -> str:
    """A record with all that it says about the patient."""
    return "; ".join(one.content for one in waiting.message.record.fields if one.content)


def _agreements(export: PatientExport, desk: Desk) -> list[Fact]:
    """Since when the patient agrees to be written to, and how."""
    _ = desk.translate
    titles = {Way.MAIL: _("Agrees to e-mail since"), Way.SMS: _("Agrees to SMS since")}
    since = {way: export.agreements.since(way) for way in Way}
    return [
        Fact(titles[way], format_date(at.astimezone(desk.zone).date(), "long", desk.locale))
        for way, at in since.items()
        if at
    ]


def _kept(export: PatientExport, one: Appointment, desk: Desk) -> Kept:
    _ = desk.translate
    starts = one.starts.astimezone(desk.zone)
    kinds = {"video": _("Video"), "phone": _("Phone"), "conference": _("Conference")}
    notes = [one.reason] if one.reason else []
    if one.treatment:
        notes.append(one.treatment)
    notes += [_(papers.WORDS[item]) for item in export.ticks.get(one.id, {})]
    if confirmed := export.confirmations.get(one.id):
        day = format_date(confirmed.at.astimezone(desk.zone).date(), "short", desk.locale)
        notes.append(_("Confirmed on %(day)s") % {"day": day})
    notes += [who.name for who in export.participants[one.id]]
    notes += [note.text for note in export.notes.get(one.id, ())]
    if one.state == "cancelled":
        notes.append(_("called off"))
    sent = [m for m in export.messages.get(one.id, ()) if m.state in HEARD]
    if sent:
        notes.append(_("messages sent: %(count)s") % {"count": len(sent)})
    if check := export.checks.get(one.id):
        day = format_date(check.at.astimezone(desk.zone).date(), "short", desk.locale)
        notes.append(_("Technical check on %(day)s") % {"day": day})
    return Kept(
        day=format_date(starts.date(), "medium", desk.locale),
        time=format_time(starts.time(), "short", locale=desk.locale),
        minutes=one.minutes,
        kind=kinds[one.kind],
        clinician=desk.users.get(one.organiser, ""),
        notes=tuple(notes),
    )
