"""Which peers a client may reach: nobody but the participants of its own room.

The relay stands inside the practice's network and talks to strangers outside, so this table is the
practice's fence. An address is judged in all its readings: an IPv6 address that carries an IPv4
address (mapped, translated, tunnelled) is never reached, because whoever may be reached has an
address that says so openly.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from practicebox.stun.relay.authority import Authority

LOWEST_PORT = 1024  # below are services (DNS, NTP, SNMP); browsers take ports from far above

SPECIAL_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network, unspecified (RFC 1122)
            "127.0.0.0/8",  # loopback (RFC 1122)
            "169.254.0.0/16",  # link-local (RFC 3927)
            "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
            "192.88.99.0/24",  # 6to4 relay anycast (RFC 7526)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved, and the limited broadcast (RFC 1112, RFC 919)
        ),
    )
)
SPECIAL_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "::/96",  # unspecified, loopback, v4-compatible (RFC 4291)
            "::ffff:0:0/96",  # v4-mapped (RFC 4291)
            "::ffff:0:0:0/96",  # v4-translated (RFC 7915)
            "64:ff9b::/96",  # NAT64 (RFC 6052)
            "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
            "100::/64",  # discard only (RFC 6666)
            "2001::/32",  # Teredo (RFC 4380)
            "2002::/16",  # 6to4 (RFC 3056)
            "fe80::/10",  # link-local (RFC 4291)
            "fec0::/10",  # site-local, deprecated (RFC 3879)
            "ff00::/8",  # multicast (RFC 4291)
        ),
    )
)
# The middle of an ISATAP interface identifier, with the universal bit either way (RFC 5214).
ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def is_special(host: str) -> bool:
    """Whether no participant can be at `host`, whatever the authority says.

    What is no address, or has a zone, is special as well.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in SPECIAL_V4)
    if address.scope_id is not None or int(address) >> 32 & 0xFFFFFFFF in ISATAP:
        return True
    return any(address in network for network in SPECIAL_V6)


class Acl:
    """The fence around one practice; `is_forbidden` are the hosts that nobody may reach."""

    def __init__(self, authority: Authority, is_forbidden: Callable[[str], bool]) -> None:
        self._authority, self._is_forbidden = authority, is_forbidden

    def permits(self, room: str, host: str) -> bool:
        """Whether a client of `room` may reach `host`, spelled as the sockets module does."""
        return not self._is_forbidden(host) and self.knows(room, host)

    def knows(self, room: str, host: str) -> bool:
        """Whether a participant of `room` is at `host`, which was permitted before."""
        return self._authority.may_reach(room, host)


def is_peer_port(port: int) -> bool:
    """Whether a browser could be there."""
    return port >= LOWEST_PORT
