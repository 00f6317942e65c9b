"""Distance between three network namespaces, made in userspace, for bench/first_frame.py.

Each namespace has one TUN device whose other end is held here; every packet waits for the delay
of its pair of hosts and is then written to the other device. Needs root. Run as a program of its
own, it makes the namespaces, says so, takes new delays from its standard input, one JSON object a
line, and removes everything when the input ends.

The other half, `far_apart`, runs it and hands out the hosts; `near` does without.
"""

from __future__ import annotations

import asyncio
import fcntl
import heapq
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TUN = Path("/dev/net/tun")
TUNSETIFF = 0x400454CA  # linux/if_tun.h
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MTU = 1400
BATCH = 64  # packets of one device before the others get their turn
START = 10.0  # seconds
ADDRESSES = {"box": "10.77.0.1", "patient": "10.77.0.2", "doctor": "10.77.0.3"}


@dataclass(frozen=True)
class Host:
    """One end of the network: its address, and what to put before a command to run it there."""

    address: str
    prefix: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Box, patient and doctor, and how far the patient is from the others."""

    hosts: dict[str, Host]
    forwarder: asyncio.StreamWriter | None  # None: all on this machine's loopback

    def move_patient(self, round_trip: float) -> None:
        """Put so many milliseconds between the patient and everybody else."""
        if self.forwarder is None:
            return
        delays = {"patient-doctor": round_trip / 2000, "patient-box": round_trip / 2000}
        self.forwarder.write(json.dumps(delays).encode() + b"\n")


def can_be_far() -> bool:
    """Whether this process may make namespaces and devices."""
    return os.geteuid() == 0 and TUN.exists()


def near() -> Network:
    """All three on the loopback, with no distance between them."""
    return Network({name: Host("127.0.0.1", ()) for name in ADDRESSES}, None)


@asynccontextmanager
async def far_apart() -> AsyncIterator[Network]:
    """The three hosts in namespaces of their own, until the end of the block."""
    forwarder = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, str(os.getpid())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # what ends the benchmark must not end who cleans up after it
    )
    assert forwarder.stdin is not None and forwarder.stdout is not None
    try:
        ready = await asyncio.wait_for(forwarder.stdout.readline(), START)
        if not ready:
            raise OSError("the network namespaces could not be made")
        hosts = {name: _host(name, os.getpid()) for name in ADDRESSES}
        yield Network(hosts, forwarder.stdin)
    finally:
        forwarder.stdin.close()
        await asyncio.wait_for(forwarder.wait(), START)


def main() -> None:
    """Forward packets until the standard input ends."""
    os.setpriority(os.PRIO_PROCESS, 0, -10)  # a late packet would count as distance
    with _devices(int(sys.argv[1])) as devices:
        print("ready", flush=True)
        _forward(devices)


def _namespace(name: str, run: int) -> str:
    return f"pb{run}{name[0]}"


def _host(name: str, run: int) -> Host:
    return Host(ADDRESSES[name], ("ip", "netns", "exec", _namespace(name, run)))


@contextmanager
def _devices(run: int) -> Iterator[dict[str, int]]:
    """A namespace with a device for each host; host names to file descriptors."""
    try:
        yield {name: _device(name, run) for name in ADDRESSES}
    finally:
        for name in ADDRESSES:
            _delete(_namespace(name, run))


def _device(name: str, run: int) -> int:
    namespace = device = _namespace(name, run)
    _ip("netns", "add", namespace)
    descriptor = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    _ip("link", "set", device, "netns", namespace)
    inside = ("-n", namespace)
    _ip(*inside, "link", "set", "lo", "up")
    _ip(*inside, "address", "add", f"{ADDRESSES[name]}/24", "dev", device)
    _ip(*inside, "link", "set", device, "mtu", str(MTU), "up")
    _ip(*inside, "route", "add", "default", "dev", device)
    return descriptor


def _delete(namespace: str) -> None:
    """Remove a namespace, and end what still runs in it because its parent was killed."""
    inside = subprocess.run(("ip", "netns", "pids", namespace), capture_output=True, text=True)
    for process in inside.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
    subprocess.run(("ip", "netns", "delete", namespace), stderr=subprocess.DEVNULL)


def _ip(*arguments: str) -> None:
    subprocess.run(("ip", *arguments), check=True)


def _forward(devices: dict[str, int]) -> None:
    """Packets from device to device, each after its delay, in order of their times."""
    names = {descriptor: name for name, descriptor in devices.items()}
    receivers = {socket.inet_aton(ADDRESSES[name]): name for name in devices}
    delays: dict[frozenset[str], float] = {}
    waiting: list[tuple[float, int, str, bytes]] = []  # due, number, receiver, packet
    number, orders = 0, sys.stdin.fileno()
    while True:
        timeout = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([*names, orders], (), (), timeout)
        if orders in readable and not _read_delays(delays):
            return
        for descriptor in set(readable) - {orders}:
            for packet in _packets(descriptor):
                receiver = receivers.get(packet[16:20], "")  # destination (RFC 791 section 3.1)
                if packet[0] >> 4 != 4 or not receiver:
                    continue
                number += 1
                delay = delays.get(frozenset((names[descriptor], receiver)), 0.0)
                heapq.heappush(waiting, (time.monotonic() + delay, number, receiver, packet))
        _deliver(waiting, devices)


def _read_delays(delays: dict[frozenset[str], float]) -> bool:
    """Take new delays; whether the input goes on."""
    line = sys.stdin.readline()
    for pair, seconds in json.loads(line or "{}").items():
        delays[frozenset(pair.split("-"))] = seconds
    return bool(line)


def _packets(descriptor: int) -> Iterator[bytes]:
    for _ in range(BATCH):
        try:
            yield os.read(descriptor, 2 * MTU)
        except BlockingIOError:
            return


def _deliver(waiting: list[tuple[float, int, str, bytes]], devices: dict[str, int]) -> None:
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, receiver, packet = heapq.heappop(waiting)
        try:
            os.write(devices[receiver], packet)
        except OSError:
            continue  # a queue that is full loses packets, as on a real line


if __name__ == "__main__":
    main()
