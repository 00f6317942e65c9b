"""Rooms of one conference: a room each, put back alone, closed together."""

from __future__ import annotations

import pytest

from practicebox.rtc.messages import Admitted, Back, Close, ProtocolError, Role, dump, parse
from practicebox.rtc.rooms import appointment_of, is_beside, key_of
from tests.rtc.test_rooms import UNTIL, World
from tests.rtc.world import room_of_two, welcome, with_a_second_device

BESIDE = key_of("a", "p")


def test_who_is_put_back_waits_again_and_may_be_asked_in_again() -> None:
    world = room_of_two().admitted().quiet()
    world.room.handle(world["clinician"], Back())
    assert world.told("patient") == world.told("clinician") == [Back()]
    assert not world.room.admitted and world.changes == [(True, True, False)]
    world.quiet().admitted()
    assert world.told("patient") == [Admitted()]


def test_who_was_put_back_still_waits_after_a_reload() -> None:
    world = room_of_two().admitted()
    world.room.handle(world["clinician"], Back())
    world.quiet().patient("reloaded")
    assert world.told("reloaded")[0] == welcome(Role.PATIENT)


def test_putting_back_who_waits_changes_nothing() -> None:
    world = with_a_second_device()
    world.room.handle(world["clinician"], Back())
    assert world.log == []


def test_only_the_clinician_may_put_somebody_back() -> None:
    assert parse('{"kind": "back"}', Role.CLINICIAN) == Back()
    assert dump(Back()) == '{"kind":"back"}'
    with pytest.raises(ProtocolError):
        parse('{"kind": "back"}', Role.PATIENT)


def test_a_key_tells_its_appointment() -> None:
    assert (appointment_of(BESIDE), appointment_of("a")) == ("a", "a")
    assert is_beside(BESIDE) and not is_beside("a")


def test_an_appointment_is_closed_with_everybody_and_one_participant_alone() -> None:
    world = World(capacity=9)
    for key in ("a", BESIDE, key_of("a", "q"), "ab"):
        world.join(key)
    world.rooms.close(BESIDE)
    assert world.closed == [Close.OVER]
    world.rooms.close("a")
    assert world.closed == 3 * [Close.OVER] and world.rooms.open() == {"ab"}


def test_whoever_waits_makes_the_appointment_waiting() -> None:
    world = World()
    world.join(BESIDE)
    assert world.rooms.waiting() == {"a"}


def test_a_conference_that_goes_on_by_phone_is_over_for_the_others() -> None:
    world = World()
    world.join("a")
    world.join(BESIDE)
    world.rooms.go_on_by_phone("a", UNTIL)
    assert world.closed == [Close.OVER] and world.rooms.open() == {"a"}


def test_a_delay_is_told_to_everybody_of_the_appointment() -> None:
    world = World()
    world.rooms.delay({"a": 20})
    assert world.rooms.late(BESIDE) == 20
