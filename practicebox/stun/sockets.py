"""The sockets of the STUN door: UDP and TCP, IPv4 and IPv6, all on one port.

Knows how to bind them, or say why not. Reads and writes nothing.
"""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack

ATTEMPTS = 16  # to find a port that is free for all four, when any port will do
# What an IPv6 socket says on a machine without IPv6, or without that address.
NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EADDRNOTAVAIL})

Pair = tuple[socket.socket, socket.socket]  # for UDP, and listening for TCP


def open_sockets(
    host_v4: str, host_v6: str | None, port: int
) -> tuple[list[socket.socket], list[socket.socket]]:
    """Non-blocking sockets on one port, for UDP and listening for TCP; any free port for 0.

    IPv4 comes first; without IPv6 on the machine there is nothing else. Raise `OSError` when an
    address or the port can't be had.
    """
    for _ in range(ATTEMPTS if port == 0 else 0):
        try:
            return _open_sockets(host_v4, host_v6, 0)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return _open_sockets(host_v4, host_v6, port)


def _open_sockets(
    host_v4: str, host_v6: str | None, port: int
) -> tuple[list[socket.socket], list[socket.socket]]:
    with ExitStack() as opened:
        pairs = [_pair(socket.AF_INET, host_v4, port)]
        for sock in pairs[0]:
            opened.enter_context(sock)
        if host_v6 is not None:
            pairs += _pair_v6(host_v6, pairs[0][0].getsockname()[1])
        opened.pop_all()
        return [datagrams for datagrams, _ in pairs], [stream for _, stream in pairs]


def _pair_v6(host: str, port: int) -> list[Pair]:
    try:
        return [_pair(socket.AF_INET6, host, port)]
    except OSError as error:
        if error.errno in NO_IPV6:
            return []
        raise


def _pair(family: socket.AddressFamily, host: str, port: int) -> Pair:
    """UDP and TCP on one port; for port 0 the one that UDP was given."""
    with ExitStack() as opened:
        datagrams = opened.enter_context(_bind(family, socket.SOCK_DGRAM, host, port))
        port = datagrams.getsockname()[1]
        stream = opened.enter_context(_bind(family, socket.SOCK_STREAM, host, port))
        opened.pop_all()
        return datagrams, stream


def _bind(
    family: socket.AddressFamily, kind: socket.SocketKind, host: str, port: int
) -> socket.socket:
    with ExitStack() as opened:
        sock = opened.enter_context(socket.socket(family, kind))
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # IPv4 has its own
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
        sock.bind((host, port))
        if kind == socket.SOCK_STREAM:
            sock.listen()  # only this tells whether the port is really ours
        elif hasattr(socket, "SO_REUSEPORT"):
            # The relay gives each client a socket of its own on this port. Allowed after the port
            # was taken, so that a second box can't take it, too.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.pop_all()
        return sock
