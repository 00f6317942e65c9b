"""Messages to a real mail server: due, sent once, moved, cancelled, locked, restarted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest

from practicebox.dispatch import Dispatch
from practicebox.post import accounts
from practicebox.practice.reminders import Kind, State, Way
from practicebox.store.records import Appointment, AppointmentDraft
from practicebox.web import language
from tests.post.smtp_world import Mailbox, contexts, smtp_server
from tests.post.test_sms import playing
from tests.store.world import ALICE, NOON, Boxes, World, open_world, raw_bytes, reading

GERMAN = language.load().by_code["de"].gettext
TOMORROW = NOON + timedelta(hours=30)


@dataclass
class Sending:
    """A practice with a mailbox; Alice agrees to e-mail."""

    world: World
    mailbox: Mailbox
    dispatch: Dispatch

    def draft(self, **changes: object) -> AppointmentDraft:
        draft = AppointmentDraft(ALICE, TOMORROW, 45, self.world.founded.user_id, "Nachsorge Knie")
        return replace(draft, **changes)  # type: ignore[arg-type]  # fields of the draft

    async def plan(self, **changes: object) -> Appointment:
        """An appointment of somebody who agrees to e-mail."""
        appointment = await self.world.store.appointments.add(self.draft(**changes))
        await self.world.store.agreements.note(appointment.patient_id, {Way.MAIL: True})
        self.world.clock.advance(timedelta(seconds=1))
        return appointment

    async def at(self, moment: timedelta, appointment: Appointment) -> None:
        """Wait until so long before the appointment."""
        self.world.clock.moment = appointment.starts - moment
        await self.dispatch.step()

    async def states(self, appointment: Appointment) -> list[tuple[Kind, State, str]]:
        found = await self.world.store.messages.of_appointment(appointment.id)
        return [(m.kind, m.state, m.reason) for m in reversed(found)]

    async def begin_anew(self) -> None:
        """Start the box once more; the vault is locked."""
        await self.world.restart()
        self.dispatch = dispatch_of(self.world)
        await self.world.store.outbox.doubt_what_was_cut_off()


def dispatch_of(world: World) -> Dispatch:
    return Dispatch(
        world.store,
        now=world.clock,
        is_in_doubt=lambda: False,
        public_url=lambda: "https://video.example.org",
        translate=GERMAN,
        trust=contexts()[1],
    )


async def set_up(world: World, mailbox: Mailbox) -> None:
    account = mailbox.account()
    values = {name: getattr(account, name) for name in account.__dataclass_fields__}
    await world.store.sealed_settings.keep(accounts.MAIL, values)


@pytest.fixture
async def boxes() -> AsyncIterator[Boxes]:
    boxes = Boxes()
    yield boxes
    await boxes.close_all()


@pytest.fixture
async def sending(boxes: Boxes, tmp_path: Path) -> AsyncIterator[Sending]:
    async with smtp_server() as mailbox:
        world = await open_world(boxes, tmp_path / "data")
        await set_up(world, mailbox)
        yield Sending(world, mailbox, dispatch_of(world))


def subjects(mailbox: Mailbox) -> list[str]:
    return [message["Subject"] for message in mailbox.messages()]


async def test_reminders_go_out_a_day_and_ten_minutes_before_and_once(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    assert sending.mailbox.taken == []
    for moment in (timedelta(hours=24), timedelta(hours=23), timedelta(minutes=10), timedelta(0)):
        await sending.at(moment, appointment)
        await sending.at(moment, appointment)
    assert subjects(sending.mailbox) == ["Erinnerung: Ihr Termin am 03.03.2026"] * 2
    assert await sending.states(appointment) == [(Kind.REMINDER, State.SENT, "")] * 2
    (first, _) = sending.mailbox.messages()
    assert "Dienstag, 3. März 2026" in first.get_body().get_content()  # type: ignore[union-attr]
    assert "18:00 Uhr" in first.get_content()
    assert "https://video.example.org/v#1." in first.get_content()


async def test_nobody_is_written_to_without_an_agreement(sending: Sending) -> None:
    appointment = await sending.world.store.appointments.add(sending.draft())
    await sending.at(timedelta(hours=24), appointment)
    assert await sending.states(appointment) == []
    await sending.world.store.messages.invite(appointment.id, [Way.MAIL])
    await sending.dispatch.step()
    assert await sending.states(appointment) == [(Kind.INVITATION, State.WITHDRAWN, "agreement")]
    assert sending.mailbox.taken == []


async def test_a_revoked_agreement_holds_back_what_waits(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    await sending.world.store.agreements.note(appointment.patient_id, {Way.MAIL: False})
    await sending.at(timedelta(hours=24), appointment)
    assert sending.mailbox.taken == []


async def test_an_invitation_goes_out_at_once_with_a_calendar_file(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.world.store.messages.invite(appointment.id, [Way.MAIL])
    await sending.dispatch.step()
    (message,) = sending.mailbox.messages()
    (file,) = message.iter_attachments()
    (entry,) = icalendar.Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert (entry["SUMMARY"], entry["SEQUENCE"]) == ("Termin", 0)
    assert entry.decoded("dtstart") == appointment.starts
    assert "Knie" not in message.as_string()


async def calendars(mailbox: Mailbox) -> list[tuple[str, int, str]]:
    found = []
    for message in mailbox.messages():
        for file in message.iter_attachments():
            calendar = icalendar.Calendar.from_ical(file.get_content())
            (entry,) = calendar.walk("VEVENT")
            number = int(str(entry["SEQUENCE"]))
            found.append((str(calendar["METHOD"]), number, str(entry["UID"])))
    return found


async def test_whoever_is_invited_hears_of_a_move_and_of_the_end(sending: Sending) -> None:
    store, appointment = sending.world.store, await sending.plan()
    await store.messages.invite(appointment.id, [Way.MAIL])
    await sending.dispatch.step()
    later = TOMORROW + timedelta(hours=2)
    moved = await store.appointments.change(appointment.id, sending.draft(starts=later))
    await sending.dispatch.step()
    await store.appointments.cancel(appointment.id)
    await sending.dispatch.step()
    await sending.at(timedelta(hours=24), moved)
    await sending.at(timedelta(minutes=10), moved)
    uid = f"{appointment.id}@practicebox"
    expected = [("REQUEST", 0, uid), ("REQUEST", 1, uid), ("CANCEL", 2, uid)]
    assert await calendars(sending.mailbox) == expected
    assert len(sending.mailbox.taken) == 3


async def test_who_has_heard_nothing_is_told_nothing(sending: Sending) -> None:
    store, appointment = sending.world.store, await sending.plan()
    await sending.dispatch.step()
    await store.appointments.cancel(appointment.id)
    await sending.at(timedelta(hours=24), appointment)
    assert sending.mailbox.taken == []
    assert {state for _, state, _ in await sending.states(appointment)} == {State.WITHDRAWN}


async def test_a_moved_appointment_is_reminded_of_at_its_new_time(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    later = TOMORROW + timedelta(hours=5)
    moved = await sending.world.store.appointments.change(
        appointment.id, sending.draft(starts=later)
    )
    await sending.at(timedelta(hours=24), appointment)
    assert sending.mailbox.taken == []
    await sending.at(timedelta(hours=24), moved)
    assert len(sending.mailbox.taken) == 1


async def test_who_hears_of_a_new_time_today_needs_no_reminder_of_yesterday(
    sending: Sending,
) -> None:
    store, appointment = sending.world.store, await sending.plan()
    await store.messages.invite(appointment.id, [Way.MAIL])
    await sending.dispatch.step()
    sooner = sending.world.clock.moment.replace(microsecond=0) + timedelta(hours=5)
    moved = await store.appointments.change(appointment.id, sending.draft(starts=sooner))
    await sending.dispatch.step()
    assert len(sending.mailbox.taken) == 2  # the invitation and the new time
    await sending.at(timedelta(minutes=10), moved)
    assert len(sending.mailbox.taken) == 3


async def test_whose_appointment_it_no_longer_is_hears_that_and_nothing_of_the_other(
    sending: Sending,
) -> None:
    store, appointment = sending.world.store, await sending.plan()
    await store.messages.invite(appointment.id, [Way.MAIL])
    await sending.dispatch.step()
    bob = replace(ALICE, name="Bob Neumann", email="bob@example.org")
    changed = await store.appointments.change(appointment.id, sending.draft(patient=bob))
    assert changed.codes != appointment.codes
    await sending.dispatch.step()
    assert sending.mailbox.to == ["alice@example.org"] * 2
    assert "findet nicht statt" in subjects(sending.mailbox)[1]
    content = sending.mailbox.messages()[1].get_body().get_content()  # type: ignore[union-attr]
    assert "Alice" in content and "Bob" not in content
    (left,) = await store.messages.of_appointment(appointment.id)
    assert (left.state, left.content.to, left.content.name) == (State.SENT, "", "")


async def test_a_busy_server_is_asked_again_ever_more_slowly_also_after_a_restart(
    sending: Sending,
) -> None:
    appointment = await sending.plan()
    sending.mailbox.at_rcpt = lambda to: "451 greylisted"
    await sending.at(timedelta(hours=24), appointment)
    begun, tries = sending.world.clock.moment, []
    for _ in range(4):
        (message,) = [
            m for m in await sending.world.store.messages.of_appointment(appointment.id) if m.tries
        ]
        tries.append(((message.next_try - begun) // timedelta(minutes=1), message.tries))
        await sending.begin_anew()
        await sending.world.log_in()
        sending.world.clock.moment = message.next_try
        await sending.dispatch.step()
    assert tries == [(1, 1), (3, 2), (7, 3), (15, 4)]
    sending.mailbox.at_rcpt = lambda to: "250 OK"
    sending.world.clock.advance(timedelta(hours=1))
    await sending.dispatch.step()
    assert len(sending.mailbox.taken) == 1


async def test_who_does_not_exist_is_not_tried_again(sending: Sending) -> None:
    appointment = await sending.plan()
    sending.mailbox.at_rcpt = lambda to: "550 no such user"
    await sending.at(timedelta(hours=24), appointment)
    await sending.at(timedelta(hours=23), appointment)
    assert (Kind.REMINDER, State.FAILED, "refused") in await sending.states(appointment)
    assert await sending.world.store.messages.troubles() == 1


async def test_a_refused_login_leaves_all_waiting(sending: Sending) -> None:
    appointment = await sending.plan()
    sending.mailbox.login = "535 5.7.8 wrong"
    await sending.at(timedelta(hours=24), appointment)
    assert (Kind.REMINDER, State.WAITING, "login") in await sending.states(appointment)


async def test_a_locked_box_sends_what_was_prepared(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    sending.world.store.lock()
    await sending.at(timedelta(hours=24), appointment)
    await sending.at(timedelta(minutes=10), appointment)
    assert len(sending.mailbox.taken) == 2
    await sending.world.log_in()
    assert await sending.states(appointment) == [(Kind.REMINDER, State.SENT, "")] * 2


async def test_nothing_readable_is_written_for_a_locked_box(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.world.store.messages.invite(appointment.id, [Way.MAIL])
    await sending.dispatch.step()
    sending.world.store.lock()
    await sending.at(timedelta(minutes=10), appointment)
    content = raw_bytes(sending.world.path)
    for secret in ("alice@example.org", "Krejčová", sending.mailbox.account().password):
        assert secret.encode() not in content
    assert b"invitation" in content  # this test can see


async def test_after_a_restart_nothing_goes_out_until_somebody_logs_in(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    await sending.begin_anew()
    await sending.at(timedelta(hours=24), appointment)
    await sending.at(timedelta(hours=4), appointment)
    assert sending.mailbox.taken == []
    await sending.world.log_in()
    await sending.dispatch.step()
    assert len(sending.mailbox.taken) == 1  # still of use


async def test_what_is_too_late_is_marked_so(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    await sending.begin_anew()
    await sending.at(timedelta(minutes=5), appointment)
    await sending.world.log_in()
    await sending.dispatch.step()
    assert sorted(await sending.states(appointment)) == [
        (Kind.REMINDER, State.SENT, ""),
        (Kind.REMINDER, State.WITHDRAWN, "late"),
    ]
    assert len(sending.mailbox.taken) == 1


async def test_what_nobody_could_send_until_the_appointment_is_marked_late(
    sending: Sending,
) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    await sending.begin_anew()
    await sending.at(timedelta(0), appointment)
    await sending.world.log_in()
    found = await sending.states(appointment)
    assert (Kind.REMINDER, State.FAILED, "late") in found
    assert sending.mailbox.taken == []


async def test_what_was_cut_off_is_in_doubt_and_waits_for_a_person(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    with reading(sending.world.path) as connection:
        connection.execute("UPDATE messages SET state = 'sending' WHERE due < '2026-03-03T16'")
    await sending.begin_anew()
    await sending.world.log_in()
    await sending.at(timedelta(hours=23), appointment)
    assert (Kind.REMINDER, State.DOUBT, "cut_off") in await sending.states(appointment)
    assert sending.mailbox.taken == []
    doubtful = (await sending.world.store.messages.of_appointment(appointment.id))[-1]
    await sending.world.store.messages.retry(doubtful.id)
    await sending.dispatch.step()
    assert len(sending.mailbox.taken) == 1


async def test_an_sms_goes_through_the_gateway_once(sending: Sending) -> None:
    store = sending.world.store
    async with playing() as played:
        gateway = {"interface": "own", "url": played.url, "secret": "geheim", "cents": 7.5}
        await store.sealed_settings.keep(accounts.SMS, gateway)
        appointment = await store.appointments.add(sending.draft())
        await store.agreements.note(appointment.patient_id, {Way.SMS: True})
        sending.world.clock.advance(timedelta(seconds=1))
        await sending.at(timedelta(hours=24), appointment)
        await sending.at(timedelta(hours=23), appointment)
    [(_, said)] = played.asked
    assert said["to"] == "+491511234567"
    assert said["text"].startswith("Ihr Termin per Video: Di. 3.3., 18:00 Uhr. https://video.")
    assert sending.mailbox.taken == []


async def test_a_clock_in_doubt_sends_nothing(sending: Sending) -> None:
    appointment = await sending.plan()
    sending.dispatch._is_in_doubt = lambda: True
    await sending.at(timedelta(hours=24), appointment)
    assert sending.mailbox.taken == []


async def test_a_deleted_patient_takes_messages_and_agreements_along(sending: Sending) -> None:
    appointment = await sending.plan()
    await sending.dispatch.step()
    await sending.world.store.patients.delete(appointment.patient_id)
    with reading(sending.world.path) as connection:
        for table in ("messages", "agreements"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    await sending.at(timedelta(hours=24), appointment)
    assert sending.mailbox.taken == []
