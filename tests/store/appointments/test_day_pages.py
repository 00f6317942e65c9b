"""The derived day pages always equal a recomputation from the appointments themselves."""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from practicebox.store.appointments import day_pages
from practicebox.store.appointments.booking import entry
from practicebox.store.records import Appointment, AppointmentDraft, Entry, Patient
from tests.store.world import Boxes, World, open_world, reading

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 3, 27, 20, 0, tzinfo=UTC)  # before the 23-hour day of 2026

moments = st.integers(0, 24 * 5).map(lambda hours: FIRST + timedelta(hours=hours))
people = st.sampled_from(["Krejčová, Alice", "Müller, Jürgen", "Anna", "Møller, Søren"])


class Calendar(RuleBasedStateMachine):
    """Any order of adding, changing, moving, cancelling, deleting, forgetting and restarting."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.boxes = Boxes()
        path = Path(self.folder.name) / "data"
        self.world: World = self.runner.run(open_world(self.boxes, path))
        self.model: dict[str, Appointment] = {}

    def teardown(self) -> None:
        self.runner.run(self.boxes.close_all())
        self.runner.close()
        self.folder.cleanup()

    @rule(target=ids, name=people, starts=moments)
    def add(self, name: str, starts: datetime) -> str:
        added = self.runner.run(self.world.store.appointments.add(self.draft(name, starts)))
        self.model[added.id] = added
        return added.id

    @rule(id_=ids, name=people, starts=moments)
    def change(self, id_: str, name: str, starts: datetime) -> None:
        draft = self.draft(name, starts)
        self.model[id_] = self.runner.run(self.world.store.appointments.change(id_, draft))

    @rule(id_=ids)
    def cancel(self, id_: str) -> None:
        self.model[id_] = self.runner.run(self.world.store.appointments.cancel(id_))

    @rule(id_=consumes(ids))
    def delete(self, id_: str) -> None:
        self.runner.run(self.world.store.appointments.delete(id_))
        del self.model[id_]

    @rule()
    def forget(self) -> None:
        self.world.store.appointments.forget()

    @rule()
    def restart(self) -> None:
        self.runner.run(self.world.restart())
        self.runner.run(self.world.log_in())

    @rule(name=people)
    def search(self, name: str) -> None:
        search = self.world.store.appointments.search
        found = self.runner.run(search(name, 1000, past=False, now=FIRST))
        expected = [e for e in self.expected_list() if e.patient_name == name]
        assert found == expected

    @invariant()
    def rows_equal_the_model(self) -> None:
        for id_, appointment in self.model.items():
            assert self.runner.run(self.world.store.appointments.get(id_)) == appointment

    @invariant()
    def pages_equal_a_recomputation(self) -> None:
        expected: dict[str, list[Entry]] = defaultdict(list)
        for line in self.expected_list():
            expected[line.starts.astimezone(BERLIN).date().isoformat()].append(line)
        keyring = self.world.store.vault.keyring()
        with reading(self.world.path) as connection:
            stored = {
                day: list(day_pages.read(connection, keyring, day))
                for day in day_pages.days(connection)
            }
        assert stored == expected

    @invariant()
    def lists_equal_a_recomputation(self) -> None:
        listed = self.runner.run(self.world.store.appointments.upcoming(FIRST, 1000))
        assert listed == self.expected_list()
        for days in range(7):
            day = (FIRST + timedelta(days=days)).astimezone(BERLIN).date()
            shown = self.runner.run(self.world.store.appointments.day(day))
            assert shown == [
                e for e in self.expected_list() if e.starts.astimezone(BERLIN).date() == day
            ]

    def expected_list(self) -> list[Entry]:
        return sorted(map(entry, self.model.values()), key=lambda e: (e.starts, e.id))

    def draft(self, name: str, starts: datetime) -> AppointmentDraft:
        return AppointmentDraft(Patient(name), starts, 30, self.world.founded.user_id, "Kontrolle")


TestCalendar = pytest.mark.slow(Calendar.TestCase)
TestCalendar.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


async def test_an_empty_day_has_no_page(world: World) -> None:
    added = await world.store.appointments.add(world.draft())
    await world.store.appointments.delete(added.id)
    with reading(world.path) as connection:
        assert day_pages.days(connection) == []


async def test_a_failed_change_leaves_page_and_memory_as_they_were(world: World) -> None:
    added = await world.store.appointments.add(world.draft())
    before = await world.store.appointments.day(world.clock().date())
    with pytest.raises(UnicodeEncodeError):
        await world.store.appointments.change(added.id, world.draft("\ud800"))
    assert await world.store.appointments.day(world.clock().date()) == before
    world.store.appointments.forget()
    assert await world.store.appointments.day(world.clock().date()) == before
