"""The relay by TCP and TLS, through real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from practicebox.stun.bucket import Bucket
from practicebox.stun.message import decode
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Method
from practicebox.stun.relay.path import Transport
from practicebox.stun.relay.relay import Relay
from practicebox.stun.tcp import MOST
from tests.stun.relay.certificate import certificate_for
from tests.stun.relay.live import CHANNEL, Peer, StreamWire, TurnClient, relaying
from tests.stun.relay.words import REALM, channel_data, code, message
from tests.stun.relay.world import Practice
from tests.stun.samples import request
from tests.stun.world import KEY, Client


@asynccontextmanager
async def connection(port: int, context: ssl.SSLContext | None = None) -> AsyncIterator[StreamWire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        yield StreamWire(reader, writer)
    finally:
        writer.transport.abort()


def packets(count: int, size: int = 200) -> list[bytes]:
    return [
        b"\x80" + number.to_bytes(3, "big") + bytes(size + number % 4) for number in range(count)
    ]


async def exchanged(wire: StreamWire, client: TurnClient) -> None:
    """Packets go both ways."""
    with Peer(await client.allocate()) as peer:
        assert await client.bind(peer.address) == 0
        for packet in packets(40):
            wire.send(channel_data(CHANNEL, packet))
        assert [await peer.receive() for _ in range(40)] == packets(40)
        for packet in packets(40):
            peer.send(packet)
        seen = [await wire.receive() for _ in range(40)]
        assert seen == [channel_data(CHANNEL, packet) for packet in packets(40)]


async def test_packets_go_through_a_channel_both_ways() -> None:
    async with relaying() as (server, relay), connection(server.port) as wire:
        await exchanged(wire, TurnClient(wire))
        assert [one.path.transport for one in relay.table] == [Transport.TCP]


async def test_a_stream_may_come_in_pieces() -> None:
    async with relaying() as (server, _), connection(server.port) as wire:
        client = TurnClient(wire)
        with Peer(await client.allocate()) as peer:
            assert await client.bind(peer.address) == 0
            bundle = b"".join(channel_data(CHANNEL, packet) + bytes(-len(packet) % 4)
                              for packet in packets(5, 9))  # fmt: skip
            for start in range(0, len(bundle), 3):
                wire.writer.write(bundle[start : start + 3])
                await wire.writer.drain()
            assert [await peer.receive() for _ in range(5)] == packets(5, 9)


class Front(asyncio.Protocol):
    """Another door: it reads the first bytes and hands TURN over."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert data[0] < 4
        stream = self._relay.connection()
        self._transport.set_protocol(stream)
        stream.connection_made(self._transport)
        stream.feed(data)


@asynccontextmanager
async def tls_door(relay: Relay, folder: Path) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """A TLS port that hands over what is TURN, and what a client needs to connect to it."""
    chain, key = certificate_for(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    loop = asyncio.get_running_loop()
    front = await loop.create_server(lambda: Front(relay), "127.0.0.1", 0, ssl=context)
    trusting = ssl.create_default_context(cafile=str(chain))
    try:
        yield front.sockets[0].getsockname()[1], trusting
    finally:
        front.close()


async def test_another_door_may_hand_over_tls(tmp_path: Path) -> None:
    async with relaying() as (_, relay), tls_door(relay, tmp_path) as (port, context):
        async with connection(port, context) as wire:
            await exchanged(wire, TurnClient(wire))
            assert [one.path.transport for one in relay.table] == [Transport.TLS]
            client = TurnClient(wire)
            assert await client.end() == 0
            assert await wire.is_closed()


async def test_nothing_is_handed_over_before_the_relay_is_served() -> None:
    relay = Relay(
        Practice(), realm=REALM, key=bytes(32), clock=lambda: 0.0, addresses=["127.0.0.1"]
    )
    with pytest.raises(RuntimeError):
        relay.connection()


async def test_the_end_of_a_connection_ends_its_allocation() -> None:
    async with relaying() as (server, relay):
        async with connection(server.port) as wire:
            await TurnClient(wire).allocate()
            assert len(relay.table) == 1
            await until(lambda: len(relay.table) == 1)
        await until(lambda: len(relay.table) == 0)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - the relay tells nobody when somebody has left
            await asyncio.sleep(0)


async def test_the_end_of_an_allocation_ends_its_connection() -> None:
    async with relaying() as (server, relay), connection(server.port) as wire:
        client = TurnClient(wire)
        await client.allocate()
        relay.table.expire(float("inf"))
        assert await wire.is_closed()


@pytest.mark.parametrize(
    "nonsense",
    [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 9, b"\x40\x00\xff\xff" + bytes(99), b"\x00\x03\x00\x05"],
)
async def test_nonsense_closes_the_connection_also_of_a_client(nonsense: bytes) -> None:
    async with relaying() as (server, relay), connection(server.port) as wire:
        await TurnClient(wire).allocate()
        wire.writer.write(nonsense)
        assert await wire.is_closed()
        await until(lambda: len(relay.table) == 0)


async def test_who_reads_slowly_loses_packets_and_costs_no_memory() -> None:
    limits = Limits(bit_rate=10**10, unsent=64 * 1024)
    async with relaying(limits=limits) as (server, relay), connection(server.port) as wire:
        client = TurnClient(wire)
        with Peer(await client.allocate()) as peer:
            assert await client.bind(peer.address) == 0
            transport = wire.writer.transport
            assert isinstance(transport, asyncio.Transport)
            transport.pause_reading()
            (allocation,) = relay.table
            stream = allocation.ports._stream  # type: ignore[attr-defined]  # what piles up there
            for number in range(20_000):  # 24 MB
                peer.send(b"\x80" + number.to_bytes(3, "big") + bytes(1196))
                if number % 16 == 0:
                    await asyncio.sleep(0)
            assert stream._transport.get_write_buffer_size() <= limits.unsent + 20_000
            transport.resume_reading()
            await until_end(wire, peer)


async def until_end(wire: StreamWire, peer: Client) -> None:
    """The stream is in step afterwards, and packets pass again."""
    last = b""
    while not last.endswith(b"the end"):
        peer.send(b"\x80 the end")
        last = await wire.receive()
        assert last[:2] == CHANNEL.to_bytes(2, "big")


async def test_connections_without_credentials_cannot_push_out_a_call() -> None:
    async with relaying() as (server, _), connection(server.port) as wire:
        client = TurnClient(wire)
        await client.allocate()
        others = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(MOST + 5)]
        assert await client.bind(("127.0.0.1", 50000)) == 0
        for _, writer in others:
            writer.transport.abort()


async def test_without_an_allocation_every_message_costs_a_token() -> None:
    async with relaying(bucket=Bucket(KEY, rate=0.001, burst=3)) as (server, _):
        async with connection(server.port) as wire:
            for _ in range(3):
                wire.send(message(Method.ALLOCATE, ()))
                assert code(decode(await wire.receive())) == 401
            wire.send(message(Method.ALLOCATE, ()))
            wire.send(request())
            wire.writer.write_eof()
            assert await wire.is_closed()
        assert server.gate.limited == 2
