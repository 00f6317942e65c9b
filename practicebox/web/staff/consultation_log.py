"""Beginning and end of consultations, for the audit log.

The rooms say that somebody was admitted or has left; who sits at the clinician's side is noted when
their page connects. The deed has happened in the browsers by then, so the entry follows it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

from practicebox.rtc.rooms import Presence, is_beside
from practicebox.store.audit.audit import BY_BOX, Action, By
from practicebox.web.keys import SERVICES
from practicebox.web.staff.session import BEARER

log = logging.getLogger(__name__)

MOST = 512  # seats remembered, twice as many as there are rooms


@dataclass
class Consultations:
    """Who sits where, and which consultations are under way."""

    seats: dict[str, By] = field(default_factory=dict)  # appointment -> who connected last
    running: set[str] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


CONSULTATIONS = web.AppKey("consultations", Consultations)


def setup(app: web.Application) -> None:
    """Listen to the rooms from the start of the application to its end."""
    app[CONSULTATIONS] = Consultations()
    app.cleanup_ctx.append(_listen)


def take_seat(request: web.Request, appointment_id: str) -> None:
    """Remember who connects to the clinician's side of an appointment."""
    seats = request.app[CONSULTATIONS].seats
    bearer = request[BEARER]
    seats.pop(appointment_id, None)
    seats[appointment_id] = By(bearer.user_id, bearer.device_id)
    while len(seats) > MOST:
        del seats[next(iter(seats))]


async def _listen(app: web.Application) -> AsyncIterator[None]:
    stop = app[SERVICES].rooms.listen(lambda *change: _changed(app, *change))
    yield
    stop()
    tasks = app[CONSULTATIONS].tasks
    if tasks:
        await asyncio.wait(tasks)


def _changed(app: web.Application, appointment_id: str, presence: Presence) -> None:
    known = app[CONSULTATIONS]
    if is_beside(appointment_id) or presence.admitted is (appointment_id in known.running):
        return
    by = known.seats.get(appointment_id, BY_BOX)
    if presence.admitted:
        known.running.add(appointment_id)
        entry = by.did(Action.CONSULTATION_STARTED, appointment_id)
    else:
        known.running.discard(appointment_id)
        entry = by.did(Action.CONSULTATION_ENDED, appointment_id)
    task = asyncio.create_task(app[SERVICES].store.audit.record(entry))
    known.tasks.add(task)
    task.add_done_callback(lambda done: _done(known, done))


def _done(known: Consultations, task: asyncio.Task[None]) -> None:
    known.tasks.discard(task)
    if not task.cancelled() and task.exception():
        log.error("consultation_not_noted", exc_info=task.exception())
