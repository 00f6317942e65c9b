"""The relay by UDP, through real sockets."""

import asyncio
import gc
import random
import socket

import pytest

from practicebox.stun.attributes import Address
from practicebox.stun.bucket import Bucket
from practicebox.stun.message import decode
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Method, TurnAttribute
from practicebox.stun.relay.path import FiveTuple, Transport
from practicebox.stun.relay.ports import connected
from practicebox.stun.relay.slots import LONGEST
from practicebox.stun.sockets import open_sockets
from tests.stun.relay.live import CHANNEL, Peer, TurnClient, relaying
from tests.stun.relay.words import V6_WISH, channel_data, message
from tests.stun.samples import request
from tests.stun.world import KEY, Client


def packets(count: int, size: int = 200) -> list[bytes]:
    """RTP-like packets that differ."""
    return [b"\x80" + number.to_bytes(3, "big") + bytes(size) for number in range(count)]


async def received(client: Client, count: int) -> list[bytes]:
    return [await client.receive() for _ in range(count)]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("wishes", [(), (V6_WISH,)])
async def test_packets_go_through_a_channel_both_ways(
    host: str, wishes: tuple[tuple[int, bytes], ...]
) -> None:
    async with relaying() as (server, _):
        with Client(host, server.port) as wire:
            client = TurnClient(wire)
            with Peer(await client.allocate(*wishes)) as peer:
                assert await client.bind(peer.address) == 0
                for packet in packets(40):
                    wire.send(channel_data(CHANNEL, packet))
                assert await received(peer, 40) == packets(40)
                for packet in packets(40):
                    peer.send(packet)
                expected = [channel_data(CHANNEL, packet) for packet in packets(40)]
                assert await received(wire, 40) == expected


async def test_indications_work_without_a_channel() -> None:
    async with relaying() as (server, _):
        with Client("127.0.0.1", server.port) as wire:
            client = TurnClient(wire)
            with Peer(await client.allocate()) as peer:
                assert (
                    await client.bind(("127.0.0.1", peer.address[1] ^ 1)) == 0
                )  # permits the host
                peer.send(packets(1)[0])
                indication = decode(await wire.receive())
                assert indication.method == Method.DATA
                assert indication.value(TurnAttribute.DATA) == packets(1)[0]


@pytest.mark.parametrize("seed", range(20))
async def test_a_row_of_packets_obeys_the_same_rules_as_each_of_them(seed: int) -> None:
    """Rows take a short cut; what comes out must not depend on who was in the row."""
    draw = random.Random(seed)
    async with relaying() as (server, _):
        with Client("127.0.0.1", server.port) as wire:
            client = TurnClient(wire)
            with Peer(await client.allocate()) as first, Client("127.0.0.1", first.address[1]) as _:
                with Peer(("127.0.0.1", _relayed(first))) as second:
                    assert await client.bind(first.address, CHANNEL) == 0
                    assert await client.bind(second.address, CHANNEL + 1) == 0
                    peers = {CHANNEL: first, CHANNEL + 1: second}
                    await _up(draw, wire, peers)
                    await _down(draw, wire, peers)


def _relayed(peer: Client) -> int:
    port: int = peer.sock.getpeername()[1]
    return port


async def _up(draw: random.Random, wire: Client, peers: dict[int, Peer]) -> None:
    expected: dict[int, list[bytes]] = {CHANNEL: [], CHANNEL + 1: []}
    for number in range(40):
        channel = draw.choice([CHANNEL, CHANNEL, CHANNEL, CHANNEL + 1, CHANNEL + 2])
        first = draw.choice([0x80, 0x80, 0x80, 0x16, 0x50, 0xFF])
        payload = bytes((first, number)) + bytes(draw.choice([0, 5, 100, 1000]))
        cut = draw.choice([0, 0, 0, 1])
        padding = draw.choice([0, 0, 0, 2]) * (not cut)
        datagram = channel_data(channel, payload) + bytes(padding)
        wire.send(datagram[: len(datagram) - cut])
        if channel in peers and first in (0x80, 0x16) and not cut:
            expected[channel].append(payload)
    for channel, peer in peers.items():
        wire.send(channel_data(channel, b"\x80the end"))
        assert await received(peer, len(expected[channel]) + 1) == [
            *expected[channel],
            b"\x80the end",
        ]


