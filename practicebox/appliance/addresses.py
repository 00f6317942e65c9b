"""The addresses of this machine, and which other addresses are near: in the networks it is in.

Knows ifaddr; asks the system each time, because a router may give another address at any moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface

from ifaddr import IP, get_adapters

Interface = IPv4Interface | IPv6Interface


def interfaces() -> tuple[Interface, ...]:
    """Every address of this machine with the network it belongs to."""
    return tuple(_interface(ip) for adapter in get_adapters() for ip in adapter.ips)


def reachable(found: Iterable[Interface]) -> frozenset[str]:
    """Addresses that a browser can be given; IPv6 link-local ones would need an interface too."""
    return frozenset(
        str(one.ip) for one in found if not (one.version == 6 and one.ip.is_link_local)
    )


def is_near(address: str, own: Iterable[Interface]) -> bool:
    """Whether `address` belongs to this machine, to one of its networks, or to a private range.

    Private ranges alone would not do: with IPv6 the computers of a practice have public addresses.
    """
    try:
        asked = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(asked, IPv6Address):
        asked = asked.ipv4_mapped or asked
    return asked.is_private or any(asked in one.network for one in own)


def _interface(ip: IP) -> Interface:
    address = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
    return ip_interface(f"{address}/{ip.network_prefix}")
