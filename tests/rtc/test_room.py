"""Two peers in a room: meeting, relaying, admitting, ending, leaving."""

from __future__ import annotations

import pytest

from practicebox.rtc.messages import (
    Admitted,
    Close,
    End,
    Ended,
    PeerHere,
    PeerLeft,
    Place,
    Reason,
    Role,
    ToBrowser,
    Welcome,
)
from practicebox.rtc.room import Room, Seat
from tests.rtc.world import World, room_of_two, welcome, with_a_second_device

HERE = Place.HERE
BYE, LOST = Reason.BYE, Reason.LOST


# Meeting


def test_who_comes_first_is_welcomed_and_waits() -> None:
    assert World().patient().log == [("patient", welcome(Role.PATIENT))]


def test_both_learn_of_each_other_after_the_welcome() -> None:
    world = World().patient().quiet().clinician()
    assert world.log == [
        ("clinician", welcome(Role.CLINICIAN)),
        ("clinician", PeerHere("patient")),
        ("patient", PeerHere("clinician")),
    ]


def test_the_welcome_carries_what_the_browser_needs_to_connect() -> None:
    log: list[ToBrowser | bytes] = []
    ice = [{"urls": "stun:box.example:3478"}]
    seat = Seat(Role.PATIENT, "phone", "instance", log.append, lambda code: None)
    Room(lambda room: None).join(seat, ice, "203.0.113.7")
    assert log == [Welcome(Role.PATIENT, HERE, False, ice, "203.0.113.7")]


# Relaying


def test_payload_reaches_the_other_peer_as_it_is_and_in_order() -> None:
    world = room_of_two()
    payloads = [b"", b"\x00\xff", b'{"kind": "end"}', b"x" * 65536]
    for payload in payloads:
        world.room.relay(world["clinician"], payload)
        world.room.relay(world["patient"], payload)
    assert world.told("patient") == payloads
    assert world.told("clinician") == payloads


@pytest.mark.parametrize("name", ["patient", "clinician"])
def test_payload_for_nobody_is_dropped(name: str) -> None:
    world = World().clinician() if name == "clinician" else World().patient()
    world.quiet().room.relay(world[name], b"offer")
    assert world.log == []


def test_a_device_that_waits_neither_sends_nor_receives() -> None:
    world = with_a_second_device()
    world.room.relay(world["tablet"], b"offer")
    world.room.relay(world["clinician"], b"offer")
    assert world.log == [("patient", b"offer")]


# Admitting and ending


def test_the_clinician_asks_the_patient_in() -> None:
    world = room_of_two().admitted()
    assert world.log == [("clinician", Admitted()), ("patient", Admitted())]
    assert world.changes == [(True, True, True)]


def test_a_patient_asked_in_before_they_arrive_is_admitted_by_the_welcome() -> None:
    world = World().clinician().admitted().quiet().patient()
    assert world.told("patient") == [welcome(Role.PATIENT, admitted=True), PeerHere("clinician")]


def test_admitting_twice_begins_once() -> None:
    world = room_of_two().admitted().quiet().admitted()
    assert world.log == [] and world.changes == []


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("name", ["patient", "clinician"])
def test_the_consultation_survives_a_reload_of_either_side(name: str, reason: Reason) -> None:
    world = room_of_two().admitted()
    world.room.leave(world[name], reason)
    role = world[name].role
    world.quiet()
    _ = world.patient("again") if role is Role.PATIENT else world.clinician("again")
    assert world.told("again")[0] == welcome(role, admitted=True)


def test_the_consultation_survives_an_empty_room() -> None:
    world = room_of_two().admitted()
    world.room.leave(world["patient"], LOST)
    world.room.leave(world["clinician"], LOST)
    assert not world.room.is_forgettable
    assert world.quiet().patient().told("patient") == [welcome(Role.PATIENT, admitted=True)]


def test_the_clinician_ends_the_consultation_for_both() -> None:
    world = room_of_two().admitted().quiet()
    world.room.handle(world["clinician"], End())
    assert world.log == [("clinician", Ended()), ("patient", Ended())]
    assert world.changes == [(True, True, False)]


def test_a_patient_who_returns_after_the_end_is_told() -> None:
    world = room_of_two().admitted()
    world.room.handle(world["clinician"], End())
    world.room.leave(world["patient"], BYE)
    world.room.leave(world["clinician"], BYE)
    assert not world.room.is_forgettable
    assert world.quiet().patient().told("patient") == [welcome(Role.PATIENT), Ended()]


def test_a_clinician_who_returns_after_the_end_may_admit_again() -> None:
    world = room_of_two().admitted()
    world.room.handle(world["clinician"], End())
    world.quiet().clinician().admitted()
    assert world.told("patient")[-1] == Admitted()
    assert Ended() not in world.told("clinician")
    assert Ended() not in world.quiet().patient("page", "phone").told("page")


def test_ending_twice_ends_once() -> None:
    world = room_of_two()
    world.room.handle(world["clinician"], End())
    world.quiet().room.handle(world["clinician"], End())
    assert world.log == []


# Leaving


@pytest.mark.parametrize("reason", Reason)
def test_the_other_peer_learns_how_one_left(reason: Reason) -> None:
    world = room_of_two()
    world.room.leave(world["patient"], reason)
    world.room.leave(world["patient"], reason)
    assert world.log == [("clinician", PeerLeft(reason))]
    assert world.changes == [(False, True, False)]


def test_the_patient_learns_that_the_clinician_left() -> None:
    world = with_a_second_device()
    world.room.leave(world["clinician"], LOST)
    assert world.log == [("patient", PeerLeft(LOST))]


def test_an_empty_room_is_forgettable() -> None:
    world = room_of_two()
    world.room.leave(world["patient"], LOST)
    assert not world.room.is_forgettable
    world.room.leave(world["clinician"], LOST)
    assert world.room.is_forgettable


def test_closing_a_room_closes_every_socket_in_it() -> None:
    world = with_a_second_device()
    world.room.close(Close.OVER)
    assert world.log == [(name, Close.OVER) for name in ("clinician", "patient", "tablet")]
