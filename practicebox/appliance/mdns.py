"""The box's name on the practice LAN: `https://<short name>.local`, found without any set-up.

Knows zeroconf (nobody else does; it is imported when it is first needed) and the life of an
advertisement: name won, announced, followed when addresses change, taken back with a goodbye.
Knows neither the practice nor HTTP. Nothing that goes wrong here stops the process: it becomes a
`Status` for the status page, and is tried again.

IPv4 only: the addresses a browser gets are those the staff door listens on.
"""

from __future__ import annotations

import asyncio
import enum
import errno
import importlib
import logging
import random
import socket
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

from practicebox.appliance.mdns_claim import TEXT, Claim
from practicebox.appliance.mdns_group import Contest, GroupSocket
from practicebox.appliance.mdns_wire import MAX_LABEL

if TYPE_CHECKING:
    from ifaddr import IP
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

HTTPS = "_https._tcp.local."
HTTP = "_http._tcp.local."
LOOPBACK = "127.0.0.1"
RETRY = 10.0  # seconds until a failure is tried again, and between two looks at the addresses
NAMELESS = "practicebox"  # the host where nothing of the short name can be written in ASCII
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l"})

log = logging.getLogger(__name__)


class State(enum.StrEnum):
    SILENT = "silent"  # no short name yet, or stopped
    PROBING = "probing"
    RUNNING = "running"
    RENAMED = "renamed"  # somebody else has the name: the box is `<short name>-2.local`
    UNAVAILABLE = "unavailable"


class Reason(enum.StrEnum):
    """Why the name is unavailable."""

    NO_NETWORK = "no-network"  # no interface with an address
    PORT_TAKEN = "port-taken"  # a program that doesn't share UDP port 5353
    NO_MULTICAST = "no-multicast"  # the network or the firewall refuses it
    FAILED = "failed"


@dataclass(frozen=True)
class Status:
    """What the status page says about the name."""

    state: State
    host: str | None = None  # "praxis-sonne.local", in state `running` and `renamed`
    reason: Reason | None = None  # in state `unavailable`


def addresses(loopback_only: bool) -> tuple[str, ...]:
    """IPv4 addresses to advertise: all but those of the loopback interface, or only that one.

    The demo is `loopback_only`: nobody outside this machine hears of it.
    """
    if loopback_only:
        return (LOOPBACK,)
    found = {str(ip.ip) for ip in _interface_addresses() if ip.is_IPv4}
    return tuple(sorted(address for address in found if not ip_address(address).is_loopback))


