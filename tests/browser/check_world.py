"""A patient door with a STUN responder and a relay, and a browser that runs the technical check."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from practicebox.store.records import Appointment
from practicebox.stun.bucket import Bucket
from practicebox.stun.server import serve
from practicebox.web.patient.check_limits import LIMITS, Limits
from practicebox.web.patient.door import make_door
from tests.ports import free_port
from tests.web.both_doors import Doors, both_doors

HOST = "127.0.0.1"
PIECE = 4096  # bytes that the slow line passes on at once
LATE = 0.2  # seconds that it may oversleep and make up for
PATIENCE = 45_000  # milliseconds; the whole check has a minute


@dataclass
class CheckWorld:
    """The door that browsers see, and what it hands out."""

    doors: Doors
    server: TestServer
    ice: list[dict[str, object]]
    asked: list[tuple[str, str]] = field(default_factory=list)  # rooms and participants of tickets

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.port}"

    @property
    def limits(self) -> Limits:
        """What the door has left for checks."""
        return self.server.app[LIMITS]

    async def visit(self, page: Page) -> Appointment:
        """Let the page's browser in to an appointment of tomorrow."""
        appointment = await self.doors.plan()
        await page.goto(self.url)
        await page.fill("#code", appointment.codes.patient)
        await page.fill("#name", "Alice")
        await page.click("#entrance button[type=submit]")
        await page.wait_for_url("**/visit")
        return appointment


async def run_check(page: Page, *, hears: bool = True, path: str = "/check") -> str:
    """Run the whole check as a patient does; the verdict."""
    await page.goto(page.url.rstrip("/").partition("/visit")[0].partition("/check")[0] + path)
    await page.click("#start")
    answer = page.locator("#sound-yes" if hears else "#sound-no")
    await answer.click(timeout=PATIENCE)
    return await until_done(page)


async def until_done(page: Page) -> str:
    await expect(page.locator("#done")).to_be_visible(timeout=PATIENCE)
    verdict = await page.get_attribute("html", "data-outcome")
    return verdict or ""


async def steps(page: Page) -> dict[str, str]:
    """The state of each step that this box offers."""
    found: dict[str, str] = await page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#steps [data-step]")]
          .filter((line) => !line.hidden)
          .map((line) => [line.dataset.step, line.dataset.state]))"""
    )
    return found


async def remedies(page: Page) -> str:
    """What the result tells the patient to do, of what is shown."""
    return await page.inner_text("#done")


@asynccontextmanager
async def check_world(folder: Path, *, relay: bool = True) -> AsyncIterator[CheckWorld]:
    """The door with STUN, and with coturn as a relay by UDP and TCP."""
    async with AsyncExitStack() as stack:
        doors = await stack.enter_async_context(both_doors(folder))
        stun = await serve(HOST, None, 0, bucket=Bucket(os.urandom(16)), clock=time.monotonic)
        stack.callback(stun.close)
        ice: list[dict[str, object]] = [{"urls": f"stun:{HOST}:{stun.port}"}]
        if relay:
            ice.append(await stack.enter_async_context(coturn()))
        asked: list[tuple[str, str]] = []

        def tickets(
            host: str, room: str, participant: str, until: datetime, through_door: bool
        ) -> list[dict[str, object]]:
            asked.append((room, participant))
            return ice

        door = make_door(replace(doors.box.services, ice=tickets))
        server = TestServer(door, host=HOST)
        await server.start_server()
        stack.push_async_callback(server.close)
        yield CheckWorld(doors, server, ice, asked)


@asynccontextmanager
async def coturn() -> AsyncIterator[dict[str, object]]:
    """Debian's relay on the loopback, as an `RTCIceServer`."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed; tests/install_browsers.sh installs it")
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        program,
        *("-n", "--listening-ip", HOST, "--relay-ip", HOST, "--listening-port", str(port)),
        *("--lt-cred-mech", "--user", "check:secret", "--realm", "practicebox", "--no-cli"),
        *("--no-tls", "--no-dtls", "--allow-loopback-peers", "--log-file", "stdout"),
        *("--min-port", "49152", "--max-port", "49999"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _answers(port)
        urls = [f"turn:{HOST}:{port}", f"turn:{HOST}:{port}?transport=tcp"]
        yield {"urls": urls, "username": "check", "credential": "secret"}
    finally:
        process.kill()
        await process.wait()


@contextmanager
def without_udp(world: CheckWorld) -> Iterator[None]:
    """What a network that drops UDP makes of the servers: nobody answers there."""
    before = list(world.ice)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        port = silent.getsockname()[1]
        urls = before[1]["urls"]
        assert isinstance(urls, list)
        relay = {**before[1], "urls": [f"turn:{HOST}:{port}", urls[1]]}
        world.ice[:] = [{"urls": f"stun:{HOST}:{port}"}, relay]
        try:
            yield
        finally:
            world.ice[:] = before


@dataclass
class Way:
    """One direction of a line, shared by all connections."""

    speed: int  # kbit/s
    free_at: float = 0.0  # on the loop's clock
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def carry(self, size: int) -> None:
        """Wait as long as the line takes; what a busy machine oversleeps is made up for."""
        loop = asyncio.get_running_loop()
        async with self.turn:
            began = max(self.free_at, loop.time() - LATE)
            self.free_at = began + size * 8 / (self.speed * 1000)
            await asyncio.sleep(self.free_at - loop.time())


@asynccontextmanager
async def slow_line(port: int, speed: int) -> AsyncIterator[str]:
    """A line of `speed` kbit/s each way to the door at `port`; where it begins."""
    up, down = Way(speed), Way(speed)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door_reader, door_writer = await asyncio.open_connection(HOST, port, limit=PIECE)
        async with asyncio.TaskGroup() as group:
            group.create_task(_shape(reader, door_writer, up))
            group.create_task(_shape(door_reader, writer, down))

    server = await asyncio.start_server(connect, HOST, 0, limit=PIECE)
    async with server:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        server.close()


async def _shape(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
    try:
        while piece := await reader.read(PIECE):
            await way.carry(len(piece))
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass  # the browser or the door has hung up
    finally:
        writer.close()


async def _answers(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except ConnectionError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
