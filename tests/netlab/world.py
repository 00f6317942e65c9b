"""Everything that runs in the lab, kept running between consultations."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Page

from tests.netlab import layout, visit
from tests.netlab.box import Box
from tests.netlab.browsers import Browsers, window
from tests.netlab.capture import Capture, capture
from tests.netlab.matrix import AT_THE_PRACTICE, PATIENTS, Row
from tests.netlab.names import Names
from tests.netlab.namespaces import Namespace, namespaces
from tests.netlab.resume import Call
from tests.netlab.visit import Outcome

ROW_LIMIT = 60.0  # seconds
APPOINTMENTS = 80  # one for each consultation
SETTLED = 2.0  # seconds after which nothing of the beginning is left in a call
DRAIN = 0.3  # seconds between two looks at what was captured
WITH_BROWSERS = ("doctor", "telephone", *PATIENTS)


@dataclass
class World:
    """The lab with its box, its browsers and its name servers."""

    lab: dict[str, Namespace]
    box: Box
    browsers: Browsers
    names: dict[str, Names] = field(default_factory=dict)
    relay: str = ""
    is_unlocked: bool = False  # the vault: a doctor has logged in since the box started
    doctors: dict[str, BrowserContext] = field(default_factory=dict)  # by browser, logged in

    async def consult(self, *rows: Row) -> list[Outcome]:
        """Try rows of the matrix side by side: of different patients, at the same practice."""
        await self.prepare(rows[0])
        await self.doctor(rows[0].browsers[0])
        known = {address for row in rows for address in known_addresses(row)}
        return await asyncio.gather(*(self._consult(row, known) for row in rows))

    async def _consult(self, row: Row, known: Collection[str]) -> Outcome:
        try:
            async with asyncio.timeout(ROW_LIMIT), self._captured(row, known) as strangers:
                async with self.pages(row) as (doctor, patient):
                    outcome = await visit.consult(doctor, patient)
                    await visit.watch(doctor, patient, outcome)
        except (TimeoutError, Error) as problem:
            return Outcome(trouble=[str(problem).partition("\n")[0] or type(problem).__name__])
        outcome.strangers = strangers
        return outcome

    @asynccontextmanager
    async def call(self, row: Row) -> AsyncIterator[Call]:
        """A call that stands."""
        await self.prepare(row)
        async with self.pages(row) as (doctor, patient):
            outcome = await visit.consult(doctor, patient)
            assert outcome.connected, outcome
            await asyncio.sleep(SETTLED)
            yield Call(doctor, patient)

    async def prepare(self, row: Row) -> None:
        """Make the practice as the row wants it."""
        layout.set_practice_router(self.lab, row.practice)
        layout.set_doctor_ipv6(self.lab, wanted=row.doctor_has_ipv6)
        if self.relay != row.relay:
            self.relay = row.relay
            await self.restart_box()
        if not self.is_unlocked:
            for doctor in self.doctors.values():
                await doctor.close()
            self.doctors.clear()

    async def restart_box(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the box and start it again; its vault is locked then."""
        await self.box.stop(how)
        self.is_unlocked = False
        await self.box.start(self.relay)

    @asynccontextmanager
    async def pages(self, row: Row) -> AsyncIterator[tuple[Page, Page]]:
        """The page of a doctor who waits and that of a patient who was never here before."""
        doctor = await (await self.doctor(row.browsers[0])).new_page()
        patient = await window(await self._browser(row.browsers[1], row.patient))
        try:
            page, number = await patient.new_page(), self.box.next_appointment()
            await asyncio.gather(
                visit.doctor_ready(doctor, self.box, number),
                visit.patient_ready(page, self.box, number),
            )
            yield doctor, page
        finally:
            await patient.close()
            await doctor.close()

    async def doctor(self, kind: str = "chromium") -> BrowserContext:
        """The doctor's browser, logged in."""
        if kind not in self.doctors:
            self.doctors[kind] = await window(await self._browser(kind, "doctor"))
            await visit.log_in(self.doctors[kind], self.box)
            self.is_unlocked = True
        return self.doctors[kind]

    async def _browser(self, kind: str, machine: str) -> Browser:
        launch = self.browsers.firefox if kind == "firefox" else self.browsers.chromium
        return await launch(self.lab[machine])

    @asynccontextmanager
    async def _captured(self, row: Row, known: Collection[str]) -> AsyncIterator[list[str]]:
        """Gathers whom else the browsers sent to, and for which other names they asked."""
        captures = {name: capture(self.lab[name]) for name in ("doctor", row.patient)}
        draining = asyncio.create_task(_drain(list(captures.values())))
        strangers: list[str] = []
        try:
            yield strangers
        finally:
            draining.cancel()
            for name, each in captures.items():
                found = each.strangers(known)
                strangers += [f"{name}: {destination}" for destination in found]
                strangers += [f"{name}: packets went by unseen"] * bool(each.missed())
                strangers += [f"{name} asked for {asked}" for asked in self.names[name].strange()]
                each.close()


def known_addresses(row: Row) -> tuple[str, ...]:
    """Everything that belongs to the practice or to this patient."""
    if row.patient == AT_THE_PRACTICE:
        return (*layout.PRACTICE, layout.VISITOR)
    home = next(home for home in layout.HOMES if home.key == row.patient)
    return (*layout.PRACTICE, *home.addresses)


@asynccontextmanager
async def open_world() -> AsyncIterator[World]:
    """Build it all, and leave nothing behind. Raise `NoLab` where that can't be."""
    async with AsyncExitStack() as stack:
        lab = stack.enter_context(namespaces())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pblab-")))
        layout.build(lab)
        world = World(lab, Box(lab["box"], folder), Browsers(folder))
        for name in WITH_BROWSERS:
            world.names[name] = Names(layout.HOST, (layout.WAN, layout.BOX6))
            world.names[name].open(lab[name])
            stack.callback(world.names[name].close)
        await world.box.found(APPOINTMENTS)
        stack.push_async_callback(world.box.stop)
        stack.push_async_callback(world.browsers.close)
        yield world


async def _drain(captures: list[Capture]) -> None:
    while True:
        for each in captures:
            each.look()
        await asyncio.sleep(DRAIN)
