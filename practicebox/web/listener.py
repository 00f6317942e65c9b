"""Listening sockets whose connections are counted from the first packet on.

Below asyncio, because there nobody is told of a connection before its TLS handshake is done.
"""

from __future__ import annotations

import resource
import socket
from contextlib import suppress
from dataclasses import replace

from aiohttp import web

from practicebox.stun.bucket import source_of
from practicebox.web.crowd import Caps, Crowd

RESERVE = 512  # open files of everything else: database, relay, backup
DOORS = 3  # staff, patients, the help page
MOST_FILES = 4096  # as in systemd/practicebox.service

CROWD = web.AppKey("crowd", Crowd)


class Listener(socket.socket):
    """A listening socket; one connection too many is closed at once."""

    def __init__(self, family: socket.AddressFamily, crowd: Crowd) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._crowd = crowd

    def accept(self) -> tuple[Counted, object]:
        """Raise `ConnectionAbortedError`, which asyncio takes for a client that has left."""
        plain, address = super().accept()
        counted = Counted(plain, self._crowd)
        if not self._crowd.enter(counted.fileno(), source_of(address[0]), counted.drop):
            counted.close()
            raise ConnectionAbortedError
        return counted, address


class Counted(socket.socket):
    """A connection that tells the crowd when it ends."""

    def __init__(self, plain: socket.socket, crowd: Crowd) -> None:
        super().__init__(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self._crowd = crowd
        self._was_dropped = False

    def drop(self) -> None:
        """End it from below: asyncio reads its end, in the middle of a handshake as well."""
        self._was_dropped = True
        with suppress(OSError):  # ended already
            self.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._was_dropped:
            self._was_dropped = False
            self._crowd.is_gone()
        elif self.fileno() >= 0:
            self._crowd.leave(self.fileno())
        super().close()


def listen(host: str, port: int, crowd: Crowd) -> list[Listener]:
    """Sockets for `host`; "0.0.0.0" is every address, IPv6 too. Raise `OSError`."""
    opened = [_bind(socket.AF_INET, host, port, crowd)]
    if host != "0.0.0.0" or not socket.has_ipv6:
        return opened
    try:
        opened.append(_bind(socket.AF_INET6, "::", opened[0].getsockname()[1], crowd))
    except OSError as error:
        if error.errno not in {97, 99}:  # EAFNOSUPPORT, EADDRNOTAVAIL: IPv6 is switched off
            opened[0].close()
            raise
    return opened


def caps_of(files: int, caps: Caps = Caps()) -> Caps:  # noqa: B008 - frozen
    """What one door may hold where the process may open so many files."""
    most = min(caps.most, max(files - RESERVE, 16 * DOORS) // DOORS)
    return replace(caps, most=most, waiting=min(caps.waiting, most // 2))


def allow_files() -> int:
    """Let this process open as many files as it may, up to `MOST_FILES`; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft if soft != resource.RLIM_INFINITY else MOST_FILES


def number_of(transport: object) -> int:
    """The number of a transport's socket; -1 where it has none any more."""
    get = getattr(transport, "get_extra_info", None)
    sock = get("socket") if get else None
    return sock.fileno() if sock is not None else -1


def _bind(family: socket.AddressFamily, host: str, port: int, crowd: Crowd) -> Listener:
    opened = Listener(family, crowd)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened
