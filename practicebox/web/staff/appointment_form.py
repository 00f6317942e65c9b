"""The form of an appointment: five fields first, the rest behind "More details".

The patient is typed; the store finds out who it is. Where the form began with a known patient and
another name or birth date was typed, only the reception can tell a correction from somebody else,
so it is asked (`person`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from practicebox.practice.local_time import NoSuchTime, moment
from practicebox.practice.names import LONGEST, clean
from practicebox.practice.treatments import LONGEST as LONGEST_TREATMENT
from practicebox.store.patients.rows import PatientRecord, identity
from practicebox.store.records import Appointment, AppointmentDraft, Patient, User
from practicebox.web.forms import Form
from practicebox.web.staff import kind_form

USUAL = 30  # minutes
MINUTES = (10, 15, 20, 25, 30, 40, 45, 50, 60, 90)
OLDEST = 125  # years; a birth date before that is a slip of the finger
FARTHEST = 3 * 366  # days ahead


@dataclass(frozen=True)
class Desk:
    """What reading the form needs to know."""

    zone: ZoneInfo
    now: datetime
    users: Sequence[User]
    translate: Callable[[str], str]


def fresh(user: User, slot: datetime) -> Form:
    """The form of a new appointment: half an hour at `slot`, which is local time."""
    return Form(
        {
            "date": slot.date().isoformat(),
            "time": slot.strftime("%H:%M"),
            "minutes": str(USUAL),
            "kind": "video",
            "organiser": user.id,
        }
    )


def filled(desk: Desk, appointment: Appointment) -> Form:
    """The form as an appointment is planned now."""
    starts = appointment.starts.astimezone(desk.zone)
    patient = appointment.patient
    return Form(
        {
            **patient_fields(patient),
            "date": starts.date().isoformat(),
            "time": starts.strftime("%H:%M"),
            "minutes": str(appointment.minutes),
            "reason": appointment.reason,
            "organiser": appointment.organiser,
            "kind": appointment.kind,
            "treatment": appointment.treatment,
        }
    )


def patient_fields(patient: Patient) -> dict[str, str]:
    """The fields of a patient, as they are known."""
    return {
        "patient": patient.name,
        "born": patient.born.isoformat() if patient.born else "",
        "address": "\n".join(patient.address),
        "phone": patient.phone,
        "email": patient.email,
    }


def read(form: Form, desk: Desk, known: PatientRecord | None = None) -> AppointmentDraft | None:
    """The draft in the form, or None with the mistakes noted in it.

    `known` is the patient that the form began with.
    """
    _ = desk.translate
    patient = read_patient(form, desk)
    kind = kind_form.read(form, patient, desk.translate)
    patient_id = _whose(form, desk, patient, known)
    starts = read_starts(form, desk)
    minutes = form.read("minutes", _minutes, _("Please choose how long it takes."))
    organiser = form.value("organiser") or desk.users[0].id
    if organiser not in {user.id for user in desk.users}:
        form.errors["organiser"] = _("Please choose who holds the consultation.")
    reason = form.text("reason", longest=500)
    if not form.is_good or starts is None or minutes is None:
        return None
    return AppointmentDraft(
        patient=patient,
        starts=starts,
        minutes=minutes,
        organiser=organiser,
        reason=reason,
        kind=kind,
        treatment=form.text("treatment", longest=LONGEST_TREATMENT),
        patient_id=patient_id,
    )


def read_patient(form: Form, desk: Desk) -> Patient:
    """The patient in the form, the mistakes noted in it."""
    return Patient(
        name=_name(form, desk),
        born=_born(form, desk),
        address=form.lines("address"),
        phone=form.text("phone", longest=40),
        email=_email(form, desk),
    )


def _name(form: Form, desk: Desk) -> str:
    _ = desk.translate
    typed = form.value("patient")
    if len(" ".join(typed.split())) > LONGEST:
        long = _("This name is too long; a name has at most %(count)s characters.")
        form.errors["patient"] = long % {"count": LONGEST}
    name = clean(typed)
    if not name:
        form.errors["patient"] = _("Please enter the patient's name.")
    return name


def _whose(form: Form, desk: Desk, typed: Patient, known: PatientRecord | None) -> str | None:
    """The patient's id; None leaves it to name and birth date."""
    if known is None:
        return None
    if identity(typed) == identity(known.patient):
        return known.id
    if not form.is_good:
        return None  # one thing after the other
    _ = desk.translate
    wrong = _("Is it the same person with corrected data, or somebody else?")
    person = form.one_of("person", ("same", "other"), wrong)
    return known.id if person == "same" else None


def _born(form: Form, desk: Desk) -> date | None:
    if not form.value("born").strip():
        return None
    _ = desk.translate
    wrong = _("Please enter the birth date as day, month and year.")
    born = form.read("born", read_day, wrong)
    today = desk.now.astimezone(desk.zone).date()
    if born and not today.year - OLDEST <= born.year <= today.year:
        form.errors["born"] = wrong
    return born


def _email(form: Form, desk: Desk) -> str:
    email = form.text("email", longest=120)
    name, at, host = email.rpartition("@")
    if email and not (at and name and "." in host and " " not in email):
        form.errors["email"] = desk.translate("This e-mail address is not complete.")
    return email


def read_starts(form: Form, desk: Desk) -> datetime | None:
    """The moment in the fields of day and time, the mistakes noted."""
    _ = desk.translate
    day = form.read("date", read_day, _("Please enter the day of the appointment."))
    clock = form.read("time", read_clock, _("Please enter the time of the appointment."))
    if day is None or clock is None:
        return None
    today = desk.now.astimezone(desk.zone).date()
    if day < today:
        form.errors["date"] = _("This day is already over.")
    if (day - today).days > FARTHEST:
        form.errors["date"] = _("This day is more than three years away.")
    try:
        return moment(day, clock, desk.zone)
    except NoSuchTime:
        form.errors["time"] = _("The clocks are put forward on that day; this time does not exist.")
        return None


def read_day(text: str) -> date:
    """ISO as browsers send it, or `19.1.2027` as people type it where there is no picker."""
    text = text.strip()
    if "." in text:
        day, month, year = (int(part) for part in text.split("."))
        return date(year + 2000 if year < 100 else year, month, day)
    return date.fromisoformat(text)


def read_clock(text: str) -> time:
    """`9:30`, `9.30` or `9`; raise `ValueError`."""
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    return time(int(hour), int(minute[:2] or 0))


def _minutes(text: str) -> int:
    minutes = int(text)
    if not 5 <= minutes <= 240:
        raise ValueError
    return minutes
