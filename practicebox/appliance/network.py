"""The machine's place in the practice's network: its own addresses there, and the router's.

Reads /proc, asks for interfaces and, when told to, the resolver of the system; calls no tool.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from practicebox.appliance.addresses import Interface, interfaces

ROUTES = Path("/proc/net/route")
UP, GATEWAY = 0x0001, 0x0002  # RTF_UP, RTF_GATEWAY (linux/route.h)


@dataclass(frozen=True)
class Network:
    """What others in the practice can use."""

    hosts: tuple[str, ...]  # our addresses, the one beside the router first, IPv4 before IPv6
    networks: tuple[str, ...]  # "192.168.178.0/24"
    gateway: str | None  # IPv4 address of the router


def read(routes: Path = ROUTES) -> Network:
    """The network as it is now."""
    text = ""
    with suppress(OSError):
        text = routes.read_text(encoding="ascii", errors="replace")
    return place(interfaces(), gateway(text))


def place(found: Iterable[Interface], router: IPv4Address | None) -> Network:
    """Sort our addresses by how useful they are in the router's entries."""
    useful = [one for one in found if not (one.ip.is_loopback or one.ip.is_link_local)]
    useful.sort(key=lambda one: (one.version, router is None or router not in one.network))
    return Network(
        hosts=tuple(str(one.ip) for one in useful),
        networks=tuple(dict.fromkeys(str(one.network) for one in useful)),
        gateway=str(router) if router else None,
    )


def gateway(text: str) -> IPv4Address | None:
    """The default route with the smallest metric in the text of /proc/net/route."""
    routes = []
    for line in text.splitlines()[1:]:
        with suppress(ValueError, IndexError):
            _, target, router, flags, _, _, metric, mask = line.split()[:8]
            wanted = UP | GATEWAY
            if int(target, 16) == int(mask, 16) == 0 and int(flags, 16) & wanted == wanted:
                # the kernel prints the four bytes as one number of this machine
                address = IPv4Address(int(router, 16).to_bytes(4, sys.byteorder))
                routes.append((int(metric), address))
    return min(routes)[1] if routes else None


async def look_up(host: str) -> tuple[str, ...]:
    """The addresses that `host` has for this machine; empty if it has none, or nobody knows."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]).partition("%")[0] for *_, address in found))
