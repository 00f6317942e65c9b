"""mDNS messages as bytes: as much of them as a contest for a name needs (RFC 1035, RFC 6762).

Bytes in, dataclasses out, and back. Names stay in their wire form, lower case and uncompressed,
so that they compare as DNS compares them. What arrives comes from anybody on the practice LAN:
`decode` raises nothing but `BrokenPacket`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

A, TXT, AAAA, SRV, ANY = 1, 16, 28, 33, 255  # RFC 1035 section 3.2, RFC 3596, RFC 2782
IN = 0x0001  # RFC 1035 section 3.2.4
CACHE_FLUSH = 0x8000  # "no other records of this name and type" (RFC 6762 section 10.2)
RESPONSE = 0x8000  # the QR bit (RFC 6762 section 18.2)
AUTHORITATIVE = 0x0400  # the AA bit (RFC 6762 section 18.4)
TTL = 120  # seconds, for records that hold a host name or an address (RFC 6762 section 10)
MAX_LABEL = 63  # bytes (RFC 1035 section 2.3.4)
MAX_NAME = 255  # bytes (RFC 1035 section 2.3.4)
POINTER = 0xC0  # the two top bits of a compression pointer (RFC 1035 section 4.1.4)

HEADER = struct.Struct("!6H")  # ID, flags, questions, answers, authorities, additionals
QUESTION = struct.Struct("!2H")  # type, class
RECORD = struct.Struct("!2HIH")  # type, class, TTL, bytes of data
SERVICE = struct.Struct("!3H")  # priority, weight, port (RFC 2782)


class BrokenPacket(ValueError):
    """The datagram is no DNS message."""


@dataclass(frozen=True)
class Record:
    """One resource record, its data as on the wire but without name compression."""

    name: bytes
    kind: int
    data: bytes
    ttl: int = TTL


@dataclass(frozen=True)
class Packet:
    """Whether a message answers, what it asks, and the records of all its sections."""

    is_response: bool
    asked: frozenset[bytes]  # names of the questions
    records: tuple[Record, ...]


def encode_name(name: str) -> bytes:
    """`name` in wire form, lower case: a length byte before each label, a zero at the end."""
    labels = [label.encode() for label in name.lower().split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def service_data(port: int, host: bytes) -> bytes:
    """The data of an SRV record of priority and weight 0 (RFC 2782)."""
    return SERVICE.pack(0, 0, port) + host


def encode_probe(names: tuple[bytes, ...], records: tuple[Record, ...]) -> bytes:
    """The question whether `names` are free, with what we would say (RFC 6762 section 8.1).

    It asks for answers by multicast: a unicast answer to port 5353 may reach another process of
    this machine (section 15.1).
    """
    questions = b"".join(name + QUESTION.pack(ANY, IN) for name in names)
    return HEADER.pack(0, 0, len(names), 0, len(records), 0) + questions + _encode(records, IN)


def encode_answer(records: tuple[Record, ...]) -> bytes:
    """The announcement that nobody else has these records."""
    header = HEADER.pack(0, RESPONSE | AUTHORITATIVE, 0, len(records), 0, 0)
    return header + _encode(records, IN | CACHE_FLUSH)


def decode(datagram: bytes) -> Packet:
    """Read a message; raise `BrokenPacket` where it ends too early or a name makes no sense."""
    try:
        return _decode(datagram)
    except (struct.error, IndexError) as error:
        raise BrokenPacket("ends too early") from error


def _decode(datagram: bytes) -> Packet:
    _, flags, questions, *sections = HEADER.unpack_from(datagram)
    position = HEADER.size
    asked = set()
    for _ in range(questions):
        name, position = _name(datagram, position)
        QUESTION.unpack_from(datagram, position)
        position += QUESTION.size
        asked.add(name)
    records = []
    for _ in range(sum(sections)):
        record, position = _record(datagram, position)
        records.append(record)
    return Packet(bool(flags & RESPONSE), frozenset(asked), tuple(records))


def _record(datagram: bytes, position: int) -> tuple[Record, int]:
    name, position = _name(datagram, position)
    kind, _, ttl, length = RECORD.unpack_from(datagram, position)
    start = position + RECORD.size
    end = start + length
    data = datagram[start:end]
    if len(data) != length:
        raise BrokenPacket("a record ends too early")
    if kind == SRV:  # the target may be compressed
        target, _ = _name(datagram, start + SERVICE.size)
        data = data[: SERVICE.size] + target
    return Record(name, kind, data, ttl), end


def _name(datagram: bytes, position: int) -> tuple[bytes, int]:
    """The name at `position`, and where the message goes on."""
    wire = b""
    after = None  # the first pointer's end
    while length := datagram[position]:
        if length >= POINTER:
            target = (length & ~POINTER) << 8 | datagram[position + 1]
            after = after or position + 2
            if target >= position:
                raise BrokenPacket("a pointer does not point backwards")
            position = target
            continue
        if length > MAX_LABEL:
            raise BrokenPacket("a label is too long")
        wire += datagram[position : position + 1 + length]
        position += 1 + length
        if len(wire) >= MAX_NAME:  # also ends a loop of pointers
            raise BrokenPacket("a name is too long")
    return wire.lower() + b"\0", after or position + 1


def _encode(records: Iterable[Record], record_class: int) -> bytes:
    return b"".join(
        record.name
        + RECORD.pack(record.kind, record_class, record.ttl, len(record.data))
        + record.data
        for record in records
    )
