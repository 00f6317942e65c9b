"""The control path: what each request of RFC 8656 does, and what it is answered.

Pure: bytes and a `Client` in, bytes out; sockets are opened through the client.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from practicebox.stun.attributes import (
    encode_error_code,
    encode_unknown_attributes,
    encode_xor_address,
)
from practicebox.stun.integrity import with_integrity
from practicebox.stun.message import Message, NotStun, decode
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.relay import wishes
from practicebox.stun.relay.acl import Acl, is_peer_port
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.credentials import Asker, Credentials
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Failure, Method, TurnAttribute
from practicebox.stun.relay.path import Client
from practicebox.stun.relay.refusal import Refused
from practicebox.stun.relay.table import Table

Attributes = tuple[tuple[int, bytes], ...]
CHALLENGES = frozenset({Failure.UNAUTHENTICATED, Failure.STALE_NONCE})


@dataclass(frozen=True)
class Turn:
    """Answers requests. `hosts`: what relayed addresses are announced as, by family."""

    credentials: Credentials
    table: Table
    acl: Acl
    hosts: dict[socket.AddressFamily, str]
    limits: Limits
    clock: Callable[[], float]

    def answer(self, datagram: bytes, client: Client) -> bytes | None:
        """What to send back, or None for what is no request of this protocol."""
        try:
            request = decode(datagram)
            if request.message_class is not MessageClass.REQUEST:
                return None
            method = Method(request.method)
            return self._answer(datagram, request, method, client)
        except ValueError:  # NotStun, or another method
            return None

    def _answer(
        self, datagram: bytes, request: Message, method: Method, client: Client
    ) -> bytes | None:
        asker = None
        try:
            asker = self.credentials.check(datagram, request, client.path)
            wishes.refuse_unknown(request)
            attributes = self._do(method, request, asker, client)
        except Refused as refused:
            return self._refusal(request, refused, asker, client)
        message = Message(MessageClass.SUCCESS_RESPONSE, request.transaction_id, attributes, method)
        return with_integrity(message.encode(), asker.key)

    def _refusal(
        self, request: Message, refused: Refused, asker: Asker | None, client: Client
    ) -> bytes:
        attributes: Attributes = ((Attribute.ERROR_CODE, encode_error_code(refused.failure)),)
        if refused.unknown:
            value = encode_unknown_attributes(refused.unknown)
            attributes += ((Attribute.UNKNOWN_ATTRIBUTES, value),)
        if refused.failure in CHALLENGES:
            attributes += self.credentials.challenge(client.path)
        message = Message(
            MessageClass.ERROR_RESPONSE, request.transaction_id, attributes, request.method
        )
        return with_integrity(message.encode(), asker.key) if asker else message.encode()

    def _do(self, method: Method, request: Message, asker: Asker, client: Client) -> Attributes:
        if method is Method.ALLOCATE:
            return self._allocate(request, asker, client)
        allocation = self._allocation(asker, client)
        allocation.heard = self.clock()
        if method is Method.REFRESH:
            return self._refresh(request, allocation)
        if method is Method.CREATE_PERMISSION:
            return self._create_permission(request, allocation)
        if method is Method.CHANNEL_BIND:
            return self._channel_bind(request, allocation)
        raise NotStun("a method that has no requests")

    def _allocate(self, request: Message, asker: Asker, client: Client) -> Attributes:
        now = self.clock()
        allocation = self.table.at(client.path)
        if allocation is None:
            allocation = self._new(request, asker, client, now)
        elif allocation.transaction_id != request.transaction_id:
            raise Refused(Failure.ALLOCATION_MISMATCH)
        transaction_id = request.transaction_id
        seconds = round(allocation.ends - now)
        relayed = encode_xor_address(allocation.relayed, transaction_id)
        mapped = encode_xor_address(client.path.client, transaction_id)
        return (
            (TurnAttribute.XOR_RELAYED_ADDRESS, relayed),
            (TurnAttribute.LIFETIME, seconds.to_bytes(4, "big")),
            (Attribute.XOR_MAPPED_ADDRESS, mapped),
        )

    def _new(self, request: Message, asker: Asker, client: Client, now: float) -> Allocation:
        wishes.check_transport(request)
        even = wishes.even_port(request)
        family = wishes.family(request)
        if family not in self.hosts:
            raise Refused(Failure.ADDRESS_FAMILY_NOT_SUPPORTED)
        seconds = wishes.lifetime(request, self.limits) or self.limits.lifetime
        self.table.make_room(asker.grant, client.path.transport, now)
        try:
            ports = client.open(family, even)
        except OSError:
            raise Refused(Failure.INSUFFICIENT_CAPACITY) from None
        relayed = self.hosts[family], ports.port
        allocation = Allocation(
            client.path, asker.username, asker.grant, relayed, ports,
            request.transaction_id, self.limits,
        )  # fmt: skip
        allocation.ends, allocation.heard = now + seconds, now
        self.table.add(allocation)
        ports.start(allocation)
        return allocation

    def _allocation(self, asker: Asker, client: Client) -> Allocation:
        allocation = self.table.at(client.path)
        if allocation is None:
            raise Refused(Failure.ALLOCATION_MISMATCH)
        if allocation.username != asker.username:
            raise Refused(Failure.WRONG_CREDENTIALS)
        return allocation

    def _refresh(self, request: Message, allocation: Allocation) -> Attributes:
        wishes.check_family(request, allocation.is_v6)
        seconds = wishes.lifetime(request, self.limits)
        allocation.ends = self.clock() + seconds
        if not seconds:
            self.table.remove(allocation)
        return ((TurnAttribute.LIFETIME, seconds.to_bytes(4, "big")),)

    def _create_permission(self, request: Message, allocation: Allocation) -> Attributes:
        peers = wishes.peers(request, allocation.is_v6)
        self._permit({host for host, _ in peers}, allocation)
        return ()

    def _channel_bind(self, request: Message, allocation: Allocation) -> Attributes:
        number = wishes.channel_number(request)
        peer = wishes.peers(request, allocation.is_v6)[0]
        if not is_peer_port(peer[1]):
            raise Refused(Failure.FORBIDDEN)
        allocation.check_binding(number, peer)
        self._permit({peer[0]}, allocation)
        allocation.bind(number, peer, self.clock())
        return ()

    def _permit(self, hosts: set[str], allocation: Allocation) -> None:
        """Permit all or none; raise `Refused` with 403 or 508.

        Who has just left may be about to come back: a page that is reloaded while the other side
        refreshes its permission must not end the call.
        """
        now, room = self.clock(), allocation.grant.room
        known = {host for host in hosts if self.acl.permits(room, host)}
        away = {host for host in hosts if allocation.was_seen(host, now - self.limits.absence)}
        leaving = {host: host in known | away for host in hosts}
        for host, may_leave in leaving.items():
            if not may_leave and not self._is_company(host, allocation):
                raise Refused(Failure.FORBIDDEN)
        allocation.permit(leaving, now)
        for host in known:
            allocation.confirm(host, now)

    def _is_company(self, host: str, allocation: Allocation) -> bool:
        return host in self.hosts.values() and self.table.has_company(allocation, host)

    def expire(self) -> None:
        """End what has ended, after the authority was asked who is still there."""
        now = self.clock()
        for allocation in self.table:
            for host in allocation.reached():
                if self.acl.knows(allocation.grant.room, host):
                    allocation.confirm(host, now)
        self.table.expire(now)
