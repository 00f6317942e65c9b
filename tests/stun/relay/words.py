"""What is said to the relay in tests, and where it stands."""

from __future__ import annotations

import socket

from practicebox.stun.attributes import Address, decode_error_code, encode_xor_address
from practicebox.stun.message import Message
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.relay.numbers import UDP, TurnAttribute

REALM = "practicebox"
BOX = "192.168.1.2"
BOX_V6 = "fd00::2"
DOCTOR: Address = ("192.168.1.20", 50000)
DOCTOR_V6: Address = ("fd00::20", 50000)
MEDIA = b"\x80" + bytes(99)  # RTP
UDP_WISH = (TurnAttribute.REQUESTED_TRANSPORT, bytes((UDP, 0, 0, 0)))
V6_WISH = (TurnAttribute.REQUESTED_ADDRESS_FAMILY, bytes((2, 0, 0, 0)))
V4_WISH = (TurnAttribute.REQUESTED_ADDRESS_FAMILY, bytes((1, 0, 0, 0)))

Attributes = tuple[tuple[int, bytes], ...]


def message(
    method: int,
    attributes: Attributes,
    kind: MessageClass = MessageClass.REQUEST,
    identifier: bytes = b"",
) -> bytes:
    return Message(kind, identifier or b"identifier..", attributes, method).encode()


def peer_attribute(peer: Address, identifier: bytes) -> tuple[int, bytes]:
    """XOR-PEER-ADDRESS in the family of the text, also where that is a mapped address."""
    host, port = peer
    if ":" not in host or "." not in host:
        return TurnAttribute.XOR_PEER_ADDRESS, encode_xor_address(peer, identifier)
    return raw_peer(socket.inet_pton(socket.AF_INET6, host), port, identifier)


def raw_peer(packed: bytes, port: int, identifier: bytes) -> tuple[int, bytes]:
    """XOR-PEER-ADDRESS of 4 or 16 bytes as they are."""
    pad = (b"\x21\x12\xa4\x42" + identifier)[: len(packed)]
    mixed = bytes(a ^ b for a, b in zip(packed, pad, strict=True))
    head = bytes((0, 1 if len(packed) == 4 else 2)) + (port ^ 0x2112).to_bytes(2, "big")
    return TurnAttribute.XOR_PEER_ADDRESS, head + mixed


def code(answer: Message) -> int:
    """The error code of an answer; 0 for a success."""
    value = answer.value(Attribute.ERROR_CODE)
    return decode_error_code(value)[0] if value is not None else 0


def channel_data(number: int, payload: bytes) -> bytes:
    return number.to_bytes(2, "big") + len(payload).to_bytes(2, "big") + payload
