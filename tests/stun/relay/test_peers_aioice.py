"""aioice's TURN client, alone and as part of ICE, through coturn and through our relay."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aioice
import pytest
from aioice import stun, turn

from tests.stun.relay.peers import HOST, PASSWORD, PATIENCE, RELAYS, USER, RunningRelay, running

pytestmark = pytest.mark.slow

TRANSPORTS = ["udp", "tcp", "tls"]
PACKETS = [b"\x80" + bytes([number]) * (50 * number) for number in range(25)]  # 1 to 1201 bytes
Address = tuple[str, int]


@pytest.fixture(scope="module", params=RELAYS)
def relay(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningRelay]:
    with running(request.param, tmp_path_factory.mktemp("relay")) as relay:
        yield relay


class Inbox(asyncio.DatagramProtocol):
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()
        self.is_over = asyncio.Event()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.arrived.put_nowait((data, addr))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over.set()

    async def next(self) -> tuple[bytes, Address]:
        async with asyncio.timeout(PATIENCE):
            return await self.arrived.get()


@asynccontextmanager
async def peer() -> AsyncIterator[tuple[asyncio.DatagramTransport, Inbox]]:
    """A socket on the loopback that knows no TURN."""
    loop = asyncio.get_running_loop()
    transport, inbox = await loop.create_datagram_endpoint(Inbox, (HOST, 0))
    try:
        yield transport, inbox
    finally:
        transport.close()


@asynccontextmanager
async def client(
    relay: RunningRelay, transport: str, password: str = PASSWORD
) -> AsyncIterator[tuple[turn.TurnTransport, Inbox]]:
    """An allocation; raise `TransactionFailed` where it is refused."""
    endpoint, inbox = await turn.create_turn_endpoint(
        Inbox, _server(relay, transport), USER, password, **_how(relay, transport)
    )
    try:
        yield endpoint, inbox
    finally:
        endpoint.close()  # releases the allocation first
        async with asyncio.timeout(PATIENCE):
            await inbox.is_over.wait()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_packets_go_there_and_back(relay: RunningRelay, transport: str) -> None:
    async with peer() as (other, received), client(relay, transport) as (endpoint, returned):
        relayed = endpoint.get_extra_info("sockname")
        address = cast(Address, other.get_extra_info("sockname"))
        for packet in PACKETS:
            endpoint.sendto(packet, address)
            assert await received.next() == (packet, relayed)
            other.sendto(packet, relayed)
            assert await returned.next() == (packet, address)


@pytest.mark.parametrize("transport", ["udp", "tcp"])  # of TLS aioice would not await the end
async def test_a_wrong_password_is_refused(relay: RunningRelay, transport: str) -> None:
    with pytest.raises(stun.TransactionFailed) as refused:
        async with client(relay, transport, "wrong"):
            pass
    assert refused.value.response.attributes["ERROR-CODE"][0] == 401


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_two_sides_of_ice_meet_on_the_relay(relay: RunningRelay, transport: str) -> None:
    first, second = (_ice(relay, transport, controls) for controls in (True, False))
    try:
        async with asyncio.timeout(2 * PATIENCE):
            await _introduce(first, second)
            for side in (first, second):
                assert {candidate.type for candidate in side.local_candidates} == {"relay"}
            await asyncio.gather(first.connect(), second.connect())
            for packet in PACKETS:
                await first.send(packet)
                assert await second.recv() == packet
                await second.send(packet)
                assert await first.recv() == packet
    finally:
        await asyncio.gather(first.close(), second.close())


def _ice(relay: RunningRelay, transport: str, is_controlling: bool) -> aioice.Connection:
    how = {f"turn_{name}": value for name, value in _how(relay, transport).items()}
    return aioice.Connection(
        ice_controlling=is_controlling,
        turn_server=_server(relay, transport),
        turn_username=USER,
        turn_password=PASSWORD,
        use_ipv6=False,
        transport_policy=aioice.TransportPolicy.RELAY,
        **how,
    )


async def _introduce(first: aioice.Connection, second: aioice.Connection) -> None:
    for side in (first, second):
        await side.gather_candidates()
    for side, other in ((first, second), (second, first)):
        side.remote_username, side.remote_password = other.local_username, other.local_password
        for candidate in [*other.local_candidates, None]:
            await side.add_remote_candidate(candidate)


def _server(relay: RunningRelay, transport: str) -> Address:
    return HOST, relay.tls_port if transport == "tls" else relay.port


def _how(relay: RunningRelay, transport: str) -> dict[str, Any]:
    """What aioice must know of the transport."""
    if transport != "tls":
        return {"transport": transport}
    context = ssl.create_default_context(cafile=relay.certificate.authority)
    return {"transport": "tcp", "ssl": context}
