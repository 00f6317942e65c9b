"""Where addresses and answers stand in memory, for IPv4 and for IPv6.

Knows the socket addresses of Linux and the bytes of a Binding success answer. `batch.py` has the
memory itself.

A slot has two records of 32 bytes: the sender's socket address as the kernel writes it, and the
head of the answer, into which the kernel writes the transaction ID as it comes from the network.
They are laid so that the IPv6 address stands at the offset of cookie and transaction ID; then one
exclusive or over both records makes the XOR-MAPPED-ADDRESS (RFC 8489 section 14.2):

    offset           0       2     4        8            12                  24         28
    IPv4 sender      family  port  address  zeros
    IPv6 sender      family  port  flow     address.........................  scope
    answer's head                  start    cookie       transaction ID.....  attribute
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from practicebox.stun.attributes import FAMILIES
from practicebox.stun.message import HEADER, MAGIC_COOKIE
from practicebox.stun.registry import BINDING, Attribute, MessageClass

RECORD = 32  # bytes
HEAD = slice(4, 28)  # of the answer's record: all but the address
TRANSACTION_ID = slice(12, 24)
PORT = slice(2, 4)  # of the sender's record
IP_PKTINFO = 8  # <linux/in.h>; the socket module does not have it


@dataclass(frozen=True)
class Layout:
    """One address family."""

    name_size: int  # bytes of a socket address
    source: str  # `struct` layout of a sender's record that leaves what `bucket.source_of` takes
    host: slice  # where in that record the address stands
    packet_info: tuple[int, int]  # the socket option that reports which address was asked
    control_size: int  # bytes of that report
    interface: int  # where in it the number of the network interface stands
    asked: slice  # where in it the address stands that was asked
    head: bytes  # the answer's record, with zeros for the transaction ID
    mask: bytes  # what the exclusive or of both records still needs
    value: tuple[slice, ...]  # where the attribute's value then stands


def layout(family: socket.AddressFamily) -> Layout:
    """The layout of a socket's family."""
    return _v6() if family == socket.AF_INET6 else _v4()


def _v4() -> Layout:
    head = _head(8)
    wanted = struct.pack("!HHI24x", FAMILIES[4], MAGIC_COOKIE >> 16, MAGIC_COOKIE)
    start = bytes(4) + head[4:8] + bytes(24)  # stands where the sender has the address
    return Layout(
        name_size=16,
        source="4x4s24x",
        host=slice(4, 8),
        packet_info=(socket.IPPROTO_IP, IP_PKTINFO),
        control_size=socket.CMSG_SPACE(12),
        interface=socket.CMSG_LEN(0),
        asked=slice(socket.CMSG_LEN(4), socket.CMSG_LEN(8)),
        head=head,
        mask=_xor(_xor(wanted, start), struct.pack("=H30x", socket.AF_INET)),
        value=(slice(0, 8),),
    )


def _v6() -> Layout:
    wanted = struct.pack("!HH28x", FAMILIES[16], MAGIC_COOKIE >> 16)
    return Layout(
        name_size=28,
        source="8x8s16x",
        host=slice(8, 24),
        packet_info=(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO),
        control_size=socket.CMSG_SPACE(20),
        interface=socket.CMSG_LEN(16),
        asked=slice(socket.CMSG_LEN(0), socket.CMSG_LEN(16)),
        head=_head(20),
        mask=_xor(wanted, struct.pack("=H30x", socket.AF_INET6)),
        value=(slice(0, 4), slice(8, 24)),
    )


def _head(value_size: int) -> bytes:
    kind = BINDING | MessageClass.SUCCESS_RESPONSE
    header = HEADER.pack(kind, 4 + value_size, MAGIC_COOKIE, bytes(12))
    attribute = struct.pack("!HH", Attribute.XOR_MAPPED_ADDRESS, value_size)
    return bytes(4) + header + attribute + bytes(4)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
