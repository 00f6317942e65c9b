"""What runs beside the doors dies, in a box that runs: the doors stay open, the status page says
it, and the box helps itself."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import aiohttp
import psutil
import pytest

from practicebox import app, stun_watch
from practicebox.appliance import mdns, supervise
from practicebox.box import Box
from practicebox.config import Config
from practicebox.demo import found
from practicebox.stun import probe
from practicebox.web.patient.check_echo import FAILED

LOOPBACK = Config(
    staff_host="127.0.0.1",
    patients_host="127.0.0.1",
    staff_port=0,
    patients_port=0,
    stun_port=0,
    tls_mode="off",
)
PATIENCE = 20  # seconds for what takes well under one
pytestmark = pytest.mark.slow


@dataclass
class World:
    """A running box and somebody at each door."""

    box: Box
    browser: aiohttp.ClientSession

    async def doors_are_open(self) -> bool:
        for port in (self.box.staff_port, self.box.patients_port):
            async with self.browser.get(f"http://127.0.0.1:{port}/") as answer:
                if answer.status != 200:
                    return False
        return True

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for a fact that nobody announces; the doors are open all the while."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                assert await self.doors_are_open()
                await asyncio.sleep(0.02)
        assert await self.doors_are_open()

    @property
    def ailing(self) -> list[str]:
        """The background work that the status page complains of."""
        assert self.box.work
        return [each.name for each in self.box.work.health if not each.is_well]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(stun_watch, "CHECK", 0.05)
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.05)
    async with AsyncExitStack() as stack:
        box = await app.start(stack, replace(LOOPBACK, data_folder=tmp_path))
        browser = await stack.enter_async_context(aiohttp.ClientSession())
        made = World(box, browser)
        await made.until(lambda: box.stun_answers is True)
        yield made


def fail(*_: object) -> NoReturn:
    raise RuntimeError("something that nobody has thought of")


async def test_zeroconf_dies_and_comes_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    advertiser = world.box.advertiser
    assert advertiser
    monkeypatch.setattr(advertiser, "_retry", 0.1)
    with monkeypatch.context() as broken:
        broken.setattr(mdns, "_register", fail)
        await found(world.box.store)
        world.box.announce("Demo")
        await world.until(lambda: world.box.facts()["mdns_state"] == "unavailable")
    await world.until(lambda: world.box.facts()["mdns_state"] in ("running", "renamed"))


async def test_stun_goes_deaf_and_is_opened_anew_on_its_port(world: World) -> None:
    box, loop = world.box, asyncio.get_running_loop()
    port, deaf = box.stun.port, box.stun
    for sock in deaf._datagrams:
        loop.remove_reader(sock)
    await world.until(lambda: box.facts()["stun_answers"] is False or box.stun is not deaf)
    await world.until(lambda: box.facts()["stun_answers"] is True)
    assert box.stun is not deaf
    assert box.stun.port == port, "it stands in the router's table"


async def test_a_look_that_fails_is_begun_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(probe, "answers", fail)
        await world.until(lambda: world.ailing == ["stun"])
    world.box.stun_answers = None
    await world.until(lambda: world.box.stun_answers is True)


async def test_work_that_always_fails_is_in_nobody_s_way(world: World) -> None:
    assert world.box.work
    world.box.work.keep("certificate", fail)
    assert world.box.work.health, "also before the work has begun"
    await world.until(lambda: world.ailing == ["certificate"])
    assert world.box.facts()["work"] == world.box.work.health


async def test_an_echo_is_killed_in_the_middle(world: World) -> None:
    address = f"http://127.0.0.1:{world.box.patients_port}"
    async with world.browser.ws_connect(
        f"{address}/check/echo", headers={"Origin": address}
    ) as socket:
        assert (await socket.receive_json())["kind"] == "ice"
        await socket.send_json({"kind": "offer", "sdp": "v=0\r\n"})
        async with asyncio.timeout(PATIENCE):
            while not (echoes := _echoes()):  # noqa: ASYNC110  # the kernel knows
                await asyncio.sleep(0.01)
            for echo in echoes:
                os.kill(echo.pid, signal.SIGKILL)
            await socket.receive()
        assert socket.close_code == FAILED
    await world.until(lambda: world.box.facts()["echo_works"] is False)


def _echoes() -> list[psutil.Process]:
    """Children of this process that are echoes: a browser's driver may be another one."""
    children = psutil.Process().children()
    return [each for each in children if any("echo_child" in word for word in each.cmdline())]


async def test_the_jobs_of_an_empty_box_all_run(world: World) -> None:
    jobs = world.box.jobs
    assert jobs
    await world.until(lambda: all(each.last or each.failures for each in jobs.reports))
    assert [each.name for each in jobs.reports if each.failures] == []
