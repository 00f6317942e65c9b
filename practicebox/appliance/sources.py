"""Where requests come from, as far as a box may remember it: a network, never an address.

A network is the /24 of an IPv4 address or the /48 of an IPv6 address, the most that one customer
usually gets (RFC 6177). In the log it has a name that holds for one day: enough to see that a
thousand requests are one machine's, too little to say whose.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import date
from ipaddress import IPv6Address, ip_address

IPV4_BYTES, IPV6_BYTES = 3, 6  # a /24 and a /48
NAME_BYTES = 4  # of the hash; 64 networks a day share a name with odds of 1 in 2 million
SALT_BYTES = 16
UNKNOWN = b""  # what is no IP address


class DailyNames:
    """Names of networks, new every day.

    The salt lives in memory only and is thrown away with its day. Without it nobody can try all
    networks to find out which one a name stands for, the box itself included.
    """

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._day: date | None = None
        self._salt = b""

    def name(self, host: str, today: date) -> str:
        """Eight hex digits for the network of `host`."""
        if today != self._day:
            self._day, self._salt = today, self._random(SALT_BYTES)
        return hashlib.blake2b(network_of(host), digest_size=NAME_BYTES, key=self._salt).hexdigest()


def network_of(host: str) -> bytes:
    """The first 3 bytes of an IPv4 address or 6 of an IPv6 address; a v4-mapped one is IPv4."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return address.packed[:IPV6_BYTES]
        address = address.ipv4_mapped
    return address.packed[:IPV4_BYTES]
