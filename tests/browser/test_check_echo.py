"""What two echoes of real video cost the box: next to nothing in its own process."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.check_world import PATIENCE, CheckWorld, check_world
from tests.browser.conftest import Pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

PERIOD = 0.005  # seconds between two looks at the loop
MOST = 0.020  # seconds of lag, 99th percentile
MEMORY = 250 * 1024 * 1024  # bytes of one echo
WATCHED = 8.0  # seconds; an echo lives for 20


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[CheckWorld]:
    async with check_world(tmp_path) as opened:
        yield opened


async def lag(seconds: float) -> float:
    """The 99th percentile of how late this process's event loop is, in seconds."""
    loop = asyncio.get_running_loop()
    late, end = [], loop.time() + seconds
    while loop.time() < end:
        began = loop.time()
        await asyncio.sleep(PERIOD)
        late.append(loop.time() - began - PERIOD)
    return statistics.quantiles(late, n=100)[98]


async def start_echo(page: Page, world: CheckWorld) -> None:
    """Mirror 720p of the fake camera, which the page sends as 360p."""
    await page.goto(f"{world.url}/check")
    await page.evaluate(
        """async (path) => {
          const { Echo } = await import(path);
          const stream = await navigator.mediaDevices.getUserMedia(
            { video: { width: 1280, height: 720 }, audio: true });
          window.echo = new Echo(stream.getTracks());
        }""",
        world.doors.box.services.static.url("js/check/echo.js"),
    )
    await page.wait_for_function("() => window.echo.comesBack()", timeout=PATIENCE, polling=50)


async def test_two_echoes_do_not_hold_up_the_box(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    callers = [await pages.open(chromium, world.url) for _ in range(2)]
    quiet = await lag(WATCHED / 2)
    await asyncio.gather(*(start_echo(page, world) for page in callers))
    children = psutil.Process().children()
    echoes = [child for child in children if any("echo_child" in w for w in child.cmdline())]
    assert len(echoes) == 2
    before = [sum(child.cpu_times()[:2]) for child in echoes]
    busy = await lag(WATCHED)
    cores = [
        (sum(child.cpu_times()[:2]) - earlier) / WATCHED
        for child, earlier in zip(echoes, before, strict=True)
    ]
    resident = [child.memory_info().rss for child in echoes]
    load = psutil.getloadavg()[0]
    print(f"lag p99 {quiet * 1000:.1f} ms quiet, {busy * 1000:.1f} ms with two echoes; {cores=}")
    print(f"resident {[each // 2**20 for each in resident]} MiB; load {load:.1f}")
    # A machine that is busy with other things is late all by itself.
    assert busy < max(MOST, 2 * quiet)
    assert max(resident) < MEMORY
    for page in callers:
        await page.evaluate("() => window.echo.close()")
