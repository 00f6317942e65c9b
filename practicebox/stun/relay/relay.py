"""The relay of the box: TURN (RFC 8656) put together.

Knows which module does what. Its clients come through the sockets of the STUN door (`serve`) and
through streams that other doors hand over (`connection`).
"""

from __future__ import annotations

import hmac
import os
import socket
from collections.abc import Callable, Iterable

from practicebox.stun.gate import Gate
from practicebox.stun.registry import MessageClass
from practicebox.stun.relay.acl import Acl, is_special
from practicebox.stun.relay.authority import Authority
from practicebox.stun.relay.credentials import Credentials
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.media import MEDIA
from practicebox.stun.relay.nonce import Nonces
from practicebox.stun.relay.numbers import CHANNEL_NUMBERS, Method
from practicebox.stun.relay.path import Client, FiveTuple, Ports
from practicebox.stun.relay.ports import DatagramPorts
from practicebox.stun.relay.slots import Slots
from practicebox.stun.relay.stream import Stream, StreamDoor
from practicebox.stun.relay.table import Table
from practicebox.stun.relay.traffic import Traffic
from practicebox.stun.relay.turn import Turn
from practicebox.stun.responder import answer as answer_binding
from practicebox.stun.syscalls import SystemCalls, system_calls

SEND = (Method.SEND | MessageClass.INDICATION).to_bytes(2, "big")
REQUESTS = frozenset(
    method.to_bytes(2, "big")
    for method in (
        Method.ALLOCATE,
        Method.REFRESH,
        Method.CREATE_PERMISSION,
        Method.CHANNEL_BIND,
    )
)
# Bytes of its bit rate that a STUN message costs a client: at most 750 a second, 5 % of a core.
EFFORT = 1000
SWEEP = 1.0  # seconds between two looks at what has ended


class Relay:
    """All allocations of the box and what may be done with them.

    `key`: 32 secret bytes of its own, for nonces. `addresses`: the hosts that relayed addresses are
    announced with, one IPv4 and at most one IPv6. `own`: which hosts are the box itself; no peer
    is there, nor at a special address. `clock`: steady, in seconds. Raise `ValueError` for two
    addresses of one family.
    """

    def __init__(
        self,
        authority: Authority,
        *,
        realm: str,
        key: bytes,
        clock: Callable[[], float],
        addresses: Iterable[str],
        own: Callable[[str], bool] | frozenset[str] = frozenset(),
        limits: Limits | None = None,
        is_forbidden: Callable[[str], bool] | None = None,
        media: bytes = MEDIA,
        random: Callable[[int], bytes] = os.urandom,
        calls: Callable[[], SystemCalls | None] = system_calls,
    ) -> None:
        self.limits, self._clock = limits or Limits(), clock
        self.hosts = hosts = _by_family(addresses)
        announced = frozenset(hosts.values())
        is_own = own.__contains__ if isinstance(own, frozenset) else own
        nonces = Nonces(_derived(key, b"nonce"), clock, self.limits.nonce)
        acl = Acl(
            authority,
            is_forbidden or (lambda host: is_special(host) or host in announced or is_own(host)),
        )
        self.table = Table(self.limits, _derived(key, b"churn")[:16])
        credentials = Credentials(authority, realm, nonces)
        self._turn = Turn(credentials, self.table, acl, hosts, self.limits, clock)
        self.traffic = Traffic(self.table, clock, random, media)
        self._door: StreamDoor | None = None
        system = calls()
        self._slots = {family: Slots(system, family) for family in hosts} if system else {}

    def is_request(self, message: bytes) -> bool:
        """Whether a message is a request of TURN."""
        return message[:2] in REQUESTS

    def answer(self, request: bytes, client: Client) -> bytes | None:
        """The answer to a request, or None for nonsense."""
        return self._turn.answer(request, client)

    def take(self, message: bytes, client: Client) -> bytes | None:
        """Do what a client with an allocation says; the answer, or None."""
        allocation = self.table.at(client.path)
        if allocation is None:
            return self._other(message, client)
        allocation.heard = self._clock()
        kind = message[:2]
        if int.from_bytes(kind, "big") in CHANNEL_NUMBERS:
            self.traffic.channel_data(allocation, message)
        elif not allocation.up.take(EFFORT, allocation.heard):
            return None
        elif kind == SEND:
            self.traffic.send_indication(allocation, message)
        else:
            return self._other(message, client)
        return None

    def _other(self, message: bytes, client: Client) -> bytes | None:
        if self.is_request(message):
            return self.answer(message, client)
        return answer_binding(message, client.path.client)

    def open(self, client: DatagramClient, family: socket.AddressFamily, even: bool) -> Ports:
        """The ports of a client that comes by UDP; raise `OSError` where they can't be had."""

        def other(message: bytes) -> bytes | None:
            return self.take(message, client)

        return DatagramPorts(client.path, family, even, self.slots(family), self.traffic, other)

    def slots(self, family: socket.AddressFamily) -> Slots:
        """The memory for one family; raise `OSError` where the machine has no batch calls."""
        try:
            return self._slots[family]
        except KeyError:
            raise OSError("the relay needs recvmmsg and sendmmsg") from None

    def attach(self, gate: Gate) -> StreamDoor:
        """Let streams in, as many as `gate` admits; for `serve`."""
        self._door = StreamDoor(gate, self)
        return self._door

    def connection(self) -> Stream:
        """The protocol of one TCP or TLS connection.

        A door that has read from it already calls `transport.set_protocol`, `connection_made` and
        then `feed`. Raise `RuntimeError` before the relay is served.
        """
        if self._door is None:
            raise RuntimeError("the relay is not served yet")
        return self._door.connection()

    def end(self, path: FiveTuple) -> None:
        """End the allocation of a client that has gone."""
        allocation = self.table.at(path)
        if allocation is not None:
            self.table.remove(allocation)

    def expire(self) -> None:
        """End what has ended; to be called every `SWEEP` seconds."""
        self._turn.expire()

    def close(self) -> None:
        """End every allocation."""
        for allocation in self.table:
            self.table.remove(allocation)


class DatagramClient:
    """A client that came to the door's own UDP socket."""

    def __init__(self, relay: Relay, path: FiveTuple) -> None:
        self._relay, self.path = relay, path

    def open(self, family: socket.AddressFamily, even: bool) -> Ports:
        """Open a relayed port and a socket for this client alone."""
        return self._relay.open(self, family, even)


def _by_family(addresses: Iterable[str]) -> dict[socket.AddressFamily, str]:
    hosts: dict[socket.AddressFamily, str] = {}
    for host in addresses:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        if family in hosts:
            raise ValueError("two relayed addresses of one family")
        hosts[family] = host
    return hosts


def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, so that no value made with one means anything for another."""
    return hmac.digest(key, b"practicebox relay " + purpose, "sha256")
