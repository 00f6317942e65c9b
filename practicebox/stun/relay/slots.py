"""Memory for the datagrams of one turn, shared by all allocations.

A turn reads up to `SIZE` datagrams from one socket and sends them on before anything else happens,
so one set of slots is enough however many calls there are. A slot has room for the 4 bytes of a
ChannelData header and then the payload, wherever it comes from: a message from a client is read
to the start of the slot, a datagram from a peer behind the header. Nothing is ever moved; going
out, it is the slot with or without its first 4 bytes.

Columns are views of one field in all slots, so that a whole row is compared or written at once.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from typing import Literal

from practicebox.stun.attributes import Address, pack_host
from practicebox.stun.framing import START
from practicebox.stun.syscalls import Header, SystemCalls, Vector, address_of

SIZE = 16  # datagrams, as in `batch.py`
STRIDE = 2048  # bytes of a slot
LONGEST = 1500  # bytes; a longer datagram did not come through an Ethernet
RECORD = 32  # bytes of a socket address, with zeros behind
NAME_SIZE = {socket.AF_INET: 16, socket.AF_INET6: 28}  # bytes that the kernel reads and writes


class Row:
    """The headers of all slots for one system call, and what they point to."""

    def __init__(
        self, vectors: ctypes.Array[Vector], names: memoryview, step: int = 0, size: int = 0
    ) -> None:
        """`names`: where socket addresses of `size` bytes stand, one for all without `step`."""
        self._headers = (Header * SIZE)()
        self._kept = vectors, names  # only their addresses are in the headers
        self.place = ctypes.addressof(self._headers)
        self.received = _column(self._headers, Header.received.offset, Header, "I")
        for slot, header in enumerate(self._headers):
            message = header.message
            message.vector, message.vectors = ctypes.pointer(vectors[slot]), 1
            if size:
                message.name, message.name_size = address_of(names) + slot * step, size


class Slots:
    """The slots of one address family of relayed sockets."""

    def __init__(self, calls: SystemCalls, family: socket.AddressFamily) -> None:
        self.calls, self._family = calls, family
        self.memory = memoryview(bytearray(STRIDE * SIZE))
        self.names = memoryview(bytearray(RECORD * SIZE))  # of peers
        # The first slot for datagrams that come alone: as a message, and as a payload.
        self.first_message = self.memory[: LONGEST + 1]
        self.first_body = self.memory[START.size : START.size + LONGEST + 1]
        words = self.memory.cast("H")
        self.numbers = words[0 :: STRIDE // 2]  # channel numbers, as on the wire
        self.lengths = words[1 :: STRIDE // 2]  # lengths of payloads, as on the wire
        self.firsts = self.memory[START.size :: STRIDE]  # first bytes of payloads
        messages, payloads = self._vectors(0), self._vectors(START.size)
        self._payloads = payloads
        self.message_sizes, self.payload_sizes = _sizes(messages), _sizes(payloads)
        nobody = memoryview(b"")
        self.from_client = Row(self._vectors(0), nobody)
        self.to_client = Row(messages, nobody)
        self._name_size = NAME_SIZE[family]
        self.from_peers = Row(self._vectors(START.size), self.names, RECORD, self._name_size)

    def to_peer(self, record: bytes) -> Row:
        """Headers that send payloads to one peer."""
        return Row(self._payloads, memoryview(bytearray(record)), size=self._name_size)

    def receive(self, descriptor: int, row: Row) -> int:
        """How many datagrams now stand in the first slots."""
        return self.calls.receive(descriptor, row.place, SIZE)

    def send(self, descriptor: int, row: Row, first: int, count: int) -> None:
        """Send `count` slots from `first`, with the sizes that stand in the columns."""
        self.calls.send(descriptor, row.place + first * ctypes.sizeof(Header), count)

    def message(self, slot: int, size: int) -> bytes:
        """The first `size` bytes of a slot."""
        return bytes(self.memory[slot * STRIDE : slot * STRIDE + size])

    def payload(self, slot: int, size: int) -> bytes:
        """The first `size` bytes of payload in a slot."""
        return self.message(slot, START.size + size)[START.size :]

    def peer(self, slot: int) -> Address:
        """Who sent the datagram in a slot."""
        return address_in(self.names[slot * RECORD : (slot + 1) * RECORD], self._family)

    def _vectors(self, offset: int) -> ctypes.Array[Vector]:
        vectors = (Vector * SIZE)()
        for slot, vector in enumerate(vectors):
            vector.base = address_of(self.memory) + slot * STRIDE + offset
            vector.size = LONGEST + 1
        return vectors


def record_of(peer: Address, family: socket.AddressFamily) -> bytes:
    """The socket address of a peer in the bytes of the kernel; 32 with zeros behind."""
    host, port = peer
    packed = pack_host(host)
    if family == socket.AF_INET:
        return struct.pack("=H", family) + struct.pack("!H4s24x", port, packed)
    return struct.pack("=H", family) + struct.pack("!H4x16s8x", port, packed)


def address_in(record: memoryview, family: socket.AddressFamily) -> Address:
    """The peer in a socket address."""
    packed = record[4:8] if family == socket.AF_INET else record[8:24]
    return socket.inet_ntop(family, packed), int.from_bytes(record[2:4], "big")


def _sizes(vectors: ctypes.Array[Vector]) -> memoryview:
    return _column(vectors, Vector.size.offset, Vector, "L")


def _column(
    records: ctypes.Array[Header] | ctypes.Array[Vector],
    offset: int,
    kind: type[ctypes.Structure],
    code: Literal["I", "L"],
) -> memoryview:
    """One number of every record."""
    column: memoryview = memoryview(records).cast("B").cast(code)
    return column[offset // column.itemsize :: ctypes.sizeof(kind) // column.itemsize]
