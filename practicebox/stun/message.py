"""STUN messages: bytes to dataclasses and back, for every method and class of RFC 8489.

This module knows the shape of a message and its FINGERPRINT. What an attribute's value means is
in `attributes.py`, who may have written the message in `integrity.py`, what to say back in
`responder.py`. It opens no socket and reads no clock.

A message is a 20-byte header and then attributes, each a 2-byte type, a 2-byte length and a value
padded to a multiple of 4 bytes (section 5). All integers are in network byte order.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from practicebox.stun.registry import BINDING, Attribute, MessageClass

MAGIC_COOKIE = 0x2112A442  # section 5
HEADER = struct.Struct("!HHI12s")  # type, bytes after the header, cookie, transaction ID
ATTRIBUTE_HEADER = struct.Struct("!HH")  # type, length of the value before padding
TOP_BITS = 0xC000  # always 0: they tell STUN from ChannelData and RTP (RFC 7983)
CLASS_MASK = 0x0110
MOST_ATTRIBUTES = 32  # a TURN message has a dozen; 370 empty ones would cost us half a millisecond

FINGERPRINT_MASK = 0x5354554E  # "STUN", so that a CRC of another protocol differs (section 14.7)
FINGERPRINT_SIZE = 8  # with its header

# What still counts behind an integrity attribute (sections 14.5 and 14.6).
FOLLOWERS: dict[int, frozenset[int]] = {
    Attribute.MESSAGE_INTEGRITY: frozenset(
        {Attribute.MESSAGE_INTEGRITY_SHA256, Attribute.FINGERPRINT}
    ),
    Attribute.MESSAGE_INTEGRITY_SHA256: frozenset({Attribute.FINGERPRINT}),
}


class NotStun(ValueError):
    """The bytes break a rule of RFC 8489 and must be dropped without an answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """A STUN message; `attributes` are pairs of type and value in wire order."""

    message_class: MessageClass
    transaction_id: bytes  # 12 bytes
    attributes: tuple[tuple[int, bytes], ...] = ()
    method: int = BINDING  # 12 bits

    def encode(self) -> bytes:
        """The message as it goes into a datagram."""
        body = b"".join(encode_attribute(kind, value) for kind, value in self.attributes)
        kind = _spread(self.method) | self.message_class
        return HEADER.pack(kind, len(body), MAGIC_COOKIE, self.transaction_id) + body

    def value(self, kind: int) -> bytes | None:
        """The value of the first attribute of type `kind`; later ones don't count (section 14)."""
        return next((value for found, value in self.attributes if found == kind), None)


def decode(datagram: bytes | memoryview) -> Message:
    """Read one datagram; raise `NotStun` for anything that section 6.3 says to drop.

    A FINGERPRINT, where there is one, is last and right. What stands behind an integrity
    attribute without being covered by it is left out of the message.
    """
    data = bytes(datagram)
    kind, transaction_id = _header(data)
    attributes = tuple(_covered(data))
    return Message(MessageClass(kind & CLASS_MASK), transaction_id, attributes, _gather(kind))


def walk(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The position, type and value of every attribute; raise `NotStun` at an overrun."""
    position = HEADER.size
    for _ in range(MOST_ATTRIBUTES):
        if position >= len(data):
            return
        start = position + ATTRIBUTE_HEADER.size
        if start > len(data):
            raise NotStun("half an attribute")
        kind, length = ATTRIBUTE_HEADER.unpack_from(data, position)
        if length > len(data) - start:
            raise NotStun("an attribute runs past the end")
        yield position, kind, data[start : start + length]
        position = start + length + -length % 4  # padding may be anything (section 14)
    if position < len(data):
        raise NotStun("more attributes than any message has")


def encode_attribute(kind: int, value: bytes) -> bytes:
    """One attribute with its header, padded with zeros."""
    return ATTRIBUTE_HEADER.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def with_length(encoded: bytes, length: int) -> bytes:
    """The same message saying that `length` bytes follow its header."""
    return encoded[:2] + length.to_bytes(2, "big") + encoded[4:]


def with_fingerprint(encoded: bytes) -> bytes:
    """The message with a FINGERPRINT, which must be the last thing added (section 14.7)."""
    counted = with_length(encoded, len(encoded) - HEADER.size + FINGERPRINT_SIZE)
    return counted + encode_attribute(Attribute.FINGERPRINT, _fingerprint(counted))


def _header(data: bytes) -> tuple[int, bytes]:
    if len(data) < HEADER.size:
        raise NotStun("shorter than a header")
    kind, length, cookie, transaction_id = HEADER.unpack_from(data)
    if kind & TOP_BITS:
        raise NotStun("the two top bits are set")
    if cookie != MAGIC_COOKIE:
        raise NotStun("wrong magic cookie")
    if length % 4 or length != len(data) - HEADER.size:
        raise NotStun("length does not match the datagram")
    return kind, transaction_id


def _covered(data: bytes) -> Iterator[tuple[int, bytes]]:
    followers: frozenset[int] | None = None
    for position, kind, value in walk(data):
        if kind == Attribute.FINGERPRINT:
            _check_fingerprint(data, position, value)
        if followers is None or kind in followers:
            followers = FOLLOWERS.get(kind, followers)
            yield kind, value


def _check_fingerprint(data: bytes, position: int, value: bytes) -> None:
    if position != len(data) - FINGERPRINT_SIZE:
        raise NotStun("the fingerprint is not the last attribute")
    if value != _fingerprint(data[:position]):
        raise NotStun("wrong fingerprint")


def _fingerprint(covered: bytes) -> bytes:
    return (zlib.crc32(covered) ^ FINGERPRINT_MASK).to_bytes(4, "big")


def _spread(method: int) -> int:
    """The 12 bits of the method at their places around the class bits (section 5, figure 3)."""
    return method & 0x00F | (method & 0x070) << 1 | (method & 0xF80) << 2


def _gather(kind: int) -> int:
    return kind & 0x00F | (kind & 0x0E0) >> 1 | (kind & 0x3E00) >> 2
