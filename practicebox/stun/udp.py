"""UDP sockets of the STUN door, drained a few datagrams at a time.

Knows how to read, decide and send within one turn of the event loop. A turn handles at most
`SIZE` datagrams, so that a flood can't keep the loop from its other work (bounded drain); the
loop calls again while more is waiting.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby

from practicebox.stun.batch import LONGEST, PLAIN_START, SIZE, Batch
from practicebox.stun.gate import Gate
from practicebox.stun.message import HEADER
from practicebox.stun.relay.path import FiveTuple, Transport
from practicebox.stun.relay.relay import DatagramClient, Relay
from practicebox.stun.syscalls import SystemCalls


def reader(
    sock: socket.socket, gate: Gate, calls: SystemCalls | None, relay: Relay | None = None
) -> Callable[[], None]:
    """What the event loop calls when `sock`, which never blocks, has datagrams waiting.

    The relay needs the batch calls; without them it gets nothing.
    """
    if calls is None:
        return Singles(sock, gate).turn
    return Batches(Batch(sock, calls), gate, relay).turn


class Batches:
    """Reads and answers with two system calls a turn."""

    def __init__(self, batch: Batch, gate: Gate, relay: Relay | None = None) -> None:
        self._batch, self._gate, self._relay = batch, gate, relay

    def turn(self) -> None:
        """Answer what is waiting, up to `SIZE` datagrams."""
        batch, gate = self._batch, self._gate
        received = batch.receive()
        if not received:
            return
        taken = gate.bucket.take_each(batch.sources(received), gate.clock())
        plain = []
        for slot, has_token, start, size in zip(
            range(received), taken, batch.starts, batch.sizes, strict=False
        ):
            if not has_token:
                gate.limited += 1
            elif start == PLAIN_START and size == HEADER.size:  # what browsers send
                plain.append(slot)
            else:
                self._judge(slot)
        if plain:
            batch.map_addresses(received)
            self._send_plain(plain)

    def _send_plain(self, slots: list[int]) -> None:
        for first, count in _rows(slots):
            self._batch.send_plain(first, count)
        self._gate.answered += len(slots)

    def _judge(self, slot: int) -> None:
        if self._batch.sizes[slot] > LONGEST:
            self._gate.silent += 1
            return
        datagram, source = self._batch.datagram(slot), self._batch.address(slot)
        relay = self._relay
        if relay is not None and relay.is_request(datagram):
            path = FiveTuple(Transport.UDP, source, self._batch.asked(slot))
            reply = relay.answer(datagram, DatagramClient(relay, path))
        else:
            reply = self._gate.judge(datagram, source)
        if reply is not None:
            self._batch.send_other(slot, reply)


class Singles:
    """Reads and answers datagram by datagram, where there are no batch calls.

    On a machine with several addresses the routing table chooses which one answers; the box itself
    has Linux and `Batches`.
    """

    def __init__(self, sock: socket.socket, gate: Gate) -> None:
        self._socket, self._gate = sock, gate
        self._buffer = bytearray(LONGEST + 1)
        self._view = memoryview(self._buffer)

    def turn(self) -> None:
        """Answer what is waiting, up to `SIZE` datagrams."""
        for _ in range(SIZE):
            try:
                size, source = self._socket.recvfrom_into(self._buffer)
            except OSError:  # nothing more is waiting, or an ICMP error was
                return
            self._answer(size, source)

    def _answer(self, size: int, source: tuple[str, int] | tuple[str, int, int, int]) -> None:
        if size > LONGEST:
            self._gate.silent += 1
            return
        reply = self._gate.reply(self._view[:size], (source[0], source[1]))
        if reply is not None:
            with suppress(OSError):  # a full queue, no route: lost, as datagrams are
                self._socket.sendto(reply, source)


def _rows(slots: list[int]) -> Iterator[tuple[int, int]]:
    """First and count of each row of neighbours in an ascending list that is not empty."""
    if slots[-1] - slots[0] < len(slots):  # nearly always: one row
        yield slots[0], len(slots)
        return
    for _, row in groupby(enumerate(slots), key=lambda pair: pair[1] - pair[0]):
        members = [slot for _, slot in row]
        yield members[0], len(members)
