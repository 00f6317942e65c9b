"""A socket in the group of all mDNS speakers, and the contest for a name (RFC 6762 sections 8, 9).

Knows when to probe, to yield, to move on to the next name and to defend; `mdns_claim` decides
what is a conflict. It answers no ordinary question: zeroconf does, beside it on the same port.
"""

from __future__ import annotations

import asyncio
import enum
import itertools
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress

from practicebox.appliance.mdns_claim import Claim, numbered
from practicebox.appliance.mdns_wire import BrokenPacket, Packet, decode

GROUP = "224.0.0.251"  # RFC 6762 section 3
PORT = 5353
HOPS = 255  # RFC 6762 section 11
PROBES = 3  # RFC 6762 section 8.1
PROBE_INTERVAL = 0.25  # seconds, section 8.1; also the longest random delay before the first probe
YIELD_DELAY = 1.0  # seconds after a lost tie-break, section 8.2
PATIENT_AFTER = 15  # conflicts, section 8.1: slow down then
PATIENT_DELAY = 5.0  # seconds
MAX_BYTES = 9000  # section 17
DRAIN = 16  # datagrams a turn of the event loop, so that a flood can't hold it
IP_MULTICAST_ALL = 49  # linux/in.h; 0: only from interfaces this very socket has joined


class Outcome(enum.Enum):
    FREE = enum.auto()
    TAKEN = enum.auto()
    YIELD = enum.auto()


class Contest:
    """Wins a name, then holds it; `lost` is set when somebody else uses it all the same."""

    def __init__(self, send: Callable[[bytes], None], jitter: Callable[[], float]) -> None:
        self.lost = asyncio.Event()
        self._send = send
        self._jitter = jitter  # gives 0.0 to 1.0
        self._claim: Claim | None = None
        self._verdict: asyncio.Future[Outcome] | None = None  # open while a name is probed

    async def win(self, label: str, make: Callable[[str], Claim]) -> Claim:
        """Probe for `label`, `label-2` … until a name is free; then defend it."""
        for number in itertools.count(1):
            claim = make(numbered(label, number))
            if await self._is_free(claim):
                return claim
            if number >= PATIENT_AFTER:
                await asyncio.sleep(PATIENT_DELAY)
        raise AssertionError("counting never ends")

    def hear(self, packet: Packet) -> None:
        """Take in a message of the group."""
        if self._claim is None:
            return
        if self._claim.is_contradicted_by(packet):
            self._decide(Outcome.TAKEN)
        elif self._verdict is None and self._claim.is_probed_by(packet):
            with suppress(OSError):  # no network: then nobody can take the name either
                self._send(self._claim.defence())
        elif self._claim.yields_to(packet):
            self._decide(Outcome.YIELD)

    async def _is_free(self, claim: Claim) -> bool:
        while True:
            outcome = await self._probe(claim)
            if outcome is not Outcome.YIELD:
                return outcome is Outcome.FREE
            await asyncio.sleep(YIELD_DELAY)

    async def _probe(self, claim: Claim) -> Outcome:
        self._claim = claim
        self._verdict = asyncio.get_running_loop().create_future()
        try:
            await asyncio.sleep(self._jitter() * PROBE_INTERVAL)
            for _ in range(PROBES):
                self._send(claim.probe())
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROBE_INTERVAL):
                        return await asyncio.shield(self._verdict)
            return Outcome.FREE
        finally:
            self._verdict = None

    def _decide(self, outcome: Outcome) -> None:
        if self._verdict is None:
            self.lost.set()
        elif not self._verdict.done():
            self._verdict.set_result(outcome)


class GroupSocket:
    """The group, on the interfaces of `addresses`; raise `OSError` where it can't be joined."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._socket = _join(addresses)

    def listen(self, hear: Callable[[Packet], None]) -> None:
        """Hand every message that arrives to `hear`."""
        asyncio.get_running_loop().add_reader(self._socket, self._read, hear)

    def send(self, packet: bytes) -> None:
        """Send to the group on every interface."""
        for address in self._addresses:
            interface = socket.inet_aton(address)
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            self._socket.sendto(packet, (GROUP, PORT))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self, hear: Callable[[Packet], None]) -> None:
        for _ in range(DRAIN):
            try:
                datagram, source = self._socket.recvfrom(MAX_BYTES)
            except OSError:  # nothing left, or an interface went away, which `mdns` notices itself
                return
            if source[1] != PORT:  # section 11: not one of us
                continue
            with suppress(BrokenPacket):
                hear(decode(datagram))


def _join(addresses: Sequence[str]) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS)
        sock.bind((GROUP, PORT))  # the group's datagrams only: unicast answers stay zeroconf's
        for address in addresses:
            membership = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(address))
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    except OSError:
        sock.close()
        raise
    return sock
