"""The scenario that is killed at every change: what happens in a practice, deed by deed.

Each deed begins with the folder that the one before has left, brings the box to where it begins,
calls `life.begin()`, and `life.done()` where somebody is told that it is done. What lies between is
all or nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from practicebox.practice import one_time_code
from practicebox.store.audit.audit import BY_BOX
from practicebox.store.records import Appointment, AppointmentDraft, Patient, Person
from tests.faults.life import Life
from tests.faults.picture import OTHER_PASSWORD
from tests.store.world import MASTER, NOON, PERSON, PROFILE, founding

Deed = Callable[[Life], Awaitable[None]]
COLLEAGUE = Person(salutation="Herr", first_name="Bert", last_name="Winter")
UPLOAD = 600_000  # bytes; a photograph of a finding


async def set_up(life: Life) -> None:
    life.begin()
    store = await life.open()
    life.kept.secret = (await store.found(founding())).device_secret
    life.done()


async def start_again(life: Life) -> None:
    life.begin()
    await life.open()
    life.done()


async def log_in(life: Life) -> None:
    life.begin()
    await life.log_in()
    life.done()


async def invite(life: Life) -> None:
    session = await life.log_in()
    life.begin()
    await life.store.appointments.add(_draft(session.user.id, "Krejčová, Alice", 0))
    life.done()


async def invite_a_series(life: Life) -> None:
    session = await life.log_in()
    drafts = [_draft(session.user.id, f"Gruppe, Nr. {number}", number) for number in range(10)]
    life.begin()
    await life.store.appointments.add_all(drafts)
    life.done()


async def join(life: Life) -> None:
    await life.log_in()
    appointment = await _first(life)
    life.store.lock()
    life.begin()
    await life.store.visits.start(appointment.id)
    life.done()


async def hand_in(life: Life) -> None:
    await life.open()
    life.begin()
    await life.store.submit("note", b"Ich komme zehn Minuten sp\xc3\xa4ter.")
    life.done()


async def hand_in_a_photograph(life: Life) -> None:
    await life.open()
    photograph = bytes(range(256)) * (UPLOAD // 256)
    life.begin()
    await life.store.submit("photograph", photograph)
    life.done()


async def learn(life: Life) -> None:
    await life.open()
    life.begin()
    await life.store.settings.keep("public_address", "203.0.113.7")
    life.done()


async def move(life: Life) -> None:
    session = await life.log_in()
    appointment = await _first(life)
    draft = _draft(session.user.id, "Krejčová, Alice", 3)
    life.begin()
    await life.store.appointments.change(appointment.id, draft)
    life.done()


async def cancel(life: Life) -> None:
    await life.log_in()
    appointment = await _first(life)
    life.begin()
    await life.store.appointments.cancel(appointment.id)
    life.done()


async def delete(life: Life) -> None:
    await life.log_in()
    appointment = await _first(life)
    life.begin()
    await life.store.appointments.delete(appointment.id)
    life.done()


async def enter_a_file(life: Life) -> None:
    await life.log_in()
    people = [Patient(f"Liste, Nr. {number}") for number in range(40)]
    life.begin()
    await life.store.upkeep.enter(people, BY_BOX, update=False, done=lambda count: None)
    life.done()


async def join_two_entries(life: Life) -> None:
    """Of the series: each has an appointment, and codes that must work before and after."""
    await life.log_in()
    await life.store.patients.settled()
    stays, goes = life.store.patients.search("Gruppe", 2)
    life.begin()
    await life.store.upkeep.merge(stays.id, goes.id, Patient("Gruppe, Nr. 8 und 9"))
    life.done()


async def change_password(life: Life) -> None:
    session = await life.log_in()
    life.begin()
    await life.store.change_password(session.user.id, life.kept.password, OTHER_PASSWORD)
    life.kept.password = OTHER_PASSWORD
    life.done()


async def change_profile(life: Life) -> None:
    await life.open()
    life.begin()
    await life.store.change_profile(replace(PROFILE, street="Mondplatz"))
    life.done()


async def change_person(life: Life) -> None:
    session = await life.log_in()
    life.begin()
    await life.store.change_person(session.user.id, replace(PERSON, title="Prof. Dr."))
    life.done()


async def a_colleague_comes(life: Life) -> None:
    await life.log_in()
    people = life.store.people
    life.begin()
    enrolment = await people.invite("clinician", COLLEAGUE)
    life.done()
    code = one_time_code.read(enrolment.code)
    await people.enrol(code, "bert", OTHER_PASSWORD, life.kept.secret)
    life.done()


async def a_second_workstation(life: Life) -> None:
    await life.log_in()
    people = life.store.people
    life.begin()
    device = await people.approve("Empfang", bytes(range(32)))
    life.done()
    await people.lock_device(device.id)
    life.done()
    await people.unlock_device(device.id)
    life.done()
    await people.stolen(device.id)
    life.done()


async def a_colleague_changes(life: Life) -> None:
    await life.log_in()
    people = life.store.people
    (colleague,) = [user for user in await people.everybody() if user.role == "clinician"]
    life.begin()
    await people.change(colleague.id, "reception", replace(COLLEAGUE, last_name="Sommer"))
    life.done()


async def a_colleague_leaves(life: Life) -> None:
    await life.log_in()
    people = life.store.people
    (colleague,) = [user for user in await people.everybody() if user.role == "reception"]
    life.begin()
    await people.off_board(colleague.id, MASTER)
    life.done()


async def back_up(life: Life) -> None:
    await life.log_in()
    life.begin()
    await life.store.backups.make()
    life.done()


async def log_out(life: Life) -> None:
    session = await life.log_in()
    life.begin()
    await life.store.logout(session.token)
    life.done()


async def a_busy_morning(life: Life) -> None:
    """Much in one go, so that more than one part lies in the write-ahead log."""
    session = await life.log_in()
    life.begin()
    for number in range(12):
        draft = _draft(session.user.id, f"Morgen, Nr. {number}", 20)
        appointment = await life.store.appointments.add(draft)
        life.done()
        await life.store.visits.start(appointment.id)
        life.done()
        await life.store.submit("note", bytes(20_000))
        life.done()
    await life.store.appointments.delete(appointment.id)
    life.done()


async def stop(life: Life) -> None:
    await life.log_in()
    life.begin()
    await life.store.close()
    life.done()


SCENARIO: tuple[Deed, ...] = (
    set_up,
    start_again,
    log_in,
    invite,
    join,
    invite_a_series,
    hand_in,
    hand_in_a_photograph,
    learn,
    move,
    enter_a_file,
    join_two_entries,
    change_password,
    stop,
    cancel,
    change_profile,
    change_person,
    delete,
    a_colleague_comes,
    a_second_workstation,
    a_colleague_changes,
    hand_in_a_photograph,
    a_colleague_leaves,
    back_up,
    a_busy_morning,
    log_out,
    stop,
)


def _draft(organiser: str, name: str, days: int) -> AppointmentDraft:
    starts = NOON + timedelta(days=days, hours=1)
    return AppointmentDraft(Patient(name), starts, 30, organiser, "Kontrolle")


async def _first(life: Life) -> Appointment:
    (entry,) = await life.store.appointments.upcoming(NOON, 1)
    return await life.store.appointments.get(entry.id)
