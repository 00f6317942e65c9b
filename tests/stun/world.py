"""A running server and clients on the loopback interface."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from practicebox.stun.bucket import Bucket
from practicebox.stun.server import StunServer, serve
from practicebox.stun.syscalls import SystemCalls, system_calls

PATIENCE = 5.0  # seconds until a test gives up on an answer; never waited for when all is well
KEY = bytes(16)
# Both ways to read a socket.
CALLS: dict[str, Callable[[], SystemCalls | None]] = {
    "batches": system_calls,
    "singles": lambda: None,
}


@asynccontextmanager
async def running(
    *,
    host_v4: str = "127.0.0.1",
    host_v6: str | None = "::1",
    bucket: Bucket | None = None,
    calls: Callable[[], SystemCalls | None] = system_calls,
) -> AsyncIterator[StunServer]:
    """A server on a free port."""
    bucket = bucket or Bucket(KEY, rate=1000.0, burst=10_000)
    server = await serve(host_v4, host_v6, 0, bucket=bucket, clock=time.monotonic, calls=calls)
    try:
        yield server
    finally:
        server.close()
        await server.wait_closed()


class Client:
    """A UDP socket that talks to one address."""

    def __init__(self, host: str, port: int, source: str | None = None) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind((source or host, 0))
        self.sock.connect((host, port))
        self.address: tuple[str, int] = self.sock.getsockname()[:2]

    def send(self, datagram: bytes) -> None:
        self.sock.send(datagram)

    async def receive(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.get_running_loop().sock_recv(self.sock, 2048)

    async def ask(self, datagram: bytes) -> bytes:
        self.send(datagram)
        return await self.receive()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()
