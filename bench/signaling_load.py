"""The load generator of bench/signaling.py: raw sockets with WebSocket frames made by hand.

All frames of a round are alike, so that bytes are counted instead of frames parsed: that makes
the generator several times cheaper than any server it measures. What arrives is compared with
what was sent once per socket, before the round.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass, field

TEXT = 1
BINARY = 2
KEY = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + (
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
PATIENCE = 5.0  # seconds without a frame until a round counts as stuck


class Stuck(Exception):
    """A server delivers nothing any more."""


@dataclass(eq=False)
class Wire:
    """One browser's socket and the frame that it sends over and over."""

    socket: socket.socket
    frame: bytes = b""
    travels: int = 0  # bytes that the other wire gets for one frame
    begun: int = 0  # bytes of a frame that has arrived in part
    sent_at: deque[float] = field(default_factory=deque)
    other: Wire | None = None


def connect(port: int, path: str) -> Wire:
    """Open a WebSocket."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(PATIENCE)
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{KEY}\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += sock.recv(1)
    if not head.startswith(b"HTTP/1.1 101"):
        raise Stuck(head.split(b"\r\n")[0].decode())
    return Wire(sock)


def frame(opcode: int, payload: bytes, mask: bytes = b"\x1f\x2e\x3d\x4c") -> bytes:
    """A client's frame, masked as RFC 6455 section 5.3 wants it."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    else:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    pad = mask * (size // 4 + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(pad[:size], "big")
    return head + mask + masked.to_bytes(size, "big")


def read_frame(wire: Wire) -> bytes:
    """The payload of the next frame of a server."""
    size = _exactly(wire.socket, 2)[1]
    if size == 126:
        (size,) = struct.unpack("!H", _exactly(wire.socket, 2))
    return _exactly(wire.socket, size)


def aim(sender: Wire, receiver: Wire, opcode: int, payload: bytes) -> bytes:
    """Make `payload` what a wire sends from now on; return what arrives for it."""
    sender.other = receiver
    sender.frame = frame(opcode, payload)
    sender.socket.sendall(sender.frame)
    got = read_frame(receiver)
    sender.travels = len(got) + (2 if len(got) < 126 else 4)
    return got


class Round:
    """One round on some wires: what was sent, and how long each frame took."""

    def __init__(self, wires: list[Wire]) -> None:
        self._wires = wires
        self._by_fd = {wire.socket.fileno(): wire for wire in wires}
        self._poller = select.epoll()
        for fd in self._by_fd:
            self._poller.register(fd, select.EPOLLIN)
        self.latencies: list[float] = []  # seconds

    def saturate(self, seconds: float, window: int) -> None:
        """Keep `window` frames of every wire on the way."""
        started = now = time.perf_counter()
        for wire in self._wires:
            self._send(wire, window, started)
        while now < started + seconds:
            for wire, count in self._arrived(PATIENCE):
                self._send(wire, count, time.perf_counter())
            now = time.perf_counter()
        self._drain()

    def pace(self, seconds: float, rate: float) -> None:
        """Send `rate` frames a second in all; a frame's time counts from when it was due."""
        started = now = time.perf_counter()
        sent = 0
        while now < started + seconds:
            while sent < (now - started) * rate:
                self._send(self._wires[sent % len(self._wires)], 1, started + sent / rate)
                sent += 1
            self._arrived(0)
            now = time.perf_counter()
        self._drain()

    def _send(self, wire: Wire, count: int, now: float) -> None:
        data = wire.frame * count
        if wire.socket.send(data) != len(data):
            raise Stuck("the kernel's buffer is full: take a smaller window")
        wire.sent_at.extend([now] * count)

    def _arrived(self, patience: float) -> list[tuple[Wire, int]]:
        """Read what is there; return the senders and how many of their frames arrived."""
        ready = self._poller.poll(patience)
        if patience and not ready:
            raise Stuck("nothing arrives")
        arrived = []
        for fd, _ in ready:
            receiver = self._by_fd[fd]
            sender = receiver.other
            assert sender is not None
            receiver.begun += len(receiver.socket.recv(1 << 18))
            count, receiver.begun = divmod(receiver.begun, sender.travels)
            now = time.perf_counter()
            for _ in range(count):
                self.latencies.append(now - sender.sent_at.popleft())
            arrived.append((sender, count))
        return arrived

    def _drain(self) -> None:
        """Wait for what is on the way, so that nothing was lost and the next round starts clean."""
        while any(wire.sent_at for wire in self._wires):
            self._arrived(PATIENCE)
        self._poller.close()


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += (more := sock.recv(size - len(data)))
        if not more:
            raise Stuck("the server hung up")
    return data
