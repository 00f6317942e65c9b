"""Binding over TCP (RFC 8489 section 6.2.2): connections, and what each of them may cost.

Their number is bounded. When one too many comes, the one that has been silent longest makes room:
nobody can shut the door by holding it open.
"""

from __future__ import annotations

import asyncio

from practicebox.stun.attributes import Address
from practicebox.stun.framing import Deframer
from practicebox.stun.gate import Gate
from practicebox.stun.message import NotStun

MOST = 64  # connections; a practice needs a handful at a time, each costs a few KiB
IDLE = 30.0  # seconds without a whole message; browsers ask as soon as they are connected
LONGEST = 1500  # bytes of one message, as over UDP
CHUNK = 128  # bytes read from one connection in one turn of the loop; six plain requests
UNSENT = 4096  # bytes; who doesn't read answers isn't read from either


class TcpDoor:
    """The open connections, in the order in which they last spoke."""

    def __init__(self, gate: Gate, *, most: int = MOST, idle: float = IDLE) -> None:
        self.gate, self.idle = gate, idle
        self._most = most
        self._connections: dict[Connection, None] = {}

    def connection(self) -> Connection:
        """The protocol of one new connection, for `loop.create_server`."""
        return Connection(self)

    def enter(self, connection: Connection) -> None:
        """Let a connection in, or note that it spoke."""
        self._connections.pop(connection, None)
        if len(self._connections) >= self._most:
            silent_longest = next(iter(self._connections))
            self.leave(silent_longest)
            silent_longest.drop()
        self._connections[connection] = None

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.pop(connection, None)

    def close(self) -> None:
        """Drop every connection."""
        for connection in tuple(self._connections):
            connection.drop()


class Connection(asyncio.BufferedProtocol):
    """One TCP connection that asks for its mapped address."""

    def __init__(self, door: TcpDoor) -> None:
        self._door = door
        self._buffer = memoryview(bytearray(CHUNK))
        self._deframer = Deframer(LONGEST)
        self._transport: asyncio.Transport
        self._source: Address
        self._bedtime: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(UNSENT)
        peer = transport.get_extra_info("peername")
        if not peer:  # gone before we looked
            transport.abort()
            return
        self._source = peer[:2]
        self._alive()

    def get_buffer(self, sizehint: int) -> memoryview:
        # Not the bytearray: asyncio's TLS would write into a copy of its second part.
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.feed(self._buffer[:nbytes])

    def feed(self, chunk: bytes | memoryview) -> None:
        """Take in what was read from the connection, also by a protocol that had it before."""
        if self._transport.is_closing():
            return
        self._deframer.feed(chunk)
        try:
            messages = list(iter(self._deframer.next, None))
        except NotStun:
            self.drop()
            return
        if messages:
            self._alive()
        for message in messages:
            self._answer(message)

    def pause_writing(self) -> None:
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._stay()

    def drop(self) -> None:
        """Close at once, without sending what is left."""
        self._transport.abort()

    def _answer(self, message: bytes) -> None:
        reply = self._reply(message)
        if reply is not None and not self._transport.is_closing():
            self._transport.write(reply)

    def _reply(self, message: bytes) -> bytes | None:
        return self._door.gate.reply(message, self._source)

    def _stay(self) -> None:
        """Be no longer among those that have to make room, or to speak."""
        self._door.leave(self)
        if self._bedtime:
            self._bedtime.cancel()

    def _alive(self) -> None:
        self._door.enter(self)
        if self._bedtime:
            self._bedtime.cancel()
        loop = asyncio.get_running_loop()
        self._bedtime = loop.call_later(self._door.idle, self.drop)
