"""Everything that goes through the sockets of a box, read from the loopback interface.

Needs Linux and root. TCP is put back in order, and the masks of WebSocket frames from browsers are
taken off (RFC 6455 section 5.3); otherwise no search in them would mean anything.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ETH_P_IP = 0x0800
SO_RCVBUFFORCE = 33  # socket(7); room for everything that arrives while Python does something else
PACKET_HOST = 0  # loopback shows every packet twice; this is the arrival
Flow = tuple[bytes, int, bytes, int]  # source address and port, destination address and port


@dataclass
class Capture:
    """The packets from and to some ports."""

    ports: frozenset[int]
    datagrams: list[bytes] = field(default_factory=list)
    segments: dict[Flow, dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))

    def contents(self) -> bytes:
        """All that was said, HTTP as it was and WebSocket frames without their masks."""
        flows = [_in_order(segments) for segments in self.segments.values()]
        return b"\n".join([*self.datagrams, *(part for flow in flows for part in _plain(flow))])

    def take(self, packet: bytes) -> None:
        """Keep one Ethernet frame if it belongs to us."""
        header = (packet[14] & 15) * 4
        protocol, total = packet[23], int.from_bytes(packet[16:18], "big")
        body = packet[14 + header : 14 + (total or len(packet))]
        if protocol not in (socket.IPPROTO_TCP, socket.IPPROTO_UDP) or len(body) < 8:
            return
        source, target = struct.unpack_from("!HH", body)
        if not self.ports & {source, target}:
            return
        if protocol == socket.IPPROTO_UDP:
            self.datagrams.append(body[8:])
            return
        payload = body[(body[12] >> 4) * 4 :]
        if payload:
            flow = (packet[26:30], source, packet[30:34], target)
            self.segments[flow][int.from_bytes(body[4:8], "big")] = payload


@contextmanager
def capture(*ports: int) -> Iterator[Capture]:
    """Listen on the loopback interface; raise `PermissionError` where that isn't allowed."""
    found = Capture(frozenset(ports))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 128 * 1024 * 1024)
        sock.bind(("lo", ETH_P_IP))
        sock.settimeout(0.1)
        stop = threading.Event()
        listener = threading.Thread(target=_listen, args=(sock, found, stop))
        listener.start()
        try:
            yield found
        finally:
            stop.set()
            listener.join()


def _listen(sock: socket.socket, found: Capture, stop: threading.Event) -> None:
    while True:
        try:
            packet, address = sock.recvfrom(1 << 17)
        except TimeoutError:
            if stop.is_set():
                return
            continue
        if address[2] == PACKET_HOST:
            found.take(packet)


def _in_order(segments: dict[int, bytes]) -> bytes:
    """One direction of a connection; a segment that was sent again has the same number."""
    stream = bytearray()
    start = min(segments)
    for sequence, payload in sorted(segments.items()):
        position = sequence - start
        stream[position : position + len(payload)] = payload
    return bytes(stream)


def _plain(stream: bytes) -> Iterator[bytes]:
    """The stream itself, or where it turns into a WebSocket: its head and each frame's payload."""
    match = re.search(rb"(?i)\r\nupgrade: *websocket.*?\r\n\r\n", stream, re.DOTALL)
    if not match:
        yield stream
        return
    yield stream[: match.end()]
    yield from _frames(stream[match.end() :])


def _frames(stream: bytes) -> Iterator[bytes]:
    position = 0
    while position + 2 <= len(stream):
        size, masked = stream[position + 1] & 127, stream[position + 1] & 128
        position += 2
        if size >= 126:
            width = 2 if size == 126 else 8
            size = int.from_bytes(stream[position : position + width], "big")
            position += width
        mask = stream[position : position + 4] if masked else bytes(4)
        position += 4 if masked else 0
        payload = stream[position : position + size]
        repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
        number = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
        yield number.to_bytes(len(payload), "big")
        position += size
