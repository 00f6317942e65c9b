"""A practice with a mail server next door, for tests of messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from practicebox.dispatch import Dispatch
from practicebox.practice.reminders import Kind
from practicebox.store.outbox.rows import Message
from practicebox.store.records import Appointment
from tests.post.smtp_world import Mailbox, smtp_server
from tests.web.both_doors import Doors, both_doors
from tests.web.staff_box import Page


@dataclass
class Office:
    """A practice, its browser, and a mail program on the box itself."""

    doors: Doors
    mailbox: Mailbox
    dispatch: Dispatch

    async def set_up(self, **changes: str) -> Page:
        fields = {
            "host": "127.0.0.1",
            "port": str(self.mailbox.port),
            "security": "plain",
            "user": "",
            "password": "",
            "sender": "praxis@example.org",
            "shown_name": "",
        }
        return await self.doors.staff.post("/messages/mail", {**fields, **changes})

    async def plan(self, *, agrees: bool = True, **fields: str) -> Appointment:
        appointment = await self.doors.plan(**fields)
        if agrees:
            path = f"/patients/{appointment.patient_id}/agreements"
            assert (await self.doors.staff.post(path, {"agrees_mail": "yes"})).status == 303
        return appointment

    async def invitation(self, appointment: Appointment) -> Message:
        found = await self.doors.box.store.messages.of_appointment(appointment.id)
        (message,) = [one for one in found if one.kind is Kind.INVITATION]
        return message


@asynccontextmanager
async def open_office(folder: Path) -> AsyncIterator[Office]:
    """A practice, its mail server, and the work in the background, taking its steps by hand."""
    async with both_doors(folder) as doors, smtp_server("plain") as mailbox:
        dispatch = Dispatch(
            doors.box.store,
            now=doors.box.clock,
            is_in_doubt=lambda: False,
            public_url=lambda: "https://video.example.org",
            translate=doors.box.services.languages.by_code["de"].gettext,
        )
        yield Office(doors, mailbox, dispatch)
