"""A call survives what happens to calls, without a tap (issue 3, "Done when" 2)."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator

import pytest

from tests.netlab.layout import change_network
from tests.netlab.matrix import Row
from tests.netlab.resume import at_rest, reload
from tests.netlab.world import World

pytestmark = [pytest.mark.netlab, pytest.mark.asyncio(loop_scope="session")]

SOON = 5.0  # seconds until the picture is back
PATIENCE = 25.0  # seconds after which it won't come back
NO_GAP = 1.0  # seconds; a still picture is noticed after about that

TELEPHONE = Row("telephone")
DIRECT, RELAYED = Row("ordinary"), Row("random")
SLOW = pytest.mark.slow  # left out of the short form of `make netlab`
BOTH = pytest.mark.parametrize(
    "row", [pytest.param(DIRECT, id="direct", marks=SLOW), pytest.param(RELAYED, id="relayed")]
)


@pytest.fixture
def at_home(world: World) -> Iterator[None]:
    yield
    change_network(world.lab, "wifi")


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("gap", [0.0, pytest.param(1.0, marks=SLOW)])
async def test_patient_leaves_wifi_for_mobile_data(world: World, gap: float) -> None:
    await at_rest(world.lab, "wifi")
    async with world.call(TELEPHONE) as call:
        since = time.time()
        if gap:
            world.lab["telephone"].ip("link", "set", "dev", "wifi", "down")
            await asyncio.sleep(gap)
        change_network(world.lab, "mobile")
        assert max(await call.picture_again(since, PATIENCE)) < SOON


@pytest.mark.usefixtures("at_home")
async def test_patient_comes_home_from_mobile_data(world: World) -> None:
    await at_rest(world.lab, "mobile")
    async with world.call(TELEPHONE) as call:
        since = time.time()
        change_network(world.lab, "wifi")
        assert max(await call.picture_again(since, PATIENCE)) < SOON


@BOTH
async def test_patient_reloads(world: World, row: Row) -> None:
    async with world.call(row) as call:
        since = time.time()
        await reload(call.patient)
        assert max(await call.picture_again(since, PATIENCE)) < SOON


@BOTH
async def test_doctor_reloads(world: World, row: Row) -> None:
    async with world.call(row) as call:
        since = time.time()
        await reload(call.doctor)
        assert max(await call.picture_again(since, PATIENCE)) < SOON


async def test_direct_call_goes_on_while_the_box_is_killed_and_restarted(world: World) -> None:
    async with world.call(DIRECT) as call:
        since, before = time.time(), await call.connections()
        await world.restart_box(signal.SIGKILL)
        await asyncio.sleep(SOON)
        assert await call.longest_gap(since) < NO_GAP
        assert await call.connections() == before


async def test_relayed_call_is_back_after_the_box_was_killed(world: World) -> None:
    async with world.call(RELAYED) as call:
        await world.restart_box(signal.SIGKILL)
        assert max(await call.picture_again(time.time(), PATIENCE)) < SOON
