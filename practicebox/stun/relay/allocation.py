"""One allocation: its permissions and channels, and when they end (RFC 8656 sections 3, 9, 12).

Knows peers as (host, port) with hosts as text, and times in seconds of the relay's clock. Packets
don't look at the clock: `expire` is called every second and closes what has ended. A host that the
authority has not known for the life of a permission is closed as well, however often the client has
asked for more.
"""

from __future__ import annotations

from dataclasses import dataclass

from practicebox.stun.attributes import Address
from practicebox.stun.relay.authority import Grant
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.meter import Meter
from practicebox.stun.relay.numbers import Failure
from practicebox.stun.relay.path import FiveTuple, Ports
from practicebox.stun.relay.refusal import Refused


@dataclass(slots=True, eq=False)
class Channel:
    """A number that stands for a peer."""

    number: int  # of section 12
    peer: Address
    ends: float
    is_open: bool = True  # bound, and its peer is permitted


@dataclass(slots=True)
class Permission:
    """What may be exchanged with one host."""

    ends: float
    seen: float  # when the authority last said that the host may be reached
    leaves: bool  # packets to it may leave this process


class Allocation:
    """What one client has of the relay."""

    def __init__(
        self,
        path: FiveTuple,
        username: str,
        grant: Grant,
        relayed: Address,
        ports: Ports,
        transaction_id: bytes,
        limits: Limits,
    ) -> None:
        self.path, self.username, self.grant = path, username, grant
        self.relayed, self.ports = relayed, ports
        self.transaction_id = transaction_id  # of the Allocate request, 12 bytes
        self.ends = self.heard = 0.0  # `heard`: when the client last said something
        self.up = Meter(limits.bit_rate, limits.burst)
        self.down = Meter(limits.bit_rate, limits.burst)
        self._limits = limits
        self._permissions: dict[str, Permission] = {}  # by host
        self._by_number: dict[int, Channel] = {}
        self._by_peer: dict[Address, Channel] = {}

    @property
    def is_v6(self) -> bool:
        """Whether the relayed address is an IPv6 address."""
        return ":" in self.relayed[0]

    def permits(self, host: str) -> bool:
        """Whether packets may go to `host` and come from it."""
        return host in self._permissions

    def reaches(self, host: str) -> bool:
        """Whether packets to `host` may leave this process."""
        permission = self._permissions.get(host)
        return permission is not None and permission.leaves

    def reached(self) -> list[str]:
        """The hosts that packets may leave to."""
        return [host for host, permission in self._permissions.items() if permission.leaves]

    def confirm(self, host: str, now: float) -> None:
        """Note that the authority says at `now` that a permitted host may be reached."""
        self._permissions[host].seen = now

    def was_seen(self, host: str, since: float) -> bool:
        """Whether `host` is permitted and was confirmed at `since` or later."""
        return self.reaches(host) and self._permissions[host].seen >= since

    def channel(self, number: int) -> Channel | None:
        """The channel of that number, unless it is closed."""
        channel = self._by_number.get(number)
        return channel if channel is not None and channel.is_open else None

    def channel_to(self, peer: Address) -> Channel | None:
        """The channel bound to that peer, unless it is closed."""
        channel = self._by_peer.get(peer)
        return channel if channel is not None and channel.is_open else None

    def permit(self, hosts: dict[str, bool], now: float) -> None:
        """Permit `hosts`, or permit them for longer (section 10); raise `Refused` (508).

        `hosts`: each with whether packets to it may leave this process.
        """
        if len(self._permissions.keys() | hosts.keys()) > self._limits.permissions:
            raise Refused(Failure.INSUFFICIENT_CAPACITY)
        ends = now + self._limits.permission
        for host, leaves in hosts.items():
            known = self._permissions.get(host)
            seen = known.seen if known else now
            self._permissions[host] = Permission(ends, seen, leaves)
        self._reopen()

    def check_binding(self, number: int, peer: Address) -> None:
        """Raise `Refused` where one of both is bound to another (400), or all are used (508)."""
        known = self._by_number.get(number)
        if known is not self._by_peer.get(peer):
            raise Refused(Failure.BAD_REQUEST)
        if known is None and len(self._by_number) >= self._limits.channels:
            raise Refused(Failure.INSUFFICIENT_CAPACITY)

    def bind(self, number: int, peer: Address, now: float) -> None:
        """Bind `number` to `peer`, or for longer, after `check_binding` (section 12.2)."""
        channel = self._by_number.get(number) or Channel(number, peer, 0.0)
        channel.ends = now + self._limits.binding
        self._by_number[number] = self._by_peer[peer] = channel
        self._reopen()

    def expire(self, now: float) -> None:
        """Take away the permissions and channels whose time is over at `now`."""
        longest = now - self._limits.permission
        self._permissions = {
            host: one
            for host, one in self._permissions.items()
            if one.ends > now and (one.seen > longest or not one.leaves)
        }
        for channel in [one for one in self._by_number.values() if one.ends <= now]:
            channel.is_open = False
            del self._by_number[channel.number], self._by_peer[channel.peer]
        self._reopen()

    def close(self) -> None:
        """Close its sockets and channels."""
        self.expire(float("inf"))
        self.ports.close()

    def _reopen(self) -> None:
        for channel in self._by_number.values():
            channel.is_open = channel.peer[0] in self._permissions
