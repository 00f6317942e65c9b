"""recvmmsg and sendmmsg, Linux's system calls for many datagrams at once, through ctypes.

Knows the C library and its structures, nothing of STUN. No callbacks are used, because libffi
would need memory that is both writable and executable (systemd's MemoryDenyWriteExecute).
"""

from __future__ import annotations

import ctypes
import errno
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

QUEUE_FULL = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})


class Vector(ctypes.Structure):
    """struct iovec"""

    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class Message(ctypes.Structure):
    """struct msghdr"""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_size", ctypes.c_uint),
        ("vector", ctypes.POINTER(Vector)),
        ("vectors", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_size", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class Header(ctypes.Structure):
    """struct mmsghdr"""

    _fields_ = (("message", Message), ("received", ctypes.c_uint))


@dataclass(frozen=True)
class SystemCalls:
    """The two functions, both never blocking."""

    recvmmsg: Callable[..., int]
    sendmmsg: Callable[..., int]

    def receive(self, descriptor: int, headers: int, count: int) -> int:
        """How many datagrams filled the headers at that address; 0 after an error, too."""
        received = self.recvmmsg(descriptor, headers, count, socket.MSG_DONTWAIT, None)
        return received if received > 0 else 0

    def send(self, descriptor: int, headers: int, count: int) -> None:
        """Send datagrams; what can't be sent is lost, as datagrams are."""
        while count > 0:
            sent = self.sendmmsg(descriptor, headers, count, socket.MSG_DONTWAIT)
            if sent < 0:
                if ctypes.get_errno() in QUEUE_FULL:
                    return
                sent = 1  # no route, a firewall, source port 0: only this one is lost
            headers, count = headers + sent * ctypes.sizeof(Header), count - sent


def system_calls() -> SystemCalls | None:
    """The calls of this machine's C library, or None where it has none."""
    if sys.platform != "linux":
        return None
    # PyDLL keeps the interpreter lock, as the calls never block: released, it could be taken for
    # 5 ms by any thread that computes.
    library = ctypes.PyDLL(None, use_errno=True)
    try:
        recvmmsg, sendmmsg = library.recvmmsg, library.sendmmsg
    except AttributeError:
        return None
    head = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    recvmmsg.argtypes, sendmmsg.argtypes = (*head, ctypes.c_void_p), head
    return SystemCalls(recvmmsg, sendmmsg)


def address_of(buffer: memoryview) -> int:
    """Where the bytes of a writable view stand."""
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))
