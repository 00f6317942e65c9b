"""Where a client is: the 5-tuple of RFC 8656 section 2, and how to get back there."""

from __future__ import annotations

import enum
import socket
from typing import TYPE_CHECKING, NamedTuple, Protocol

from practicebox.stun.attributes import Address

if TYPE_CHECKING:
    from practicebox.stun.relay.allocation import Allocation


class Transport(enum.Enum):
    """How a client talks to the relay."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class FiveTuple(NamedTuple):
    """Transport and both ends."""

    transport: Transport
    client: Address
    server: Address


class Ports(Protocol):
    """The sockets of one allocation."""

    @property
    def port(self) -> int:
        """The relayed port."""

    def start(self, allocation: Allocation) -> None:
        """Read from now on, for `allocation`."""

    def to_peer(self, payload: bytes, peer: Address) -> None:
        """Send one datagram; what can't be sent is lost."""

    def to_client(self, message: bytes) -> None:
        """Send one STUN or ChannelData message, without stream padding; it may be lost, too."""

    def close(self) -> None:
        """Close what belongs to the allocation only; may be called twice."""


class Client(Protocol):
    """Somebody who asks for an allocation."""

    @property
    def path(self) -> FiveTuple:
        """Where it is."""

    def open(self, family: socket.AddressFamily, even: bool) -> Ports:
        """Open a relayed port of `family`; raise `OSError` where none, or no even one, is left."""
