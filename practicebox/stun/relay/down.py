"""Datagrams that arrive at a relayed port, on their way to the client.

In a call nearly all of them are media of one peer with a channel. Those that come alone are
recognised by the peer's address, those that come in a rush are read and sent a row at a time.
Whatever is not so simple goes one by one through `traffic.py`, which has the same rules in plain
words.
"""

from __future__ import annotations

import socket
import sys
from array import array
from typing import Protocol

from practicebox.stun.framing import START
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.lanes import Lane, Lanes
from practicebox.stun.relay.slots import LONGEST, RECORD, Slots
from practicebox.stun.relay.traffic import Traffic

# Seconds: what comes so soon after something else is probably not alone. The packets of a call
# are milliseconds apart, but for those of one picture.
RUSH = 0.0005
SWAPS = sys.byteorder == "little"
HEADER = START.size


class Sink(Protocol):
    """A client that takes messages out of the slots."""

    def take(self, slots: Slots, sizes: list[int]) -> None:
        """Send the first slots, whose messages have those sizes in bytes."""

    def take_one(self, message: memoryview) -> None:
        """Send one message, which must not be kept."""


class Down:
    """Reads one relayed socket."""

    def __init__(
        self,
        sock: socket.socket,
        sink: Sink,
        allocation: Allocation,
        lanes: Lanes,
        slots: Slots,
        traffic: Traffic,
    ) -> None:
        self._socket, self._descriptor = sock, sock.fileno()
        self._sink, self._slots = sink, slots
        self._allocation, self._lanes, self._traffic = allocation, lanes, traffic
        self._last, self._rush = 0.0, False

    def turn(self) -> None:
        """Send on what is waiting at the relayed port, up to one row."""
        now = self._traffic.clock()
        rush = self._rush or now - self._last < RUSH
        self._last = now
        if rush:
            self._row(now)
        else:
            self._single(now)

    def _single(self, now: float) -> None:
        slots = self._slots
        try:
            size, source = self._socket.recvfrom_into(slots.first_body)
        except OSError:  # an ICMP error was waiting
            return
        peer = source[0], source[1]
        channel = self._allocation.channel_to(peer)
        if not 0 < size <= LONGEST:
            return
        if channel is None or slots.memory[HEADER] not in self._traffic.media:
            self._traffic.from_peer(self._allocation, peer, slots.payload(0, size))
        elif self._allocation.down.take(size, now):
            START.pack_into(slots.memory, 0, channel.number, size)
            self._sink.take_one(slots.memory[: size + HEADER])

    def _row(self, now: float) -> None:
        slots = self._slots
        count = slots.receive(self._descriptor, slots.from_peers)
        self._rush = count > 1
        if not count:
            return
        sizes = slots.from_peers.received[:count].tolist()
        lane = self._lanes.latest
        if lane is not None and lane.channel.is_open and self._is_plain(lane, sizes):
            if self._allocation.down.take(sum(sizes), now, count):
                self._send_row(lane, sizes)
            return
        for slot, size in enumerate(sizes):
            if size <= LONGEST:
                self._send_one(slot, size)

    def _is_plain(self, lane: Lane, sizes: list[int]) -> bool:
        """Whether the whole row is media from the peer of the lane."""
        slots, count = self._slots, len(sizes)
        return (
            slots.names[: count * RECORD].tobytes() == lane.record * count
            and max(sizes) <= LONGEST
            and min(sizes) > 0
            and not slots.firsts[:count].tobytes().translate(None, self._traffic.media)
        )

    def _send_row(self, lane: Lane, sizes: list[int]) -> None:
        slots, count = self._slots, len(sizes)
        slots.numbers[:count] = lane.numbers[:count]
        lengths = array("H", sizes)
        if SWAPS:
            lengths.byteswap()
        slots.lengths[:count] = lengths
        self._sink.take(slots, [size + HEADER for size in sizes])

    def _send_one(self, slot: int, size: int) -> None:
        peer = self._slots.peer(slot)
        self._lanes.expect(self._allocation.channel_to(peer))
        self._traffic.from_peer(self._allocation, peer, self._slots.payload(slot, size))
