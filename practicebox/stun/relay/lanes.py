"""Channels prepared for rows of datagrams: what would be the same for every packet, made once."""

from __future__ import annotations

import socket
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from practicebox.stun.attributes import Address
from practicebox.stun.relay.allocation import Allocation, Channel
from practicebox.stun.relay.slots import SIZE, Row, Slots, record_of


@dataclass(eq=False, slots=True)
class Lane:
    """One open channel that leads out of this process."""

    channel: Channel
    record: bytes  # the peer's socket address, 32 bytes
    numbers: memoryview  # the channel's number as on the wire, for every slot
    pattern: bytes  # the same
    row: Row  # headers that send to the peer


class Lanes:
    """The lanes of one allocation, made when their first packet comes."""

    def __init__(
        self,
        allocation: Allocation,
        slots: Slots,
        family: socket.AddressFamily,
        is_inside: Callable[[Address], bool],
    ) -> None:
        self._allocation, self._slots, self._family = allocation, slots, family
        self._is_inside = is_inside
        self._by_number: dict[int, Lane] = {}  # keys as they stand in `Slots.numbers`
        self.latest: Lane | None = None  # the one a peer last used

    def at(self, number: int) -> Lane | None:
        """The lane of a channel number as it stands in a slot, or None: no such channel."""
        lane = self._by_number.get(number)
        if lane is not None and lane.channel.is_open:
            return lane
        channel = self._allocation.channel(socket.ntohs(number))
        if channel is None or self._is_inside(channel.peer):
            return None
        if not self._allocation.reaches(channel.peer[0]):
            return None
        if lane is None or lane.channel is not channel:
            lane = self._by_number[number] = self._made(channel)
        return lane

    def expect(self, channel: Channel | None) -> None:
        """Assume that the next datagrams belong to the peer of `channel`."""
        self.latest = self.at(socket.htons(channel.number)) if channel else None

    def _made(self, channel: Channel) -> Lane:
        record = record_of(channel.peer, self._family)
        numbers = array("H", [socket.htons(channel.number)]) * SIZE
        row = self._slots.to_peer(record)
        return Lane(channel, record, memoryview(numbers), numbers.tobytes(), row)
