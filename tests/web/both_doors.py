"""Both doors of one box with a practice, somebody signed in, for tests of the web room."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer

from practicebox.practice import link
from practicebox.store.records import Appointment
from practicebox.store.settings import ASK_CONSENT
from practicebox.web.patient.door import make_door
from tests.web.staff_box import Browser, Page, StaffBox, found, staff_box

PLANNED = {
    "patient": "Alice Krejčová",
    "date": "2027-01-19",
    "time": "15:30",
    "minutes": "45",
    "reason": "Kontrolle nach der Operation",
    "born": "1944-05-12",
    "address": "Lindenallee 7\n12345 Musterhausen",
    "phone": "0151 2345678",
    "email": "alice@example.org",
}


@dataclass
class Doors:
    """The box; the receptionist's browser is signed in."""

    box: StaffBox
    staff: Browser
    patient: Browser

    async def plan(self, **changes: str) -> Appointment:
        """An appointment as the form makes it: 19.01.2027, 15:30 in Berlin, 45 minutes; several
        may be at the same time."""
        fields = {**PLANNED, "overlap": "yes", **changes}
        page = await self.staff.post("/appointments/new", fields)
        assert page.status == 303, page.words
        return await self.box.store.appointments.get(page.location.split("/")[2].split("?")[0])

    async def join(self, question: object, browser: Browser | None = None) -> tuple[int, object]:
        """What the patient door answers to a joining request."""
        client = (browser or self.patient).client
        origin = f"http://{client.host}:{client.port}"
        async with client.post(
            "/visit", data=json.dumps(question), headers={"Origin": origin}
        ) as answer:
            return answer.status, await answer.json()

    async def join_by_link(self, appointment: Appointment) -> tuple[int, object]:
        token = link.encode(link.join_token(appointment.link))
        return await self.join({"rid": link.encode(appointment.link.rid), "token": token})


@asynccontextmanager
async def both_doors(folder: Path, *, secure: bool = False) -> AsyncIterator[Doors]:
    async with staff_box(folder, secure=secure) as box:
        await found(box.browser)
        await box.store.settings.keep(ASK_CONSENT, "no")  # test_consent_door.py is about it
        client = await box.stack.enter_async_context(
            TestClient(TestServer(make_door(box.services)))
        )
        yield Doors(box, box.browser, Browser(client))


async def details(doors: Doors, appointment: Appointment) -> Page:
    return await doors.staff.get(f"/appointments/{appointment.id}")
