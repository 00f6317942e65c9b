"""A relay behind real sockets on the loopback, and a client and a peer that talk through it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from practicebox.stun.attributes import Address, decode_xor_address
from practicebox.stun.bucket import Bucket
from practicebox.stun.framing import Deframer
from practicebox.stun.integrity import long_term_key, with_integrity
from practicebox.stun.message import Message, decode
from practicebox.stun.registry import Attribute
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import CHANNEL_NUMBERS, Method, TurnAttribute
from practicebox.stun.relay.relay import Relay
from practicebox.stun.server import StunServer, serve
from tests.stun.relay.words import REALM, UDP_WISH, Attributes, code, message, peer_attribute
from tests.stun.relay.world import Practice, password_of
from tests.stun.world import KEY, PATIENCE, Client

CHANNEL = 0x4000


@asynccontextmanager
async def relaying(
    *,
    host_v4: str = "127.0.0.1",
    host_v6: str | None = "::1",
    limits: Limits | None = None,
    bucket: Bucket | None = None,
) -> AsyncIterator[tuple[StunServer, Relay]]:
    """A relay that may reach the loopback, which the real fence refuses."""
    relay = Relay(
        Practice(hosts=None),
        realm=REALM,
        key=bytes(32),
        clock=time.monotonic,
        addresses=["127.0.0.1", "::1"],
        limits=limits or Limits(bit_rate=10**9),
        is_forbidden=lambda host: False,
    )
    bucket = bucket or Bucket(KEY, rate=1000.0, burst=10_000)
    server = await serve(host_v4, host_v6, 0, bucket=bucket, clock=time.monotonic, relay=relay)
    try:
        yield server, relay
    finally:
        server.close()
        await server.wait_closed()


class Wire(Protocol):
    """What a TURN client needs of its connection."""

    def send(self, datagram: bytes) -> None: ...
    async def receive(self) -> bytes: ...


class TurnClient:
    """One user on one wire."""

    def __init__(self, wire: Wire, username: str = "room/patient") -> None:
        self.wire, self.username, self.nonce = wire, username, b""

    async def request(self, method: int, attributes: Attributes = ()) -> Message:
        """The answer to a signed request."""
        if not self.nonce:
            challenge = decode(await self._ask(message(method, (UDP_WISH,))))
            self.nonce = challenge.value(Attribute.NONCE) or b""
        return decode(await self._ask(self.signed(method, attributes)))

    def signed(self, method: int, attributes: Attributes, identifier: bytes = b"") -> bytes:
        credentials: Attributes = (
            (Attribute.USERNAME, self.username.encode()),
            (Attribute.REALM, REALM.encode()),
            (Attribute.NONCE, self.nonce),
        )
        identifier = identifier or os.urandom(12)
        key = long_term_key(self.username, REALM, password_of(self.username))
        return with_integrity(message(method, attributes + credentials, identifier=identifier), key)

    async def allocate(self, *wishes: tuple[int, bytes]) -> Address:
        answer = await self.request(Method.ALLOCATE, (UDP_WISH, *wishes))
        value = answer.value(TurnAttribute.XOR_RELAYED_ADDRESS)
        assert value is not None, code(answer)
        return decode_xor_address(value, answer.transaction_id)

    async def bind(self, peer: Address, number: int = CHANNEL) -> int:
        identifier = os.urandom(12)
        attributes = (
            (TurnAttribute.CHANNEL_NUMBER, number.to_bytes(2, "big") + bytes(2)),
            peer_attribute(peer, identifier),
        )
        return code(
            decode(await self._ask(self.signed(Method.CHANNEL_BIND, attributes, identifier)))
        )

    async def end(self) -> int:
        zero = ((TurnAttribute.LIFETIME, bytes(4)),)
        return code(await self.request(Method.REFRESH, zero))

    async def _ask(self, request: bytes) -> bytes:
        self.wire.send(request)
        while True:
            answer = await self.wire.receive()
            if answer[8:20] == request[8:20] and answer[0] == 1:
                return answer


class StreamWire:
    """A wire over TCP or TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._deframer = Deframer(channels=CHANNEL_NUMBERS)

    def send(self, datagram: bytes) -> None:
        self.writer.write(datagram + bytes(-len(datagram) % 4))

    async def receive(self) -> bytes:
        while (received := self._deframer.next()) is None:
            async with asyncio.timeout(PATIENCE):
                chunk = await self.reader.read(4096)
            if not chunk:
                raise ConnectionResetError
            self._deframer.feed(chunk)
        return received

    async def is_closed(self) -> bool:
        try:
            while True:
                await self.receive()
        except ConnectionResetError:
            return True


class Peer(Client):
    """A UDP socket in the practice."""

    def __init__(self, relayed: Address) -> None:
        super().__init__("::1" if ":" in relayed[0] else "127.0.0.1", relayed[1])

    def __enter__(self) -> Peer:
        return self
