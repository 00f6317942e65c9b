"""The address with which this machine speaks to its network, and which ones are its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_network

from practicebox.appliance import addresses

# Reserved for documentation (RFC 5737, RFC 3849): routed like any other address of the internet.
_OUTSIDE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
_PRIVATE = [ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
_FRESH = 5.0  # seconds for which a list of our addresses is good; making one takes a millisecond
_VERSIONS = {socket.AF_INET: 4, socket.AF_INET6: 6}


class OwnAddresses:
    """Whether a host is this machine, asked for often; `clock` is steady, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: frozenset[str] = frozenset()
        self._until = float("-inf")

    def __call__(self, host: str) -> bool:
        now = self._clock()
        if now >= self._until:
            self._known = frozenset(str(one.ip) for one in addresses.interfaces())
            self._until = now + _FRESH
        return host in self._known


def address(family: socket.AddressFamily) -> str | None:
    """The one that other computers of the LAN can reach; None without one.

    Connecting a UDP socket asks the routing table and sends nothing. Without a way to the internet
    the first private address will do.
    """
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_OUTSIDE[family], 9))
            return str(asking.getsockname()[0])
        except OSError:
            return _first_private(_VERSIONS[family])


def _first_private(version: int) -> str | None:
    for one in sorted(addresses.interfaces(), key=str):
        if one.version == version and any(one.ip in network for network in _PRIVATE):
            return str(one.ip)
    return None
