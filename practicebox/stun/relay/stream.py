"""TURN over a byte stream (RFC 8656 section 3.1): TCP on the door's port, or TLS from another door.

Until a client has an allocation, the rules of `tcp.py` hold: little memory, a token for every
message, and the one silent longest makes room. With an allocation it may send as fast as that
allows. Who reads too slowly loses packets, as over UDP; nothing piles up.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from practicebox.stun.framing import Deframer
from practicebox.stun.gate import Gate
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.numbers import CHANNEL_NUMBERS
from practicebox.stun.relay.path import FiveTuple, Ports, Transport
from practicebox.stun.relay.ports import RelayedPort
from practicebox.stun.relay.slots import Slots
from practicebox.stun.relay.traffic import Traffic
from practicebox.stun.tcp import LONGEST, Connection, TcpDoor

if TYPE_CHECKING:
    from practicebox.stun.relay.relay import Relay

CHUNK = 16 * 1024  # bytes read in one turn of the loop; 13 packets of a call


class StreamDoor(TcpDoor):
    """The connections that have no allocation yet, and the relay that may give them one."""

    def __init__(self, gate: Gate, relay: Relay) -> None:
        super().__init__(gate)
        self.relay = relay

    def connection(self) -> Stream:
        """The protocol of one new connection."""
        return Stream(self)


class Stream(Connection):
    """One TCP or TLS connection that may ask for an allocation."""

    path: FiveTuple

    def __init__(self, door: StreamDoor) -> None:
        super().__init__(door)
        self._relay = door.relay
        self._deframer = Deframer(LONGEST, CHANNEL_NUMBERS)
        self._ports: StreamPorts | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        secure = transport.get_extra_info("ssl_object") is not None
        peer, own = (transport.get_extra_info(name) for name in ("peername", "sockname"))
        if peer and own:
            kind = Transport.TLS if secure else Transport.TCP
            self.path = FiveTuple(kind, peer[:2], own[:2])
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if self._ports is not None:
            self._relay.end(self.path)

    def pause_writing(self) -> None:
        if self._ports is None:
            super().pause_writing()

    def open(self, family: socket.AddressFamily, even: bool) -> Ports:
        """Open a relayed port whose packets go to this connection."""
        slots = self._relay.slots(family)
        return StreamPorts(self, family, even, slots, self._relay.traffic)

    def settle(self, ports: StreamPorts) -> None:
        """Stay for as long as the allocation does."""
        self._ports = ports
        self._buffer = memoryview(bytearray(CHUNK))
        self._stay()
        self._transport.resume_reading()

    def finish(self) -> None:
        """Close when everything is sent."""
        self._transport.close()

    def send(self, messages: bytes) -> None:
        """Send whole messages, or drop them where too much is waiting."""
        transport = self._transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() <= self._relay.limits.unsent:
            transport.write(messages)

    def _answer(self, message: bytes) -> None:
        if self._ports is None:
            super()._answer(message)
            return
        reply = self._relay.take(message, self)
        if reply is not None:
            self.send(reply)

    def _reply(self, message: bytes) -> bytes | None:
        if not self._relay.is_request(message):
            return super()._reply(message)
        if self._door.gate.admits(self._source):
            return self._relay.answer(message, self)
        return None


class StreamPorts(RelayedPort):
    """The relayed port of a client that comes by a stream."""

    def __init__(
        self,
        stream: Stream,
        family: socket.AddressFamily,
        even: bool,
        slots: Slots,
        traffic: Traffic,
    ) -> None:
        super().__init__(family, even, slots, traffic)
        self._stream = stream

    def start(self, allocation: Allocation) -> None:
        """Read the relayed port from now on."""
        self.read(allocation, self)
        self._stream.settle(self)

    def take(self, slots: Slots, sizes: list[int]) -> None:
        """Send the first slots, whose messages have those sizes in bytes, to the client."""
        messages = [slots.message(slot, size) + bytes(-size % 4) for slot, size in enumerate(sizes)]
        self._stream.send(b"".join(messages))

    def take_one(self, message: memoryview) -> None:
        """Send one message."""
        self.to_client(bytes(message))

    def to_client(self, message: bytes) -> None:
        """Send one message, padded as streams want it (section 12.5); it may be dropped."""
        self._stream.send(message + bytes(-len(message) % 4))

    def close(self) -> None:
        """Stop reading; the connection closes when the answer that may be on its way is sent."""
        super().close()
        self._loop.call_soon(self._stream.finish)
