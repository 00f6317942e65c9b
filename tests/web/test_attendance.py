"""What the rooms tell becomes events: arrivals, consultations, and no more than really happened."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from practicebox.practice.day import Event
from practicebox.rtc.rooms import Presence
from practicebox.web.staff.attendance import Attending

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ARRIVED, LEFT, BEGAN, ENDED = Event.ARRIVED, Event.LEFT, Event.BEGAN, Event.ENDED
AWAY, BACK = Event.AWAY, Event.BACK
SOON = 0.02  # seconds of grace in these tests


class World:
    """The rooms as they tell it, and what is noted."""

    def __init__(self) -> None:
        self.noted: list[Event] = []
        self.attending = Attending(lambda _, event: self.noted.append(event), SOON)

    def tell(self, *, patient: bool, clinician: bool = False, admitted: bool = False) -> None:
        self.attending.changed("a", Presence(patient, clinician, admitted, NOW))

    async def wait(self) -> None:
        await asyncio.sleep(3 * SOON)


@pytest.fixture
async def world() -> World:
    return World()


async def test_a_whole_consultation(world: World) -> None:
    world.tell(patient=True)
    world.tell(patient=True, clinician=True)
    world.tell(patient=True, clinician=True, admitted=True)
    world.tell(patient=True, clinician=True)
    world.tell(patient=False, clinician=True)
    world.tell(patient=False)
    await world.wait()
    assert world.noted == [ARRIVED, BEGAN, ENDED]


async def test_a_reload_is_no_departure(world: World) -> None:
    world.tell(patient=True)
    world.tell(patient=False)
    world.tell(patient=True)
    await world.wait()
    assert world.noted == [ARRIVED]


async def test_who_waits_and_goes_has_left_and_may_come_again(world: World) -> None:
    world.tell(patient=True)
    world.tell(patient=False)
    await world.wait()
    world.tell(patient=True)
    assert world.noted == [ARRIVED, LEFT, ARRIVED]


async def test_a_line_that_breaks_in_a_consultation_ends_nothing(world: World) -> None:
    world.tell(patient=True, clinician=True, admitted=True)
    world.tell(patient=False, clinician=True, admitted=True)
    await world.wait()
    world.tell(patient=True, clinician=True, admitted=True)
    world.tell(patient=False)
    assert world.noted == [ARRIVED, BEGAN, AWAY, BACK, ENDED]


async def test_who_hangs_up_first_has_ended_it_once_nobody_is_left(world: World) -> None:
    world.tell(patient=True, clinician=True, admitted=True)
    world.tell(patient=False, clinician=True, admitted=True)
    await world.wait()
    waits = "the clinician waits for a patient who may come back"
    assert world.noted == [ARRIVED, BEGAN, AWAY], waits
    world.tell(patient=False, admitted=True)
    await world.wait()
    assert world.noted == [ARRIVED, BEGAN, AWAY, ENDED]


async def test_who_comes_back_goes_on(world: World) -> None:
    world.tell(patient=True, clinician=True, admitted=True)
    world.tell(patient=False, admitted=True)
    await world.wait()
    world.tell(patient=True, clinician=True, admitted=True)
    assert world.noted == [ARRIVED, BEGAN, ENDED, ARRIVED, BEGAN]


async def test_who_is_asked_in_before_they_come_begins_when_they_come(world: World) -> None:
    world.tell(patient=False, clinician=True, admitted=True)
    assert world.noted == []
    world.tell(patient=True, clinician=True, admitted=True)
    assert world.noted == [ARRIVED, BEGAN]


async def test_a_box_that_stops_sends_nobody_home(world: World) -> None:
    world.tell(patient=True)
    world.tell(patient=False)
    world.attending.stop()
    await world.wait()
    assert world.noted == [ARRIVED]
