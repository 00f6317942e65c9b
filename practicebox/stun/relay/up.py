"""Messages of a client that has a socket of its own, on their way to the peers.

The counterpart of `down.py`, with the same two ways: media in a channel alone or in rows, and
everything else one by one through `relay.py` and `traffic.py`.
"""

from __future__ import annotations

import socket
from array import array
from collections.abc import Callable
from contextlib import suppress

from practicebox.stun.framing import START
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.down import HEADER, RUSH, SWAPS
from practicebox.stun.relay.lanes import Lane, Lanes
from practicebox.stun.relay.slots import Slots
from practicebox.stun.relay.traffic import Traffic


class Up:
    """Reads one client's socket; `other` takes what is no media in a channel."""

    def __init__(
        self,
        client: socket.socket,
        relayed: socket.socket,
        allocation: Allocation,
        lanes: Lanes,
        slots: Slots,
        traffic: Traffic,
        other: Callable[[bytes], None],
    ) -> None:
        self._client, self._relayed, self._slots = client, relayed, slots
        self._allocation, self._lanes, self._traffic = allocation, lanes, traffic
        self._other = other
        self._last, self._rush = 0.0, False

    def turn(self) -> None:
        """Send on what the client has sent, up to one row."""
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
            size = self._client.recv_into(slots.first_message)
        except OSError:  # an ICMP error was waiting
            return
        lane = self._lanes.at(slots.numbers[0]) if size > HEADER else None
        if lane is None or not self._is_media(size):
            self._other(slots.message(0, size))
            return
        self._allocation.heard = now
        if self._allocation.up.take(size - HEADER, now):
            with suppress(OSError):  # a full queue, no route: lost, as datagrams are
                self._relayed.sendto(slots.memory[HEADER:size], lane.channel.peer)

    def _is_media(self, size: int) -> bool:
        memory = self._slots.memory
        _, length = START.unpack_from(memory)
        return bool(length == size - HEADER and memory[HEADER] in self._traffic.media)

    def _row(self, now: float) -> None:
        slots = self._slots
        count = slots.receive(self._client.fileno(), slots.from_client)
        self._rush = count > 1
        if not count:
            return
        sizes = slots.from_client.received[:count].tolist()
        lane = self._lanes.at(slots.numbers[0])
        if lane is None or not self._is_plain(lane, sizes):
            for message in [slots.message(slot, size) for slot, size in enumerate(sizes)]:
                self._other(message)
            return
        self._allocation.heard = now
        if self._allocation.up.take(sum(sizes) - HEADER * count, now, count):
            slots.payload_sizes[:count] = array("L", [size - HEADER for size in sizes])
            slots.send(self._relayed.fileno(), lane.row, 0, count)

    def _is_plain(self, lane: Lane, sizes: list[int]) -> bool:
        """Whether the whole row is media for the peer of the lane."""
        slots, count = self._slots, len(sizes)
        if slots.numbers[:count].tobytes() != lane.pattern[: 2 * count]:
            return False
        if slots.firsts[:count].tobytes().translate(None, self._traffic.media):
            return False
        lengths = array("H", slots.lengths[:count].tobytes())
        if SWAPS:
            lengths.byteswap()
        return lengths.tolist() == [size - HEADER for size in sizes] and all(lengths)
