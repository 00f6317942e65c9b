"""More than two pages: one device with two of them, and devices that wait."""

from __future__ import annotations

import pytest

from practicebox.rtc.messages import (
    Admit,
    Admitted,
    Close,
    End,
    Ended,
    PeerHere,
    PeerLeft,
    Place,
    Placed,
    Reason,
    Role,
    SecondDevice,
    Swap,
)
from practicebox.rtc.room import MAX_DEVICES, NoPlace
from tests.rtc.world import World, room_of_two, welcome, with_a_second_device

HERE, SECOND = Place.HERE, Place.SECOND
BYE, LOST = Reason.BYE, Reason.LOST


# One device, two pages


def test_a_newer_page_of_the_same_device_takes_the_place() -> None:
    world = room_of_two().patient("page", "phone")
    assert world.log == [
        ("patient", Close.TAKEN_OVER),
        ("page", welcome(Role.PATIENT)),
        ("page", PeerHere("clinician")),
        ("clinician", PeerHere("page")),
    ]


def test_the_page_that_was_replaced_leaves_without_a_word() -> None:
    world = room_of_two().patient("page", "phone").quiet()
    world.room.leave(world["patient"], LOST)
    world.room.relay(world["patient"], b"late")
    world.room.relay(world["clinician"], b"offer")
    assert world.log == [("page", b"offer")] and world.changes == []


def test_another_workstation_of_the_clinician_takes_over() -> None:
    world = room_of_two().clinician("laptop", "laptop")
    assert world.told("clinician") == [Close.TAKEN_OVER]
    assert world.told("laptop") == [welcome(Role.CLINICIAN), PeerHere("patient")]
    assert world.told("patient") == [PeerHere("laptop")]


@pytest.mark.parametrize("message", [Admit(), End(), Swap()])
def test_a_page_that_was_replaced_directs_nothing_any_more(message: Admit | End | Swap) -> None:
    world = with_a_second_device().clinician("laptop", "laptop").quiet()
    world.room.handle(world["clinician"], message)
    assert world.log == [] and world.changes == []


def test_a_waiting_device_that_reloads_keeps_its_place_in_the_queue() -> None:
    world = with_a_second_device().patient("laptop", "laptop").quiet().patient("page", "tablet")
    assert world.log == [("tablet", Close.TAKEN_OVER), ("page", welcome(Role.PATIENT, SECOND))]
    world.quiet().room.leave(world["patient"], BYE)
    assert world.told("page")[0] == Placed(HERE)
    assert world.told("laptop") == []


# Two devices


def test_another_device_with_the_same_code_waits_as_second() -> None:
    world = room_of_two().admitted().quiet().patient("tablet", "tablet")
    assert world.log == [
        ("tablet", welcome(Role.PATIENT, SECOND, admitted=False)),
        ("clinician", SecondDevice(True)),
        ("patient", SecondDevice(True)),
    ]


def test_the_second_device_moves_up_when_the_first_leaves() -> None:
    world = with_a_second_device()
    world.room.leave(world["patient"], LOST)
    assert world.log == [
        ("clinician", PeerLeft(LOST)),
        ("tablet", Placed(HERE)),
        ("tablet", PeerHere("clinician")),
        ("clinician", PeerHere("tablet")),
        ("clinician", SecondDevice(False)),
    ]
    assert world.changes == [(True, True, False)]


def test_the_second_device_moves_up_without_a_clinician() -> None:
    world = World().patient().patient("tablet", "tablet").quiet()
    world.room.leave(world["patient"], LOST)
    assert world.log == [("tablet", Placed(HERE))]


def test_a_device_that_moves_up_during_the_consultation_is_in_it() -> None:
    world = with_a_second_device().admitted().quiet()
    world.room.leave(world["patient"], LOST)
    assert world.told("tablet") == [Placed(HERE), Admitted(), PeerHere("clinician")]


def test_the_second_device_may_leave_again() -> None:
    world = with_a_second_device()
    world.room.leave(world["tablet"], BYE)
    assert world.log == [("clinician", SecondDevice(False)), ("patient", SecondDevice(False))]


def test_the_clinician_swaps_the_devices() -> None:
    world = with_a_second_device().admitted().quiet()
    world.room.handle(world["clinician"], Swap())
    assert world.log == [
        ("patient", Placed(SECOND)),
        ("tablet", Placed(HERE)),
        ("tablet", Admitted()),
        ("tablet", PeerHere("clinician")),
        ("clinician", PeerHere("tablet")),
        ("tablet", SecondDevice(True)),
    ]


def test_swapping_again_swaps_back() -> None:
    world = with_a_second_device()
    world.room.handle(world["clinician"], Swap())
    world.quiet().room.handle(world["clinician"], Swap())
    world.room.relay(world["clinician"], b"offer")
    assert world.told("patient") == [Placed(HERE), PeerHere("clinician"), b"offer"]
    assert world.told("tablet") == [Placed(SECOND)]


def test_swapping_reaches_every_device_that_waits() -> None:
    world = with_a_second_device().patient("laptop", "laptop").quiet()
    for _ in range(3):
        world.room.handle(world["clinician"], Swap())
    assert [who for who, what in world.log if what == Placed(HERE)] == [
        "tablet",
        "laptop",
        "patient",
    ]


def test_swapping_with_nobody_does_nothing() -> None:
    world = room_of_two()
    world.room.handle(world["clinician"], Swap())
    assert world.log == []


def test_a_clinician_who_comes_later_learns_of_the_second_device() -> None:
    world = World().patient().patient("tablet", "tablet").quiet().clinician()
    assert world.told("clinician") == [
        welcome(Role.CLINICIAN),
        PeerHere("patient"),
        SecondDevice(True),
    ]


def test_everybody_learns_of_the_end() -> None:
    world = with_a_second_device()
    world.room.handle(world["clinician"], End())
    assert world.log == [(name, Ended()) for name in ("clinician", "patient", "tablet")]


def test_a_ninth_device_finds_no_place_and_disturbs_nobody() -> None:
    world = World()
    for number in range(MAX_DEVICES):
        world.patient(f"device {number}", f"device {number}")
    with pytest.raises(NoPlace):
        world.quiet().patient("one more", "one more")
    assert world.log == [] and world.changes == []
    world.patient("page", "device 7")
    assert world.told("page") == [welcome(Role.PATIENT, SECOND)]
