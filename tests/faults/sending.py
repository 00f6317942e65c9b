"""A box killed with -9 while it sends 200 reminders to a real SMTP server, and what is left.

The practice is founded five hours in the past, so that every reminder is due at the first login.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from practicebox.post import accounts
from practicebox.practice.reminders import State, Way
from practicebox.store.records import AppointmentDraft, Patient
from practicebox.store.store import Store
from tests.faults.real_box import log_in, real_box
from tests.post.smtp_world import Mailbox, smtp_server
from tests.store.world import CHEAP, PASSWORD, founding, reading

REMINDERS = 200
EARLIER = timedelta(hours=5)
AHEAD = timedelta(hours=20)  # so the reminder of 24 hours before is four hours late, and of use
DELAY = 0.005  # seconds for each answer: most of the time a message is under way
PATIENCE = 90  # seconds for all of it on a busy machine


@dataclass(frozen=True)
class Left:
    """What is left in the end."""

    taken: Counter[str]  # ids of messages, as often as the server took them
    states: dict[str, State]  # of all reminders
    page: str  # the outbox in words


async def kill_and_look(place: Path, kills: Sequence[int]) -> Left:
    """Kill the box each time the server has taken so many messages; then let it finish."""
    data = place / "data"
    async with smtp_server("plain") as mailbox:
        secret = await _prepare(data, mailbox)
        mailbox.delay = DELAY
        for number in kills:
            async with real_box(place, secret=secret) as box:
                await log_in(box)
                await _until(partial(_has_taken, mailbox, number))
                box.process.kill()
                await box.process.wait()
        async with real_box(place, secret=secret) as box:
            await log_in(box)
            await _until(lambda: not _count(data, "waiting") and not _count(data, "sending"))
            page = (await box.get("/outbox")).words
        return Left(_taken(mailbox), _states(data), page)


async def _prepare(data: Path, mailbox: Mailbox) -> bytes:
    begun = datetime.now(UTC)
    store = await Store.open(data, now=lambda: datetime.now(UTC) - EARLIER, costs=CHEAP)
    try:
        founded = await store.found(founding())
        await store.login("sonne", "aenne", PASSWORD, founded.device_secret)
        plain = mailbox.account("plain")
        kept = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
        await store.sealed_settings.keep(accounts.MAIL, kept)
        await store.sealed_settings.keep(accounts.TEXTS, {"minutes": [24 * 60]})
        draft = AppointmentDraft(Patient("?"), begun + AHEAD, 30, founded.user_id, "Kontrolle")
        people = [Patient(f"Anna {n}", email=f"anna{n}@example.org") for n in range(REMINDERS)]
        planned = await store.appointments.add_all(replace(draft, patient=one) for one in people)
        for appointment in planned:
            await store.agreements.note(appointment.patient_id, {Way.MAIL: True})
    finally:
        await store.close()
    return founded.device_secret


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  # nobody tells from inside another process
            await asyncio.sleep(0.01)


def _has_taken(mailbox: Mailbox, number: int) -> bool:
    return len(mailbox.taken) >= number


def _count(data: Path, state: str) -> int:
    query = "SELECT count(*) FROM messages WHERE state = ?"
    with reading(data) as connection:
        (count,) = connection.execute(query, (state,)).fetchone()
        (all_,) = connection.execute("SELECT count(*) FROM messages").fetchone()
    return int(count) if all_ == REMINDERS else 1  # not all are planned yet


def _states(data: Path) -> dict[str, State]:
    with reading(data) as connection:
        rows: sqlite3.Cursor = connection.execute("SELECT id, state FROM messages")
        return {id_: State(state) for id_, state in rows}


def _taken(mailbox: Mailbox) -> Counter[str]:
    ids = (message["Message-ID"].strip("<>").partition("@")[0] for message in mailbox.messages())
    return Counter(ids)
