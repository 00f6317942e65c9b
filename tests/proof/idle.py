"""2,000 sockets that say nothing, or next to nothing, and honest browsers beside them.

At the patient door of `practicebox serve` over TLS, from 50 addresses of the loopback: a third
never begins the handshake, a third never asks for anything, a third sends one header a second. They
come at 200 a second, and what the box closes is opened again after half a minute. Holds if 19 of 20
honest pages are there within a second, each on a new connection, and the box keeps at most 250 MB.
More new connections a second than one core has time to shake hands with are another matter: those
hold up everybody, here as everywhere, and have to be stopped before the box.
"""

from __future__ import annotations

import asyncio
import logging
import math
import resource
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from aiohttp import ClientError

from tests.proof.tls_box import TlsBox, browser, practice, running
from tests.web.open_doors import careless

SOCKETS = 2_000  # more would keep the program that measures too busy to measure
ADDRESSES = 50
HONEST = "127.0.200.1"
REST = 30.0  # seconds until a socket that was closed is opened again
ARRIVALS = 200  # a second; a handshake takes both ends a few milliseconds of these two cores
LONGEST = 1.0  # seconds for 19 of 20 honest pages
MOST_MEMORY = 250 * 10**6  # bytes
PAUSE = 0.1  # seconds between two honest pages


def main(short: bool) -> int:
    """Print the times of honest pages and the memory; 0 if the promise holds."""
    logging.disable(logging.WARNING)  # asyncio says of each socket that it was closed
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sockets = min(1_500 if short else SOCKETS, hard - 500)
    with tempfile.TemporaryDirectory(prefix="practicebox-idle-") as folder:
        return asyncio.run(_prove(Path(folder), sockets, seconds=8.0 if short else 40.0))


async def _prove(folder: Path, sockets: int, seconds: float) -> int:
    (folder / "data").mkdir(mode=0o700)
    await practice(folder / "data", 1)
    async with running(folder, "practicebox", "serve") as box:
        port = int(box.patients.rpartition(":")[2])
        idlers = [asyncio.create_task(_idle(port, number)) for number in range(sockets)]
        times = await _honest(box, seconds)
        _, most = box.memory()
        for idler in idlers:
            idler.cancel()
        await asyncio.gather(*idlers, return_exceptions=True)
    times.sort()
    slow = times[len(times) * 19 // 20]
    print(
        f"{sockets:,} idle sockets: {len(times)} honest pages, median"
        f" {times[len(times) // 2]:.2f} s, 19 of 20 within {slow:.2f} s, longest {times[-1]:.2f} s;"
        f" at most {most / 1e6:.0f} MB",
        flush=True,
    )
    return 0 if slow <= LONGEST and most <= MOST_MEMORY else 1


async def _honest(box: TlsBox, seconds: float) -> list[float]:
    """The time of one page after the other, each on a connection of its own."""
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(PAUSE)
        began = time.monotonic()
        try:
            async with browser(HONEST) as session, session.get(f"{box.patients}/") as page:
                assert page.status == 200
                await page.read()
            times.append(time.monotonic() - began)
        except ClientError:
            times.append(math.inf)
    return times


async def _idle(port: int, number: int) -> None:
    """Hold a socket open for as long as the box lets it; then open the next one."""
    source = f"127.0.{number % ADDRESSES}.1"
    context = None if number % 3 == 0 else careless()
    await asyncio.sleep(number / ARRIVALS)
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=context, local_addr=(source, 0)
            )
            trickling = asyncio.create_task(_trickle(writer)) if number % 3 == 2 else None
            with suppress(OSError):
                await reader.read()
            if trickling:
                trickling.cancel()
            writer.transport.abort()
        await asyncio.sleep(REST)


async def _trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET / HTTP/1.1\r\n")
    while True:
        writer.write(b"X-Slow: 1\r\n")
        await asyncio.sleep(1)


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
