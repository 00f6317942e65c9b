"""Ports for servers that tests start.

They lie below those which the system hands out by itself (32768 and up): a port that somebody has
just been given and let go could belong to a client of another test by the time the server opens it,
or to one that waits for this very server, for a client can connect to itself.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

FIRST, LAST = 18_000, 32_767


def _all() -> Iterator[int]:
    """Every port once, from a place that differs between processes."""
    places = range(FIRST, LAST + 1)
    start = random.SystemRandom().randrange(len(places))
    while True:
        yield from (*places[start:], *places[:start])


_PLACES = _all()


def free_port() -> int:
    """A port that nobody has, neither for streams nor for datagrams; each is given out once."""
    return next(port for port in _PLACES if _is_free(port))


def free_ports(count: int) -> list[int]:
    """Several of them."""
    return [free_port() for _ in range(count)]


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, kind) as sock:
                try:
                    sock.bind((host, port))
                except OSError:
                    return False
    return True
