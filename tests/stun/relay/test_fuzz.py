"""Mutated packets by the hundred thousand: no exception, no growth, and the call goes on."""

import asyncio
import gc
import os
import random
from collections.abc import Callable, Iterator

import psutil
import pytest

from practicebox.stun.bucket import Bucket
from practicebox.stun.registry import Attribute
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Method, TurnAttribute
from practicebox.stun.relay.relay import Relay
from practicebox.stun.tcp import MOST
from tests.stun.relay.live import CHANNEL, Peer, StreamWire, TurnClient, relaying
from tests.stun.relay.words import UDP_WISH, V6_WISH, channel_data, message, peer_attribute
from tests.stun.world import KEY, Client

MEDIA = b"\x80" + bytes(120)
ROUND = 16  # packets, as many as a turn reads
GROWTH = 4 * 1024 * 1024  # bytes; fragments of the allocator, not of ours
METHODS = [*Method, 0x001, 0x00A, 0xFFF]
OPEN = {"rate": 1e9, "burst": 10**9}  # a bucket that lets all fuzz through
ENDLESS = Limits(bit_rate=10**12, churn_burst=10**9, churn_rate=1e6, per_participant=2)

Few = pytest.param(2_000, id="few")
# `make proof` asks for half a million each way.
Many = pytest.param(
    int(os.environ.get("PRACTICEBOX_FUZZ_PACKETS", "100000")), id="many", marks=pytest.mark.proof
)


def mutated(draw: random.Random, client: TurnClient, peer: Client) -> Iterator[bytes]:
    """Packets that are nearly right: broken anywhere, or signed and strange inside."""
    seeds = [
        channel_data(CHANNEL, MEDIA),
        message(Method.ALLOCATE, (UDP_WISH,)),
        message(Method.SEND, (peer_attribute(peer.address, b"identifier.."),)),
        client.signed(Method.CHANNEL_BIND, (peer_attribute(peer.address, b"identifier.."),)),
        b"\x00\x16" + message(Method.SEND, ((TurnAttribute.DATA, MEDIA),))[2:],
    ]
    while True:
        if draw.random() < 0.5:
            yield _broken(draw, draw.choice(seeds))
        else:
            yield _strange(draw, client, peer)


def _broken(draw: random.Random, seed: bytes) -> bytes:
    packet = bytearray(seed)
    for _ in range(draw.randint(1, 8)):
        packet[draw.randrange(len(packet))] = draw.randrange(256)
    cut = draw.choice([len(packet), draw.randrange(len(packet) + 1)])
    return bytes(packet[:cut]) + draw.randbytes(draw.choice([0, 0, 1, 3, 40]))


def _strange(draw: random.Random, client: TurnClient, peer: Client) -> bytes:
    identifier = draw.randbytes(12)
    values = [
        UDP_WISH,
        V6_WISH,
        peer_attribute(peer.address, identifier),
        (TurnAttribute.CHANNEL_NUMBER, draw.randbytes(4)),
        (TurnAttribute.LIFETIME, draw.choice([b"", draw.randbytes(4)])),
        (draw.choice([*Attribute, *TurnAttribute, 0x7777]), draw.randbytes(draw.randrange(24))),
    ]
    chosen = tuple(draw.sample(values, draw.randrange(len(values))))
    return client.signed(draw.choice(METHODS), chosen, identifier)


class Watch:
    """What went wrong in the loop, and how the process has grown."""

    def __init__(self, relay: Relay) -> None:
        self.relay, self.errors = relay, list[str]()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.errors.append(str(context)))
        self._process = psutil.Process()
        self.begin()

    def begin(self) -> None:
        gc.collect()
        self._resident = self._process.memory_info().rss
        self._files = self._process.num_fds()

    def check(self) -> None:
        gc.collect()
        assert self.errors == []
        assert self._process.num_fds() <= self._files + MOST + 12
        assert self._process.memory_info().rss - self._resident < GROWTH


async def pour(count: int, packets: Iterator[bytes], send: Callable[[bytes], object]) -> None:
    for number in range(count):
        send(next(packets))
        if number % ROUND == 0:
            await asyncio.sleep(0)


@pytest.mark.parametrize("count", [Few, Many])
async def test_over_udp(count: int) -> None:
    bucket = Bucket(KEY, rate=OPEN["rate"], burst=int(OPEN["burst"]))
    async with relaying(bucket=bucket, limits=ENDLESS) as (server, relay):
        watch, draw = Watch(relay), random.Random(1)
        with Client("127.0.0.1", server.port) as calm, Client("127.0.0.1", server.port) as wire:
            call, client = TurnClient(calm, "room/doctor"), TurnClient(wire)
            relayed = await call.allocate()
            await client.allocate()
            with Peer(relayed) as peer:
                await call.bind(peer.address)
                packets = mutated(draw, client, peer)

                def send(packet: bytes) -> None:
                    wire.send(packet)
                    if draw.random() < 0.1:
                        peer.send(packet)

                await pour(1_000, packets, send)
                watch.begin()
                await pour(count, packets, send)
                watch.check()
                await _still_works(calm, peer)


async def _still_works(calm: Client, peer: Client) -> None:
    peer.send(b"\x80 the end")
    while await calm.receive() != channel_data(CHANNEL, b"\x80 the end"):
        pass  # what was relayed of the fuzz
    calm.send(channel_data(CHANNEL, MEDIA))
    assert await peer.receive() == MEDIA


@pytest.mark.parametrize("count", [Few, Many])
async def test_over_tcp(count: int) -> None:
    bucket = Bucket(KEY, rate=OPEN["rate"], burst=int(OPEN["burst"]))
    async with relaying(bucket=bucket, limits=ENDLESS) as (server, relay):
        watch, draw = Watch(relay), random.Random(2)
        with Client("127.0.0.1", server.port) as calm:
            call = TurnClient(calm, "room/doctor")
            with Peer(await call.allocate()) as peer:
                await call.bind(peer.address)
                await _pour_streams(1_000, server.port, draw, peer)
                watch.begin()
                await _pour_streams(count, server.port, draw, peer)
                watch.check()
                await _still_works(calm, peer)


async def _pour_streams(count: int, port: int, draw: random.Random, peer: Client) -> None:
    """Connections that are used until nonsense has closed them."""
    sent = 0
    while sent < count:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = TurnClient(StreamWire(reader, writer), f"room/{draw.randrange(4)}")
        try:
            await client.allocate()
            packets = mutated(draw, client, peer)
            for _ in range(draw.choice([1, 10, 200])):
                if writer.transport.is_closing():
                    break
                packet = next(packets)
                writer.write(_in_step(packet) if draw.random() < 0.98 else packet)
                sent += 1
                if sent % ROUND == 0:
                    await asyncio.sleep(0)
        except (ConnectionError, AssertionError):
            sent += 1  # thrown out while it asked
        finally:
            writer.transport.abort()
            reader.feed_eof()


def _in_step(packet: bytes) -> bytes:
    """The packet with a length that keeps the stream in step."""
    if len(packet) < 4:
        return b""
    if packet[0] >= 0x40:
        packet = packet[:1] + packet[1:2] + (len(packet) - 4).to_bytes(2, "big") + packet[4:]
        return packet + bytes(-len(packet) % 4)
    body = packet[20:] + bytes(-len(packet[20:]) % 4)
    return packet[:2] + len(body).to_bytes(2, "big") + packet[4:20].ljust(16, b"\0") + body
