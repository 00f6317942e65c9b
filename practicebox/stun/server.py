"""The STUN door of the box: sockets, buckets and event loop put together.

Knows how to start and stop. Nothing that it counts or keeps names an address.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from practicebox.stun.bucket import Bucket
from practicebox.stun.gate import Gate
from practicebox.stun.relay.relay import SWEEP, Relay
from practicebox.stun.sockets import open_sockets
from practicebox.stun.syscalls import SystemCalls, system_calls
from practicebox.stun.tcp import TcpDoor
from practicebox.stun.udp import reader

BACKLOG = 16  # connections; the loop accepts no more in one turn


async def serve(
    host_v4: str,
    host_v6: str | None,
    port: int,
    *,
    bucket: Bucket,
    clock: Callable[[], float],
    calls: Callable[[], SystemCalls | None] = system_calls,
    relay: Relay | None = None,
) -> StunServer:
    """Answer Binding requests on UDP and TCP, and be a relay; any free port for 0.

    `clock` is a steady one, in seconds. On a machine without IPv6 the server has IPv4 only and
    says so in `has_ipv6`. Raise `OSError` when an address or the port can't be had.
    """
    loop = asyncio.get_running_loop()
    gate = Gate(bucket, clock)
    door = relay.attach(gate) if relay else TcpDoor(gate)
    datagrams, streams = open_sockets(host_v4, host_v6, port)
    for sock in datagrams:
        loop.add_reader(sock, reader(sock, gate, calls(), relay))
    listeners = [
        await loop.create_server(door.connection, sock=sock, backlog=BACKLOG) for sock in streams
    ]
    return StunServer(gate, datagrams, listeners, door, relay)


class StunServer:
    """A running server: its port, its counters in `gate`, and whether it has IPv6."""

    def __init__(
        self,
        gate: Gate,
        datagrams: list[socket.socket],
        listeners: list[asyncio.Server],
        door: TcpDoor,
        relay: Relay | None = None,
    ) -> None:
        self.gate = gate
        self.port: int = datagrams[0].getsockname()[1]
        self.has_ipv6 = any(sock.family == socket.AF_INET6 for sock in datagrams)
        self._datagrams, self._listeners, self._door = datagrams, listeners, door
        self._relay = relay
        self._sweep: asyncio.TimerHandle | None = None
        if relay:
            self._expire()

    def close(self) -> None:
        """Stop answering and close all sockets; may be called twice."""
        loop = asyncio.get_running_loop()
        while self._datagrams:
            sock = self._datagrams.pop()
            loop.remove_reader(sock)
            sock.close()
        for listener in self._listeners:
            listener.close()
        self._door.close()
        if self._sweep:
            self._sweep.cancel()
        if self._relay:
            self._relay.close()

    async def wait_closed(self) -> None:
        """Wait until the last connection is gone, after `close`."""
        for listener in self._listeners:
            await listener.wait_closed()
        await asyncio.sleep(0)  # the relay closes its sockets when what was said is sent

    def _expire(self) -> None:
        assert self._relay
        self._relay.expire()
        self._sweep = asyncio.get_running_loop().call_later(SWEEP, self._expire)
