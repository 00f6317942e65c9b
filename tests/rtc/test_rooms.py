from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from practicebox.rtc.messages import Admit, Close, End, Reason, Role, ToBrowser
from practicebox.rtc.room import Room, Seat
from practicebox.rtc.rooms import Over, Presence, Rooms, TooManyRooms

START = datetime(2027, 1, 19, 15, 30, tzinfo=UTC)
UNTIL = START + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


class World:
    """The rooms, a clock to turn, and the log of what listeners and sockets were told."""

    def __init__(self, capacity: int = 3) -> None:
        self.time = START
        self.heard: list[tuple[str, Presence]] = []
        self.closed: list[Close] = []
        self.rooms = Rooms(lambda: self.time, capacity)
        self.stop = self.rooms.listen(lambda *change: self.heard.append(change))

    def join(self, appointment: str, role: Role = Role.PATIENT) -> tuple[Room, Seat]:
        def send(message: ToBrowser | bytes) -> None:
            pass

        seat = Seat(role, f"{role} device", "instance", send, self.closed.append)
        return self.rooms.join(appointment, UNTIL, seat), seat


def test_listeners_hear_who_comes_and_goes_and_since_when() -> None:
    world = World()
    room, patient = world.join("a")
    world.time = START + MINUTE
    _, clinician = world.join("a", Role.CLINICIAN)
    room.handle(clinician, Admit())
    world.time = START + 2 * MINUTE
    room.leave(patient, Reason.LOST)
    assert world.heard == [
        ("a", Presence(patient=True, clinician=False, admitted=False, since=START)),
        ("a", Presence(patient=True, clinician=True, admitted=False, since=START)),
        ("a", Presence(patient=True, clinician=True, admitted=True, since=START)),
        ("a", Presence(False, clinician=True, admitted=True, since=START + 2 * MINUTE)),
    ]


def test_a_newer_page_of_the_same_device_is_no_news() -> None:
    world = World()
    world.join("a")
    world.heard.clear()
    world.join("a")
    assert world.heard == [] and world.closed == [Close.TAKEN_OVER]


def test_presence_can_be_asked_for() -> None:
    world = World()
    assert world.rooms.presence("a") is None
    world.join("a")
    assert world.rooms.presence("a") == Presence(True, False, False, START)


def test_a_listener_that_stopped_hears_nothing_more() -> None:
    world = World()
    world.stop()
    world.join("a")
    assert world.heard == []


def test_a_listener_may_stop_while_it_listens() -> None:
    world = World()
    stop = world.rooms.listen(lambda appointment, presence: stop())
    world.join("a")
    world.join("b")
    assert len(world.heard) == 2


def test_appointments_have_rooms_of_their_own() -> None:
    world = World()
    first, _ = world.join("a")
    assert world.join("a", Role.CLINICIAN)[0] is first
    assert world.join("b")[0] is not first


def test_an_empty_room_is_forgotten() -> None:
    world = World()
    room, patient = world.join("a")
    room.leave(patient, Reason.BYE)
    assert world.rooms.presence("a") is None
    assert world.heard[-1] == ("a", Presence(False, False, False, START))
    assert world.join("a")[0] is not room


@pytest.mark.parametrize("message", [Admit(), End()])
def test_an_empty_room_with_something_to_remember_is_kept(message: Admit | End) -> None:
    world = World()
    room, clinician = world.join("a", Role.CLINICIAN)
    room.handle(clinician, message)
    room.leave(clinician, Reason.LOST)
    assert world.join("a")[0] is room


def test_nobody_enters_after_the_appointment_is_over() -> None:
    world = World()
    world.time = UNTIL
    with pytest.raises(Over):
        world.join("a")
    assert world.heard == []


def test_a_room_is_closed_when_its_time_is_over() -> None:
    world = World()
    world.join("a")
    world.join("a", Role.CLINICIAN)
    world.time = UNTIL - MINUTE
    world.rooms.expire()
    assert world.closed == []
    world.time = UNTIL
    world.rooms.expire()
    assert world.closed == [Close.OVER, Close.OVER]
    assert world.rooms.presence("a") is None


def test_an_appointment_that_was_prolonged_stays_open() -> None:
    world = World()
    _, patient = world.join("a")
    world.rooms.join("a", UNTIL + MINUTE, patient)
    world.closed.clear()
    world.time = UNTIL
    world.rooms.expire()
    assert world.closed == []


def test_a_cancelled_appointment_closes_its_room_and_no_other() -> None:
    world = World()
    world.join("a")
    world.join("b")
    world.rooms.close("a")
    world.rooms.close("never there")
    assert world.closed == [Close.OVER]
    assert world.heard[-1] == ("a", Presence(False, False, False, START))
    assert world.rooms.presence("b") is not None


def test_sockets_of_a_closed_room_leave_without_disturbing_its_successor() -> None:
    world = World()
    old, patient = world.join("a")
    world.rooms.close("a")
    world.join("a")
    world.heard.clear()
    old.leave(patient, Reason.LOST)
    assert world.heard == []
    assert world.rooms.presence("a") == Presence(True, False, False, START)


def test_the_number_of_rooms_is_bounded() -> None:
    world = World(capacity=2)
    world.join("a")
    world.join("b")
    with pytest.raises(TooManyRooms):
        world.join("c")
    assert world.join("a", Role.CLINICIAN)


def test_rooms_whose_time_is_over_make_room_for_others() -> None:
    world = World(capacity=1)
    room, clinician = world.join("a", Role.CLINICIAN)
    room.handle(clinician, Admit())
    room.leave(clinician, Reason.LOST)
    world.time = UNTIL
    later = Seat(Role.PATIENT, "phone", "instance", lambda message: None, lambda code: None)
    assert world.rooms.join("b", UNTIL + MINUTE, later)
