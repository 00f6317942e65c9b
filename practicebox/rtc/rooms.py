"""The rooms of all appointments that somebody has entered, by appointment id.

In a conference each participant beside the patient has a room of their own with the clinician; its
key is made of both ids (`key_of`), so that it goes with its appointment.

Knows when a room may be forgotten and tells listeners who is where. No socket; the clock is
passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from practicebox.rtc.messages import Close, How
from practicebox.rtc.room import Room, Seat

MAX_ROOMS = 1024  # twice the 500 patients who may wait at a time; each is an appointment of ours


def key_of(appointment_id: str, participant_id: str = "") -> str:
    """The room of an appointment's patient, or of another participant. Ids have no dot in them."""
    return f"{appointment_id}.{participant_id}" if participant_id else appointment_id


def appointment_of(key: str) -> str:
    """Whose appointment a room is for."""
    return key.partition(".")[0]


def is_beside(key: str) -> bool:
    """Whether a room is that of a participant beside the patient."""
    return "." in key


class Over(Exception):
    """The appointment can't be joined any more."""


class TooManyRooms(Exception):
    """No further room fits."""


@dataclass(frozen=True)
class Presence:
    """Who is in the room of one appointment."""

    patient: bool
    clinician: bool
    admitted: bool
    since: datetime  # when the patient came, or went; before the first one, when the room opened
    wants_call: bool = False  # by telephone, because no picture comes through


Listener = Callable[[str, Presence], None]


@dataclass(slots=True)
class _Entry:
    room: Room
    until: datetime
    presence: Presence


class Rooms:
    """Every open room, at most `capacity` at a time."""

    def __init__(self, now: Callable[[], datetime], capacity: int = MAX_ROOMS) -> None:
        self._now = now
        self._capacity = capacity
        self._entries: dict[str, _Entry] = {}
        self._listeners: list[Listener] = []
        self._late: Mapping[str, int] = {}  # minutes

    def listen(self, on_change: Listener) -> Callable[[], None]:
        """Call `on_change(appointment_id, presence)` after each change; return the way to stop."""
        self._listeners.append(on_change)
        return partial(self._listeners.remove, on_change)

    def presence(self, appointment_id: str) -> Presence | None:
        """Who is in the room, or None while there is no such room."""
        entry = self._entries.get(appointment_id)
        return entry.presence if entry else None

    def waiting(self) -> frozenset[str]:
        """The appointments with somebody in the waiting room, not yet asked in."""
        return frozenset(
            appointment_of(key)
            for key, entry in self._entries.items()
            if entry.presence.patient and not entry.presence.admitted
        )

    def calling(self) -> frozenset[str]:
        """The appointments whose patient asks for a call by telephone."""
        entries = self._entries.items()
        return frozenset(appointment_of(key) for key, entry in entries if entry.presence.wants_call)

    def clinician_hosts(self, appointment_id: str) -> frozenset[str]:
        """Addresses from which a clinician is in the room right now."""
        entry = self._entries.get(appointment_id)
        return entry.room.clinician_hosts if entry else frozenset()

    def open(self) -> frozenset[str]:
        """The appointments whose room somebody has entered."""
        return frozenset(self._entries)

    def delay(self, minutes: Mapping[str, int]) -> None:
        """Tell whoever waits for one of these appointments, now or later today, by how many
        minutes it gets later. Takes the place of what was said before."""
        self._late = dict(minutes)
        for appointment_id, entry in self._entries.items():
            entry.room.delay(self.late(appointment_id))

    def late(self, appointment_id: str) -> int:
        """The minutes that were said of an appointment; 0 if nothing was."""
        return self._late.get(appointment_of(appointment_id), 0)

    def go_on_by_phone(self, appointment_id: str, until: datetime) -> None:
        """End the video consultation, also for a patient who comes before `until`; for others in it
        it is over."""
        for key in self._of(appointment_id) - {appointment_id}:
            self._close(key, Close.OVER)
        try:
            self._room(appointment_id, until).end(How.PHONE)
        except (Over, TooManyRooms):
            return  # nobody can come any more, or nobody is there to be told

    def join(
        self,
        appointment_id: str,
        until: datetime,
        seat: Seat,
        ice: Sequence[Mapping[str, object]] = (),
        announced: str | None = None,
    ) -> Room:
        """Enter the room of an appointment that can be joined until `until`.

        Raise `Over` after that, `TooManyRooms` or `NoPlace` when it's full.
        """
        self.expire()
        room = self._room(appointment_id, until)
        room.join(seat, ice, announced)
        return room

    def close(self, appointment_id: str, code: Close = Close.OVER) -> None:
        """Close all sockets of an appointment, or of one participant, and forget what their rooms
        remember: cancelled, moved, expired, or released no more."""
        for key in self._of(appointment_id):
            self._close(key, code)

    def _of(self, wanted: str) -> set[str]:
        return {key for key in self._entries if wanted in (key, appointment_of(key))}

    def _close(self, appointment_id: str, code: Close) -> None:
        entry = self._entries.pop(appointment_id)
        entry.room.close(code)
        nobody = replace(
            entry.presence, patient=False, clinician=False, admitted=False, wants_call=False
        )
        self._tell(appointment_id, nobody)

    def expire(self) -> None:
        """Close every room whose time is over."""
        now = self._now()
        for key in [key for key, entry in self._entries.items() if entry.until <= now]:
            self._close(key, Close.OVER)

    def _room(self, appointment_id: str, until: datetime) -> Room:
        now = self._now()
        if until <= now:
            raise Over
        entry = self._entries.get(appointment_id)
        if entry is None:
            if len(self._entries) >= self._capacity:
                raise TooManyRooms
            room = Room(partial(self._changed, appointment_id))
            room.delay(self.late(appointment_id))
            entry = _Entry(room, until, Presence(False, False, False, now))
            self._entries[appointment_id] = entry
        entry.until = until
        return entry.room

    def _changed(self, appointment_id: str, room: Room) -> None:
        entry = self._entries.get(appointment_id)
        if entry is None or entry.room is not room:
            return  # closed meanwhile; its sockets are only just leaving
        before = entry.presence
        moved = room.patient_is_here is not before.patient
        entry.presence = Presence(
            room.patient_is_here,
            room.clinician_is_here,
            room.admitted,
            self._now() if moved else before.since,
            room.wants_call,
        )
        if room.is_forgettable:
            del self._entries[appointment_id]
        if entry.presence != before:
            self._tell(appointment_id, entry.presence)

    def _tell(self, appointment_id: str, presence: Presence) -> None:
        for on_change in list(self._listeners):
            on_change(appointment_id, presence)
