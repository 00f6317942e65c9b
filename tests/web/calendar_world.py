"""Many appointments of several clinicians, for the pages of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from practicebox.practice import link, one_time_code
from practicebox.store.records import AppointmentDraft, Patient, Person
from tests.web.both_doors import Doors
from tests.web.staff_box import GOOD_PASSWORD

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2027, 1, 18, 8, 0, tzinfo=BERLIN)  # a Monday; the box's clock shows nine


async def main_user(doors: Doors) -> str:
    """The id of who has set the practice up."""
    return next(user.id for user in await doors.box.store.users() if user.role == "admin")


async def clinician(doors: Doors, last_name: str) -> str:
    """The id of a colleague who holds consultations."""
    secret = link.decode(doors.staff.cookie("device")) or b""
    people = doors.box.store.people
    person = Person(salutation="ms", first_name="Eva", last_name=last_name)
    made = await people.invite("clinician", person)
    await people.enrol(one_time_code.read(made.code), last_name, GOOD_PASSWORD, secret)
    users = await doors.box.store.users()
    return next(user.id for user in users if user.person.last_name == last_name)


def full_day(day: date, organisers: list[str], count: int) -> Iterable[AppointmentDraft]:
    """A day's appointments in turn among the clinicians, half an hour each."""
    for number in range(count):
        at = FIRST.replace(year=day.year, month=day.month, day=day.day)
        at += timedelta(minutes=30 * (number // len(organisers)))
        yield AppointmentDraft(
            patient=Patient(f"Person {day:%d%m} {number}"),
            starts=at,
            minutes=30,
            organiser=organisers[number % len(organisers)],
            reason="",
        )
