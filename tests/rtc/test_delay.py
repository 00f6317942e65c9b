"""It gets later: whoever waits is told, whoever comes later as well, the clinician isn't."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from practicebox.rtc.messages import Delayed, Role, ToBrowser, dump
from practicebox.rtc.room import Seat
from practicebox.rtc.rooms import Rooms

NOW = datetime(2027, 1, 19, 15, 30, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=1)


def join(rooms: Rooms, appointment: str, role: Role = Role.PATIENT) -> list[int]:
    """Enter; the minutes this page is told from now on."""
    told: list[int] = []

    def send(message: ToBrowser | bytes) -> None:
        if isinstance(message, Delayed):
            told.append(message.minutes)

    rooms.join(appointment, UNTIL, Seat(role, "device", "instance", send, lambda _: None))
    return told


def test_who_waits_is_told_and_who_comes_later_too() -> None:
    rooms = Rooms(lambda: NOW)
    early, other = join(rooms, "a"), join(rooms, "b")
    clinician = join(rooms, "a", Role.CLINICIAN)
    rooms.delay({"a": 15, "c": 15})
    late = join(rooms, "c")
    assert (early, other, clinician, late) == ([15], [], [], [15])
    assert rooms.late("c") == 15


def test_a_delay_takes_the_place_of_the_one_before_and_can_be_taken_back() -> None:
    rooms = Rooms(lambda: NOW)
    told = join(rooms, "a")
    rooms.delay({"a": 10})
    rooms.delay({"a": 10})
    rooms.delay({"a": 20})
    rooms.delay({})
    assert told == [10, 20, 0]
    assert join(rooms, "b") == []


def test_a_page_that_is_loaded_again_is_told_again() -> None:
    rooms = Rooms(lambda: NOW)
    rooms.delay({"a": 5})
    assert join(rooms, "a") == [5]
    assert join(rooms, "a") == [5]


def test_its_words() -> None:
    assert dump(Delayed(15)) == '{"kind":"delayed","minutes":15}'