async def _down(draw: random.Random, wire: Client, peers: dict[int, Peer]) -> None:
    expected = []
    for number in range(40):
        channel = draw.choice([CHANNEL, CHANNEL, CHANNEL, CHANNEL + 1])
        first = draw.choice([0x80, 0x80, 0x80, 0x16, 0x50, 0xFF])
        size = draw.choice([0, 5, 100, 1000, LONGEST - 1, LONGEST, LONGEST + 500])
        payload = (bytes((first, number)) + bytes(size))[: max(size, 2)]
        peers[channel].send(payload if size else b"")
        if size and size <= LONGEST and first in (0x80, 0x16):
            expected.append(channel_data(channel, payload))
    peers[CHANNEL].send(b"\x80the end")
    expected.append(channel_data(CHANNEL, b"\x80the end"))
    assert await received(wire, len(expected)) == expected


async def test_answers_and_packets_leave_from_the_address_that_was_asked() -> None:
    async with relaying(host_v4="0.0.0.0", host_v6="::") as (server, _):
        for host in ("127.0.0.1", "127.0.0.2", "::1"):
            with Client(host, server.port) as wire:  # a connected socket takes nothing else
                client = TurnClient(wire, f"room/{host[-1]}")
                with Peer(await client.allocate()) as peer:
                    assert await client.bind(peer.address) == 0
                    peer.send(packets(1)[0])
                    assert await wire.receive() == channel_data(CHANNEL, packets(1)[0])


async def test_packets_of_an_allocation_cost_no_tokens() -> None:
    bucket = Bucket(KEY, rate=0.001, burst=2)  # a challenge and an allocation
    async with relaying(bucket=bucket) as (server, _):
        with Client("127.0.0.1", server.port) as wire:
            client = TurnClient(wire)
            with Peer(await client.allocate()) as peer:
                assert await client.bind(peer.address) == 0
                for packet in packets(50):
                    wire.send(channel_data(CHANNEL, packet))
                assert await received(peer, 50) == packets(50)
            with Client("127.0.0.1", server.port) as other:
                other.send(message(Method.ALLOCATE, ()))
                wire.send(request())
                assert len(await wire.receive()) == 32
            assert server.gate.limited == 1


async def test_an_allocation_ends_with_an_answer_and_leaves_no_socket() -> None:
    async with relaying() as (server, relay):
        with Client("127.0.0.1", server.port) as wire:
            client = TurnClient(wire)
            await client.allocate()
            assert await client.end() == 0
            assert len(relay.table) == 0
            assert await client.end() == 437  # heard at the door again
            assert (await client.allocate())[0] == "127.0.0.1"


async def test_closing_the_server_closes_everything() -> None:
    async with relaying() as (server, relay):
        with Client("127.0.0.1", server.port) as wire:
            await TurnClient(wire).allocate()
    assert len(relay.table) == 0
    gc.collect()  # an open socket would be a warning, and that an error


async def test_an_allocation_ends_by_itself() -> None:
    async with relaying(limits=Limits(lifetime=1)) as (server, relay):
        with Client("127.0.0.1", server.port) as wire:
            await TurnClient(wire).allocate()
            assert len(relay.table) == 1
            relay.expire()
            assert len(relay.table) == 1
            now = next(iter(relay.table)).ends
            relay.table.expire(now)
            assert len(relay.table) == 0
            await asyncio.sleep(0)


async def test_a_client_that_vanishes_disturbs_nobody() -> None:
    async with relaying() as (server, _):
        with Client("127.0.0.1", server.port) as stays:
            staying = TurnClient(stays, "room/doctor")
            relayed = await staying.allocate()
            with Client("127.0.0.1", server.port) as wire:
                client = TurnClient(wire)
                peer = Peer(await client.allocate())
                await client.bind(peer.address)
            with peer, Peer(relayed) as other:
                assert await staying.bind(other.address) == 0
                for packet in packets(50):
                    peer.send(packet)
                    other.send(packet)
                expected = [channel_data(CHANNEL, packet) for packet in packets(50)]
                assert await received(stays, 50) == expected


def test_a_clients_own_socket_hears_nobody_else() -> None:
    datagrams, streams = open_sockets("127.0.0.1", None, 0)
    door: Address = datagrams[0].getsockname()
    with Client(*door) as wire, Client(*door) as stranger:
        for _ in range(3):
            stranger.send(b"before")
        with connected(FiveTuple(Transport.UDP, wire.address, door)) as own:
            stranger.send(b"after")
            wire.send(b"mine")
            own.settimeout(1)
            assert own.recv(100) == b"mine"
            with pytest.raises(BlockingIOError):
                own.setblocking(False)
                own.recv(100)
            heard = [datagrams[0].recv(100) for _ in range(4)]
            assert heard == [b"before"] * 3 + [b"after"]
    for sock in datagrams + streams:
        sock.close()


def test_a_second_box_cannot_take_the_port() -> None:
    datagrams, streams = open_sockets("127.0.0.1", None, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(OSError):
        sock.bind(datagrams[0].getsockname())
    for one in datagrams + streams:
        one.close()
