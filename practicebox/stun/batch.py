"""Up to sixteen datagrams at a time: received together, answered together, sent together.

Knows how to answer plain Binding requests (20 bytes, what browsers send) without touching them one
by one; `layout.py` says how. Whether to answer is decided in `udp.py`.

The control data of a request (IP_PKTINFO) goes out again with its answer, which therefore leaves
from the address that was asked, also where the box has several. Only the interface is cleared: the
way back is for the routing table to decide.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Sequence

from practicebox.stun.attributes import Address
from practicebox.stun.layout import HEAD, PORT, RECORD, TRANSACTION_ID, layout
from practicebox.stun.message import HEADER, MAGIC_COOKIE
from practicebox.stun.registry import BINDING
from practicebox.stun.syscalls import Header, SystemCalls, Vector, address_of

SIZE = 16  # datagrams; more would keep the event loop from its other work for too long
START = 8  # bytes that tell a plain request from all others
TAIL = 1480  # bytes behind the header; more than a STUN message has in an Ethernet frame
LONGEST = HEADER.size + TAIL - 1  # bytes; a datagram that fills its slot may have been cut off
CONTROL = 64  # bytes; the report for IPv6 has 40
NATIVE = sys.byteorder
PLAIN_START = int.from_bytes(struct.pack("!HHI", BINDING, 0, MAGIC_COOKIE), NATIVE)

REQUEST, PLAIN, OTHER = 0, SIZE, 2 * SIZE  # where the headers of each kind begin


class Batch:
    """The slots of one UDP socket, which must outlive them.

    The kernel writes back how many bytes of names and control data it has used. They are the same
    for every datagram of a family, so no header is ever reset.
    """

    def __init__(self, sock: socket.socket, calls: SystemCalls) -> None:
        self._layout = layout(sock.family)
        sock.setsockopt(*self._layout.packet_info, 1)
        self._descriptor, self._family, self._calls = sock.fileno(), sock.family, calls
        self._port: int = sock.getsockname()[1]
        self._starts, self._tails = _buffer(START), _buffer(TAIL)
        self._names, self._controls = _buffer(RECORD), _buffer(CONTROL)
        self._heads, self._mapped = _buffer(RECORD), _buffer(RECORD)
        self._heads[:] = self._layout.head * SIZE
        counts = range(SIZE + 1)
        self._masks = [int.from_bytes(self._layout.mask * count, NATIVE) for count in counts]
        self._sources = [struct.Struct(self._layout.source * count) for count in counts]
        self._headers = (Header * (3 * SIZE))()
        for slot in range(SIZE):
            self._point(slot)
        self.starts = self._starts.cast("Q")  # the first 8 bytes of each datagram
        self.sizes = _column(self._headers, Header.received.offset, ctypes.sizeof(Header))[:SIZE]
        self._interfaces = _column(self._controls, self._layout.interface, CONTROL)
        self._any = memoryview(bytes(4 * SIZE)).cast("I")

    def receive(self) -> int:
        """How many datagrams now stand in the first slots."""
        place = ctypes.addressof(self._headers)
        received = self._calls.receive(self._descriptor, place, SIZE)
        self._interfaces[:received] = self._any[:received]
        return received

    def sources(self, count: int) -> Sequence[bytes]:
        """Who is behind the first `count` slots, in the bytes of `bucket.source_of`."""
        return self._sources[count].unpack_from(self._names)

    def datagram(self, slot: int) -> bytes:
        """The datagram in a slot."""
        start, head, tail = slot * START, slot * RECORD, slot * TAIL
        parts = (
            self._starts[start : start + START],
            self._heads[head : head + RECORD][TRANSACTION_ID],
            self._tails[tail : tail + TAIL],
        )
        return b"".join(parts)[: self.sizes[slot]]

    def address(self, slot: int) -> Address:
        """Who sent the datagram in a slot."""
        name = self._names[slot * RECORD : (slot + 1) * RECORD]
        host = socket.inet_ntop(self._family, name[self._layout.host])
        return host, int.from_bytes(name[PORT], "big")

    def asked(self, slot: int) -> Address:
        """Which address of the box the datagram in a slot was sent to."""
        start = slot * CONTROL
        packed = self._controls[start : start + CONTROL][self._layout.asked]
        return socket.inet_ntop(self._family, packed), self._port

    def map_addresses(self, count: int) -> None:
        """Make the plain answers of the first `count` slots; must come before `send_plain`."""
        size = count * RECORD
        names = int.from_bytes(self._names[:size], NATIVE)
        heads = int.from_bytes(self._heads[:size], NATIVE)
        self._mapped[:size] = (names ^ heads ^ self._masks[count]).to_bytes(size, NATIVE)

    def send_plain(self, first: int, count: int) -> None:
        """Send the success answers of `count` slots from `first`."""
        self._send(PLAIN + first, count)

    def send_other(self, slot: int, answer: bytes) -> None:
        """Send an answer that is not the plain one."""
        self._tails[slot * TAIL : slot * TAIL + len(answer)] = answer
        self._headers[OTHER + slot].message.vector[0].size = len(answer)
        self._send(OTHER + slot, 1)

    def _send(self, index: int, count: int) -> None:
        place = ctypes.addressof(self._headers) + index * ctypes.sizeof(Header)
        self._calls.send(self._descriptor, place, count)

    def _point(self, slot: int) -> None:
        """Tell the kernel where the parts of a slot are."""
        start = _vector(self._starts, slot * START, slice(0, START))
        tail = _vector(self._tails, slot * TAIL, slice(0, TAIL))
        record = slot * RECORD
        value = [_vector(self._mapped, record, part) for part in self._layout.value]
        self._fill(REQUEST + slot, start, _vector(self._heads, record, TRANSACTION_ID), tail)
        self._fill(PLAIN + slot, _vector(self._heads, record, HEAD), *value)
        self._fill(OTHER + slot, tail)

    def _fill(self, index: int, *vectors: Vector) -> None:
        message, slot = self._headers[index].message, index % SIZE
        message.vector, message.vectors = (Vector * len(vectors))(*vectors), len(vectors)
        message.name = address_of(self._names) + slot * RECORD
        message.name_size = self._layout.name_size
        message.control = address_of(self._controls) + slot * CONTROL
        message.control_size = self._layout.control_size


def _buffer(size: int) -> memoryview:
    """Memory for `size` bytes in every slot; a view of it can't move or grow."""
    return memoryview(bytearray(size * SIZE))


def _vector(buffer: memoryview, record: int, part: slice) -> Vector:
    return Vector(address_of(buffer) + record + part.start, part.stop - part.start)


def _column(records: memoryview | ctypes.Array[Header], offset: int, step: int) -> memoryview:
    """The 32-bit number at `offset` of every record of `step` bytes."""
    words = memoryview(records).cast("B").cast("I")
    return words[offset // words.itemsize :: step // words.itemsize]
