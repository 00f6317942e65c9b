"""A room: the clinician and the devices of the patient in one consultation, and the relay between.

Pure: no socket, no clock. Payload is passed on as it came; a `Seat` is how to speak to a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from practicebox.rtc.messages import (
    Admit,
    Admitted,
    Back,
    CallMe,
    Close,
    Delayed,
    End,
    Ended,
    FromBrowser,
    How,
    PeerHere,
    PeerLeft,
    Place,
    Placed,
    Reason,
    Role,
    SecondDevice,
    Swap,
    ToBrowser,
    Welcome,
)

MAX_DEVICES = 8  # of the patient: a family's phones and tablets, and an end to it


class NoPlace(Exception):
    """As many devices as may wait are waiting already."""


@dataclass(slots=True, eq=False)
class Seat:
    """One socket in a room, and the way to speak to it."""

    role: Role
    device: str  # whose pages take each other's place; never leaves the room
    instance: str
    send: Callable[[ToBrowser | bytes], None]  # never blocks
    close: Callable[[Close], None]  # never calls the room back at once
    knows_of_second: bool = False
    host: str = ""  # address that the socket comes from; empty where nobody needs to know


class Room:
    """Who is here for one appointment; `on_change` is called after each change of that."""

    def __init__(self, on_change: Callable[[Room], None]) -> None:
        self.admitted = False  # survives sockets, pages and `bye` of both sides; `end` resets it
        self.wants_call = False  # by telephone; survives them likewise
        self._ended: How | None = None
        self._late = 0  # minutes
        self._clinician: Seat | None = None
        self._patients: list[Seat] = []  # the first is here, the others wait
        self._on_change = on_change

    @property
    def clinician_is_here(self) -> bool:
        return self._clinician is not None

    @property
    def patient_is_here(self) -> bool:
        return bool(self._patients)

    @property
    def clinician_hosts(self) -> frozenset[str]:
        """Addresses from which the clinician is connected right now."""
        return frozenset({self._clinician.host} - {""}) if self._clinician else frozenset()

    @property
    def is_forgettable(self) -> bool:
        """Whether nobody is here and nothing would be lost with the room."""
        occupied = self._clinician or self._patients
        return not (occupied or self.admitted or self.wants_call or self._ended)

    def join(
        self, seat: Seat, ice: Sequence[Mapping[str, object]] = (), announced: str | None = None
    ) -> None:
        """Enter, taking over from an older page of the same device.

        Raise `NoPlace` when too many devices of the patient are here.
        """
        place = self._sit(seat)
        is_here = place is Place.HERE
        seat.send(Welcome(seat.role, place, is_here and self.admitted, ice, announced))
        if self._ended and seat.role is Role.PATIENT:
            seat.send(Ended(self._ended))
        if self._late and seat.role is Role.PATIENT:
            seat.send(Delayed(self._late))
        if is_here:
            self._introduce(seat)
        if self.wants_call and seat.role is Role.CLINICIAN:
            seat.send(CallMe())
        self._tell_of_second_device()
        self._on_change(self)

    def relay(self, sender: Seat, payload: bytes) -> None:
        """Pass `payload` on as it is; drop it if nobody is there to receive it."""
        if receiver := self._facing(sender):
            receiver.send(payload)

    def handle(self, seat: Seat, message: FromBrowser) -> None:
        """Do what a page asks for; one that lost its place can't ask any more."""
        if isinstance(message, CallMe):
            if seat in self._patients:
                self._ask_for_call(message.wanted)
            return
        if seat is not self._clinician:
            return
        match message:
            case Admit():
                self._admit()
            case End():
                self.end(How.OVER)
            case Back():
                self._pause()
            case Swap():
                self._swap()

    def end(self, how: How) -> None:
        """End the consultation for everybody, also for a patient who comes later."""
        if self._ended is how:
            return
        self.admitted = self.wants_call = False
        self._ended = how
        for seat in self._everybody():
            seat.send(Ended(how))
        self._on_change(self)

    def delay(self, minutes: int) -> None:
        """Tell the patient's devices, now or when they come, that it gets later."""
        if minutes != self._late:
            self._late = minutes
            for seat in self._patients:
                seat.send(Delayed(minutes))

    def leave(self, seat: Seat, reason: Reason) -> None:
        """Go; the other peer is told, and the next device moves up."""
        other = self._facing(seat)
        was_first = seat in self._patients[:1]
        if seat is self._clinician:
            self._clinician = None
        elif seat in self._patients:
            self._patients.remove(seat)
        else:
            return  # another page has taken its place
        if other is not None:
            other.send(PeerLeft(reason))
        if was_first and self._patients:
            self._move_up()
        self._tell_of_second_device()
        self._on_change(self)

    def close(self, code: Close) -> None:
        """Close every socket; each of them leaves by itself."""
        for seat in self._everybody():
            seat.close(code)

    def _sit(self, seat: Seat) -> Place:
        if seat.role is Role.CLINICIAN:
            old, self._clinician = self._clinician, seat
            if old is not None:
                old.close(Close.TAKEN_OVER)
            return Place.HERE
        return Place.HERE if self._queue(seat) == 0 else Place.SECOND

    def _queue(self, seat: Seat) -> int:
        for index, old in enumerate(self._patients):
            if old.device == seat.device:
                self._patients[index] = seat
                old.close(Close.TAKEN_OVER)
                return index
        if len(self._patients) >= MAX_DEVICES:
            raise NoPlace
        self._patients.append(seat)
        return len(self._patients) - 1

    def _facing(self, seat: Seat) -> Seat | None:
        """The other peer of `seat`; a device that waits has none."""
        patient = self._patients[0] if self._patients else None
        if seat is self._clinician:
            return patient
        return self._clinician if seat is patient else None

    def _introduce(self, seat: Seat) -> None:
        other = self._facing(seat)
        if other is not None:
            seat.send(PeerHere(other.instance))
            other.send(PeerHere(seat.instance))

    def _move_up(self) -> None:
        seat = self._patients[0]
        seat.send(Placed(Place.HERE))
        if self.admitted:
            seat.send(Admitted())
        self._introduce(seat)

    def _tell_of_second_device(self) -> None:
        waiting = len(self._patients) > 1
        for seat in self._peers():
            if seat.knows_of_second is not waiting:
                seat.knows_of_second = waiting
                seat.send(SecondDevice(waiting))

    def _admit(self) -> None:
        if self.admitted:
            return
        self.admitted = True
        self._ended = None
        for seat in self._peers():
            seat.send(Admitted())
        self._on_change(self)

    def _pause(self) -> None:
        for seat in self._peers() if self.admitted else ():
            seat.send(Back())
        self.admitted = False
        self._on_change(self)

    def _ask_for_call(self, wanted: bool) -> None:
        if self.wants_call is wanted:
            return
        self.wants_call = wanted
        if self._clinician:
            self._clinician.send(CallMe(wanted))
        self._on_change(self)

    def _swap(self) -> None:
        if len(self._patients) < 2:
            return  # the second device left while the clinician decided
        first = self._patients.pop(0)
        self._patients.append(first)
        first.send(Placed(Place.SECOND))
        self._move_up()
        self._tell_of_second_device()

    def _peers(self) -> list[Seat]:
        return self._everybody()[:2] if self._clinician else self._patients[:1]

    def _everybody(self) -> list[Seat]:
        return [*([self._clinician] if self._clinician else []), *self._patients]
