"""Notes who comes and goes, as the rooms tell it: for the day at a glance, and for the proof of a
consultation later on.

A page that is loaded again leaves and comes back within seconds. So a patient is gone only after
they have been away for a while; and what a stopping box does to its rooms is noted nowhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from practicebox.practice.day import Event
from practicebox.rtc.rooms import Presence, is_beside
from practicebox.store.conditions import Locked, NoSuchAppointment, NoSuchPatient, SealBroken
from practicebox.web.keys import SERVICES, Services

log = logging.getLogger(__name__)

GRACE = 30.0  # seconds; a phone that changes its network needs less


@dataclass
class Attending:
    """Who was where when the rooms told it last."""

    note: Callable[[str, Event], None]
    grace: float = GRACE
    here: set[str] = field(default_factory=set)  # appointments whose patient has come
    waiting: set[str] = field(default_factory=set)  # of these, not yet asked in
    admitted: set[str] = field(default_factory=set)  # in consultation
    away: set[str] = field(default_factory=set)  # of these, gone in the middle of it
    attended: set[str] = field(default_factory=set)  # whose clinician is in the room
    leaving: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def changed(self, appointment_id: str, presence: Presence) -> None:
        """Take in what the rooms tell of patients; who comes along is noted nowhere."""
        if is_beside(appointment_id):
            return
        (self.attended.add if presence.clinician else self.attended.discard)(appointment_id)
        if presence.patient:
            self._comes(appointment_id)
        elif self.is_there(appointment_id) and appointment_id not in self.leaving:
            later = asyncio.get_running_loop().call_later(self.grace, self._goes, appointment_id)
            self.leaving[appointment_id] = later
        takes_place = presence.admitted and presence.patient  # who is asked in may come later
        if takes_place and appointment_id not in self.admitted:
            self.admitted.add(appointment_id)
            self.waiting.discard(appointment_id)
            self.note(appointment_id, Event.BEGAN)
        elif not presence.admitted and appointment_id in self.admitted:
            self._ends(appointment_id)

    def is_there(self, appointment_id: str) -> bool:
        """Whether somebody waits or talks; a box that was switched off meanwhile has forgotten."""
        return appointment_id in self.here or appointment_id in self.admitted

    def stop(self) -> None:
        """Wait for nobody any more."""
        for timer in self.leaving.values():
            timer.cancel()

    def _comes(self, appointment_id: str) -> None:
        if timer := self.leaving.pop(appointment_id, None):
            timer.cancel()
        if appointment_id in self.here:
            return
        self.here.add(appointment_id)
        if appointment_id in self.away:
            self.away.discard(appointment_id)
            self.note(appointment_id, Event.BACK)
        if appointment_id not in self.admitted:
            self.waiting.add(appointment_id)
            self.note(appointment_id, Event.ARRIVED)

    def _goes(self, appointment_id: str) -> None:
        """The patient has been away for a while; without a clinician nobody is left to end it."""
        self.leaving.pop(appointment_id, None)
        self.here.discard(appointment_id)
        if appointment_id in self.admitted and appointment_id not in self.attended:
            self._ends(appointment_id)
        elif appointment_id in self.admitted:
            self.away.add(appointment_id)
            self.note(appointment_id, Event.AWAY)
        elif appointment_id in self.waiting:
            self.waiting.discard(appointment_id)
            self.note(appointment_id, Event.LEFT)

    def _ends(self, appointment_id: str) -> None:
        self.admitted.discard(appointment_id)
        self.away.discard(appointment_id)
        self.note(appointment_id, Event.ENDED)


ATTENDING = web.AppKey("attending", Attending)
HEARERS = web.AppKey("attendance_hearers", set[Callable[[], None]])


def setup(app: web.Application) -> None:
    """Listen to the rooms from the start of the application to its end."""
    app[HEARERS] = set()
    app[ATTENDING] = Attending(lambda *_: None)  # before the start nobody comes
    app.cleanup_ctx.append(_listen)


@contextmanager
def heard(app: web.Application, on_noted: Callable[[], None]) -> Iterator[None]:
    """Call `on_noted` whenever something more can be read from the store."""
    app[HEARERS].add(on_noted)
    try:
        yield
    finally:
        app[HEARERS].discard(on_noted)


def tell(app: web.Application) -> None:
    """Tell whoever listens that there is more to read in the store."""
    hearers = app[HEARERS]
    for on_noted in tuple(hearers):
        on_noted()


async def _listen(app: web.Application) -> AsyncIterator[None]:
    box = app[SERVICES]
    tasks: set[asyncio.Task[None]] = set()

    def note(appointment_id: str, event: Event) -> None:
        ago = attending.grace if event is Event.AWAY else 0.0  # gone, before it was believed
        at = box.now() - timedelta(seconds=ago)
        task = asyncio.create_task(_keep(box, appointment_id, event, at))
        tasks.add(task)
        task.add_done_callback(lambda done: _done(app, tasks, done))

    attending = app[ATTENDING]
    attending.note = note
    stop = box.rooms.listen(attending.changed)
    yield
    stop()
    attending.stop()
    if tasks:
        await asyncio.wait(tasks)


async def _keep(box: Services, appointment_id: str, event: Event, at: datetime) -> None:
    """Note an event; after a consultation its patient is no longer new here."""
    await box.store.attendance.note(appointment_id, event, at)
    if event is Event.ENDED:
        with suppress(Locked, NoSuchAppointment, NoSuchPatient, SealBroken):
            await box.store.upkeep.met(appointment_id)


def _done(app: web.Application, tasks: set[asyncio.Task[None]], done: asyncio.Task[None]) -> None:
    tasks.discard(done)
    tell(app)
    if not done.cancelled() and done.exception():
        log.error("attendance_not_noted", exc_info=done.exception())
