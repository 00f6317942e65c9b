"""The sockets of one allocation: the relayed one, and one for a client that comes by UDP.

The client's own socket is bound to the address it has asked and connected to it. So the kernel
sorts the datagrams, answers leave from the right address, and neither a flood at the door nor
another call can fill its queue.
"""

from __future__ import annotations

import asyncio
import socket
from array import array
from collections.abc import Callable
from contextlib import ExitStack, suppress

from practicebox.stun.attributes import Address
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.down import Down, Sink
from practicebox.stun.relay.lanes import Lanes
from practicebox.stun.relay.path import FiveTuple
from practicebox.stun.relay.slots import Slots
from practicebox.stun.relay.traffic import Traffic
from practicebox.stun.relay.up import Up

QUEUE = 256 * 1024  # bytes; 0.3 s at the highest bit rate, for when a page is being rendered
ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}
ATTEMPTS = 32  # for an even port, which Linux gives away last
STRANGERS = 64  # datagrams


class RelayedPort:
    """The socket that peers send to, on a port of the kernel's choice."""

    def __init__(
        self, family: socket.AddressFamily, even: bool, slots: Slots, traffic: Traffic
    ) -> None:
        self._family, self._slots, self._traffic = family, slots, traffic
        self._loop = asyncio.get_running_loop()
        self._socket = _relayed(family, even)
        self.port: int = self._socket.getsockname()[1]

    def read(self, allocation: Allocation, sink: Sink) -> Lanes:
        """Begin to send what arrives to `sink`; the lanes, for the way up."""
        lanes = Lanes(allocation, self._slots, self._family, self._traffic.is_inside)
        down = Down(self._socket, sink, allocation, lanes, self._slots, self._traffic)
        self._loop.add_reader(self._socket, down.turn)
        return lanes

    def to_peer(self, payload: bytes, peer: Address) -> None:
        """Send one datagram; what can't be sent is lost, as datagrams are."""
        with suppress(OSError):
            self._socket.sendto(payload, peer)

    def close(self) -> None:
        """Stop reading; may be called twice."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()


class DatagramPorts(RelayedPort):
    """The ports of a client that comes by UDP; `other` takes what is no row of media."""

    def __init__(
        self,
        path: FiveTuple,
        family: socket.AddressFamily,
        even: bool,
        slots: Slots,
        traffic: Traffic,
        other: Callable[[bytes], bytes | None],
    ) -> None:
        super().__init__(family, even, slots, traffic)
        self._other = other
        try:
            self._client = connected(path)
        except OSError:
            super().close()
            raise

    def start(self, allocation: Allocation) -> None:
        """Read both sockets from now on."""
        lanes = self.read(allocation, self)
        slots, traffic = self._slots, self._traffic
        up = Up(self._client, self._socket, allocation, lanes, slots, traffic, self._rest)
        self._loop.add_reader(self._client, up.turn)

    def take(self, slots: Slots, sizes: list[int]) -> None:
        """Send the first slots, whose messages have those sizes in bytes, to the client."""
        slots.message_sizes[: len(sizes)] = array("L", sizes)
        slots.send(self._client.fileno(), slots.to_client, 0, len(sizes))

    def take_one(self, message: memoryview | bytes) -> None:
        """Send one message; what can't be sent is lost."""
        with suppress(OSError):
            self._client.send(message)

    def to_client(self, message: bytes) -> None:
        """Send one message; it may be lost."""
        self.take_one(message)

    def close(self) -> None:
        """Stop reading. The answer to the request that ended the allocation is still sent."""
        super().close()
        if self._client.fileno() >= 0:
            self._loop.remove_reader(self._client)
            self._loop.call_soon(self._client.close)

    def _rest(self, message: bytes) -> None:
        answer = self._other(message)
        if answer is not None:
            self.to_client(answer)


def connected(path: FiveTuple) -> socket.socket:
    """A socket that gets what `path.client` sends to `path.server`, and nothing else.

    The door's own socket must allow it (SO_REUSEPORT). Raise `OSError` where that can't be had.
    """
    family = socket.AF_INET6 if ":" in path.server[0] else socket.AF_INET
    with ExitStack() as opened:
        sock = opened.enter_context(socket.socket(family, socket.SOCK_DGRAM))
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)  # room for one or two datagrams
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(path.server)
        sock.connect(path.client)
        _forget_strangers(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE)
        opened.pop_all()
        return sock


def _forget_strangers(sock: socket.socket) -> None:
    """Throw away what came between `bind` and `connect`: it may be anybody's, and was lost."""
    for _ in range(STRANGERS):
        try:
            sock.recv(1)
        except BlockingIOError:
            return
    raise OSError("datagrams without end")


def _relayed(family: socket.AddressFamily, even: bool) -> socket.socket:
    for _ in range(ATTEMPTS):
        sock = _bound(family)
        if not even or sock.getsockname()[1] % 2 == 0:
            return sock
        sock.close()
    raise OSError("no even port")


def _bound(family: socket.AddressFamily) -> socket.socket:
    with ExitStack() as opened:
        sock = opened.enter_context(socket.socket(family, socket.SOCK_DGRAM))
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE)
        sock.bind((ANY[family], 0))
        opened.pop_all()
        return sock