class Advertiser:
    """Advertises the staff door, as soon as the practice has a short name."""

    def __init__(
        self,
        port: int,
        *,
        secure: bool,
        loopback_only: bool,
        find_addresses: Callable[[bool], Sequence[str]] = addresses,
        retry: float = RETRY,
        jitter: Callable[[], float] = random.random,
        on_change: Callable[[Status], None] = lambda status: None,
    ) -> None:
        self.status = Status(State.SILENT)
        self._port = port
        self._service = HTTPS if secure else HTTP
        self._addresses = partial(find_addresses, loopback_only)
        self._retry = retry
        self._jitter = jitter
        self._on_change = on_change
        self._task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()  # with those that still say goodbye

    def change_name(self, short_name: str) -> None:
        """Begin to advertise under the short name, or move on to it; return at once."""
        run = self._run(host_label(short_name), self._cancel())
        self._task = asyncio.create_task(run, name="mdns")
        self._tasks.add(self._task)
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Say goodbye (TTL 0) and fall silent; harmless where there is no name."""
        if ending := self._cancel():
            await asyncio.wait(ending)
        self._change(Status(State.SILENT))

    def _cancel(self) -> frozenset[asyncio.Task[None]]:
        if self._task is not None:
            self._task.cancel()  # once: a second time would cut the goodbye off
            self._task = None
        return frozenset(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("mdns_failed", exc_info=error)
            self._change(Status(State.UNAVAILABLE, reason=Reason.FAILED))

    async def _run(self, label: str, earlier: frozenset[asyncio.Task[None]]) -> None:
        if earlier:
            await asyncio.wait(earlier)
        await asyncio.to_thread(importlib.import_module, "zeroconf")  # 0.1 to 1 s
        while True:
            try:
                await self._advertise(label)
                continue  # a conflict, or other addresses: begin anew
            except OSError as error:
                self._change(Status(State.UNAVAILABLE, reason=_reason(error)))
            except Exception:  # of zeroconf or of ours: the name is no reason to lose the doors
                log.warning("mdns_failed", exc_info=True)
                self._change(Status(State.UNAVAILABLE, reason=Reason.FAILED))
            await asyncio.sleep(self._retry)

    async def _advertise(self, label: str) -> None:
        found = tuple(self._addresses())
        if not found:
            raise OSError(errno.ENETDOWN, "no interface with an address")
        self._change(Status(State.PROBING))
        group = GroupSocket(found)
        try:
            contest = Contest(group.send, self._jitter)
            group.listen(contest.hear)
            claim = await contest.win(label, lambda name: self._claim(name, found))
            await self._announce(claim, contest, found, claim.label == label)
        finally:
            group.close()

    async def _announce(
        self, claim: Claim, contest: Contest, found: tuple[str, ...], is_first_choice: bool
    ) -> None:
        from zeroconf import IPVersion
        from zeroconf.asyncio import AsyncZeroconf

        responder = AsyncZeroconf(interfaces=list(found), ip_version=IPVersion.V4Only)
        try:
            await _register(responder, _service_info(claim))
            state = State.RUNNING if is_first_choice else State.RENAMED
            self._change(Status(state, host=claim.host.rstrip(".")))
            while tuple(self._addresses()) == found and not contest.lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._retry):
                        await contest.lost.wait()
        finally:
            await responder.async_close()  # with the goodbye (RFC 6762 section 10.1)

    def _claim(self, label: str, found: Sequence[str]) -> Claim:
        packed = tuple(socket.inet_aton(address) for address in found)
        return Claim(label, self._service, self._port, packed, _own_addresses())

    def _change(self, status: Status) -> None:
        if status == self.status:
            return
        self.status = status
        log.info("mdns", extra={"state": status.state, "reason": status.reason})
        self._on_change(status)


def host_label(short_name: str) -> str:
    """The short name as a host label: `a-z0-9-`, 1 to 63 characters (RFC 1123 section 2.1)."""
    folded = unicodedata.normalize("NFKC", short_name).lower().translate(LETTERS)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return "-".join(words)[:MAX_LABEL].strip("-") or NAMELESS


def _own_addresses() -> frozenset[bytes]:
    texts = (ip.ip if isinstance(ip.ip, str) else ip.ip[0] for ip in _interface_addresses())
    return frozenset(ip_address(text).packed for text in texts)


def _interface_addresses() -> list[IP]:
    import ifaddr

    return [ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]


async def _register(responder: AsyncZeroconf, service: ServiceInfo) -> None:
    """Announce a name that is won already: zeroconf need not probe for it (`cooperating`)."""
    announced = await responder.async_register_service(service, cooperating_responders=True)
    await announced


def _service_info(claim: Claim) -> ServiceInfo:
    from zeroconf import ServiceInfo

    return ServiceInfo(
        claim.service,
        claim.instance,
        claim.port,
        properties=TEXT,
        server=claim.host,
        addresses=claim.addresses,
    )


def _reason(error: OSError) -> Reason:
    if error.errno == errno.EADDRINUSE:
        return Reason.PORT_TAKEN
    if error.errno in (errno.ENETDOWN, errno.ENETUNREACH, errno.EADDRNOTAVAIL):
        return Reason.NO_NETWORK
    return Reason.NO_MULTICAST
