"""A practice LAN on the loopback interface: boxes, and other devices beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from practicebox.appliance.mdns import Advertiser, State, Status
from practicebox.appliance.mdns_claim import Claim
from practicebox.appliance.mdns_group import GroupSocket
from practicebox.appliance.mdns_wire import Packet

LOOPBACK = ("127.0.0.1",)
PATIENCE = 15  # seconds a test waits for an event that should come within two


class Box:
    """An advertiser and the statuses it went through."""

    def __init__(
        self, port: int, addresses: Callable[[], Sequence[str]], retry: float, secure: bool
    ) -> None:
        self.log: asyncio.Queue[Status] = asyncio.Queue()
        self.advertiser = Advertiser(
            port,
            secure=secure,
            loopback_only=True,
            find_addresses=lambda loopback_only: addresses(),
            retry=retry,
            jitter=lambda: 0.0,
            on_change=self.log.put_nowait,
        )

    async def reaches(self, *states: State) -> Status:
        async with asyncio.timeout(PATIENCE):
            while (status := await self.log.get()).state not in states:
                pass
        return status


@asynccontextmanager
async def box(
    port: int = 8443,
    addresses: Callable[[], Sequence[str]] = lambda: LOOPBACK,
    retry: float = 30,
    secure: bool = True,
) -> AsyncIterator[Box]:
    made = Box(port, addresses, retry, secure)
    try:
        yield made
    finally:
        await made.advertiser.stop()


class Neighbour:
    """Another device on the network: hears everything, says what a test wants it to say."""

    def __init__(self, claim: Claim | None = None) -> None:
        self.heard: asyncio.Queue[Packet] = asyncio.Queue()
        self._claim = claim  # defended against every probe
        self.group = GroupSocket(LOOPBACK)
        self.group.listen(self._hear)

    async def hears(self, condition: Callable[[Packet], bool]) -> Packet:
        async with asyncio.timeout(PATIENCE):
            while not condition(packet := await self.heard.get()):
                pass
        return packet

    def _hear(self, packet: Packet) -> None:
        self.heard.put_nowait(packet)
        if self._claim and self._claim.is_probed_by(packet):
            self.group.send(self._claim.defence())


@asynccontextmanager
async def neighbour(claim: Claim | None = None) -> AsyncIterator[Neighbour]:
    made = Neighbour(claim)
    try:
        yield made
    finally:
        made.group.close()


def laptop(label: str) -> Claim:
    """A device of the same host name at another address, with another service."""
    return Claim(label, "_ssh._tcp.local.", 22, (bytes([192, 0, 2, 77]),))
