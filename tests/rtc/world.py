"""A room in which everybody has a name, and the log of what each was told."""

from __future__ import annotations

from practicebox.rtc.messages import Admit, Close, Place, Role, ToBrowser, Welcome
from practicebox.rtc.room import Room, Seat


class World:
    """A room, everybody in it by name, and the log of what each was sent or closed with."""

    def __init__(self) -> None:
        self.log: list[tuple[str, ToBrowser | bytes | Close]] = []
        self.changes: list[tuple[bool, bool, bool]] = []
        self.room = Room(self._note)
        self._seats: dict[str, Seat] = {}

    def __getitem__(self, name: str) -> Seat:
        return self._seats[name]

    def clinician(self, name: str = "clinician", device: str = "desk") -> World:
        return self._join(name, Role.CLINICIAN, device)

    def patient(self, name: str = "patient", device: str = "phone") -> World:
        return self._join(name, Role.PATIENT, device)

    def admitted(self) -> World:
        self.room.handle(self["clinician"], Admit())
        return self

    def quiet(self) -> World:
        self.log.clear()
        self.changes.clear()
        return self

    def told(self, name: str) -> list[ToBrowser | bytes | Close]:
        return [what for who, what in self.log if who == name]

    def _join(self, name: str, role: Role, device: str) -> World:
        def note(what: ToBrowser | bytes | Close) -> None:
            self.log.append((name, what))

        self._seats[name] = Seat(role, device, instance=name, send=note, close=note)
        self.room.join(self._seats[name])
        return self

    def _note(self, room: Room) -> None:
        self.changes.append((room.patient_is_here, room.clinician_is_here, room.admitted))


def welcome(role: Role, place: Place = Place.HERE, admitted: bool = False) -> Welcome:
    return Welcome(role, place, admitted, (), None)


def room_of_two() -> World:
    return World().clinician().patient().quiet()


def with_a_second_device() -> World:
    return World().clinician().patient().patient("tablet", "tablet").quiet()
