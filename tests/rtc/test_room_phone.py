"""The telephone in place of the picture: who asks, who is told, what survives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practicebox.rtc.messages import Admit, CallMe, Close, Ended, How, Reason, Role
from practicebox.rtc.room import Seat
from tests.rtc.test_rooms import START, UNTIL
from tests.rtc.test_rooms import World as Rooms
from tests.rtc.world import World, room_of_two, welcome, with_a_second_device


def test_the_clinician_learns_that_the_patient_asks_for_a_call_and_that_not_any_more() -> None:
    world = room_of_two()
    for wanted in (True, True, False):
        world.room.handle(world["patient"], CallMe(wanted))
    assert world.told("clinician") == [CallMe(True), CallMe(False)]
    assert world.told("patient") == []


@pytest.mark.parametrize("reason", Reason)
def test_a_clinician_who_comes_later_is_told_also_when_the_patient_is_gone(reason: Reason) -> None:
    world = World().patient()
    world.room.handle(world["patient"], CallMe())
    world.room.leave(world["patient"], reason)
    assert not world.room.is_forgettable
    world.clinician()
    assert world.told("clinician") == [welcome(Role.CLINICIAN), CallMe()]


def test_a_device_that_waits_may_ask_too_and_one_that_was_replaced_may_not() -> None:
    world = with_a_second_device()
    world.room.handle(world["tablet"], CallMe())
    assert world.told("clinician") == [CallMe()]
    world = room_of_two()
    old = world["patient"]
    world.patient("newer page").quiet()
    world.room.handle(old, CallMe())
    assert world.log == []


def test_going_on_by_telephone_ends_it_for_both_and_for_who_comes_later() -> None:
    world = room_of_two().admitted()
    world.room.handle(world["patient"], CallMe())
    world.quiet().room.end(How.PHONE)
    assert world.told("patient") == world.told("clinician") == [Ended(How.PHONE)]
    assert not world.room.wants_call and not world.room.admitted
    world.quiet().patient("again")
    assert world.told("again")[:2] == [welcome(Role.PATIENT), Ended(How.PHONE)]
    world.quiet().room.handle(world["clinician"], Admit())  # they try the picture once more
    assert world.room.admitted


def test_listeners_and_lists_learn_who_waits_for_a_call() -> None:
    world = Rooms()
    room, patient = world.join("a")
    world.join("b")
    room.handle(patient, CallMe())
    assert world.heard[-1][1].wants_call
    assert world.rooms.calling() == {"a"}
    room.leave(patient, Reason.BYE)
    assert world.rooms.calling() == {"a"}
    world.rooms.go_on_by_phone("a", UNTIL)
    assert world.rooms.calling() == frozenset()
    assert not world.heard[-1][1].wants_call


def test_a_phone_appointment_is_remembered_until_its_time_is_over() -> None:
    world = Rooms()
    world.rooms.go_on_by_phone("a", UNTIL)
    told: list[object] = []
    seat = Seat(Role.PATIENT, "phone", "instance", told.append, world.closed.append)
    world.rooms.join("a", UNTIL, seat)
    assert told[1:] == [Ended(How.PHONE)]
    world.time = UNTIL
    world.rooms.expire()
    assert world.closed == [Close.OVER]
    world.rooms.go_on_by_phone("a", START + timedelta(hours=1))  # over already: nobody to tell
    assert world.rooms.presence("a") is None


def test_a_full_house_keeps_nobody_from_the_telephone() -> None:
    world = Rooms(capacity=1)
    world.join("a")
    world.rooms.go_on_by_phone("b", UNTIL)
    assert world.rooms.presence("b") is None


def test_the_relay_learns_from_where_a_clinician_is_connected_right_now() -> None:
    world = Rooms()
    assert world.rooms.clinician_hosts("a") == frozenset()
    seat = Seat(Role.CLINICIAN, "desk", "x", lambda _: None, world.closed.append, host="10.0.0.7")
    room = world.rooms.join("a", UNTIL, seat)
    world.join("a")
    assert world.rooms.clinician_hosts("a") == {"10.0.0.7"}
    room.leave(seat, Reason.LOST)
    assert world.rooms.clinician_hosts("a") == frozenset()
