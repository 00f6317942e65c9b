"""A box that would like to be one of the two pages: what it does to the frames it forwards."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from practicebox.rtc.messages import Role
from practicebox.rtc.room import Room, Seat
from tests.browser.sealing import AGREEING, Agreement, Seal

MUTANTS = 40  # of each frame; a page that gets 256 at once counts as too slow
OFFER = json.dumps(
    {"connection": 9, "description": {"type": "offer", "sdp": "v=0\r\n"}, "round": 1}
)


@dataclass
class Forger:
    """Delivers every frame, and with it altered ones; or altered ones only."""

    delivers: bool = True
    made: int = 0
    kept: list[bytes] = field(default_factory=list)  # of earlier epochs and rooms
    _now: list[bytes] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(1))

    def relay(self, room: Room, sender: Seat, payload: bytes) -> None:
        """In place of `Room.relay`."""
        receiver = room._facing(sender)
        if receiver is None:
            return
        before, after = self._mutants(payload), self._replayed(payload)
        self.made += len(before) + len(after) + 1
        for frame in (*before, *([payload] * self.delivers), *after):
            receiver.send(frame)
        sender.send(payload)  # reflected
        self._now.append(payload)

    def new_epoch(self) -> None:
        """What was heard so far is what is replayed from now on."""
        self.kept += self._now
        self._now = []

    def _mutants(self, frame: bytes) -> list[bytes]:
        found = [self._with_bit(frame) for _ in range(MUTANTS)]
        cut = self._random.randrange(len(frame))
        found += [frame[:cut], frame + b"\0", OFFER.encode(), b"\1" + OFFER.encode()]
        found += [bytes([AGREEING, step]) + bytes(81 if step > 1 else 32) for step in (1, 2, 3)]
        return found

    def _replayed(self, frame: bytes) -> list[bytes]:
        """What a page may have taken once already; after the frame itself, which is newer."""
        if not self.delivers:
            return []
        return [frame, *self._random.sample(self._now + self.kept, min(8, len(self._now)))]

    def _with_bit(self, frame: bytes) -> bytes:
        bit = self._random.randrange(8 * len(frame))
        changed = bytearray(frame)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)


@dataclass
class Middle:
    """Agrees on a key with each page in place of the other one, and forwards what it can read."""

    read: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)  # by the role of the page that shows it
    _halves: dict[str, Agreement] = field(default_factory=dict)  # by the role of the page
    _seals: dict[str, Seal] = field(default_factory=dict)
    _waiting: list[tuple[Seat, Seat, bytes]] = field(default_factory=list)

    def relay(self, room: Room, sender: Seat, payload: bytes) -> None:
        """In place of `Room.relay`."""
        receiver = room._facing(sender)
        if receiver is None:
            return
        seats = {seat.role.value: seat for seat in (sender, receiver)}
        if not self._halves:
            self._begin({role: seat.instance for role, seat in seats.items()})
        if payload[0] == AGREEING:
            self._halves[sender.role].take(payload)
        else:
            self._waiting.append((sender, receiver, payload))
        self._speak(seats)
        if {*self._seals} == {*Role}:
            for each in self._waiting:
                self._forward(*each)
            self._waiting.clear()

    def _begin(self, instances: dict[str, str]) -> None:
        """Be the patient for the clinician's page, and the other way round."""
        self._halves = {
            "clinician": Agreement("patient", instances["clinician"], instances["patient"]),
            "patient": Agreement("clinician", instances["clinician"], instances["patient"]),
        }
        self._halves["clinician"].begin()

    def _speak(self, seats: dict[str, Seat]) -> None:
        for role, half in self._halves.items():
            while half.said:
                seats[role].send(half.said.pop(0))
            if half.root and role not in self._seals:
                self.numbers[role] = half.root.number
                self._seals[role] = Seal(half.root, half.role, half.clinician, half.patient)

    def _forward(self, sender: Seat, receiver: Seat, payload: bytes) -> None:
        content = self._seals[sender.role].open(payload)
        if content is None:
            return  # sealed with the letter, before the pages agreed
        self.read.append(content.decode())
        receiver.send(self._seals[receiver.role].close(content))
