"""The calendar's week with 60 appointments a day, out of 100,000.

    python bench/week.py [--appointments 100000] [--patients 20000] [--requests 200]

A real box in a process of its own, asked over HTTP as by a receptionist's browser, one request at a
time; round trips on the loopback, client included. Exit status 1 when a page takes too long.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import day_world
from aiohttp import ClientSession, CookieJar
from box import Plan, found, free_ports, running
from day import WARM_UP, log_in, read, settle

TARGET = 50.0  # ms
PER_DAY = 60


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="practicebox-bench-") as folder:
        return asyncio.run(run(Path(folder), options))


async def run(folder: Path, options: argparse.Namespace) -> int:
    """Fill a box and ask it for three views of next week; the exit status."""
    staff, patients, stun = free_ports()
    plan = Plan(folder, "127.0.0.1", (staff, patients, stun))
    practice = await found(plan, 1)
    day_world.PER_DAY = PER_DAY
    await day_world.fill(plan, practice, options.appointments, options.patients)
    day = (date.today() + timedelta(days=7)).isoformat()
    is_met = True
    async with running(plan), ClientSession(cookie_jar=CookieJar(unsafe=True)) as desk:
        await log_in(desk, plan, practice.device_secret)
        await settle(desk, plan)
        for view in ("day", "week", "month"):
            url = f"{plan.staff}/calendar?view={view}&date={day}&whose=all"
            is_met &= await measure(desk, url, view, options.requests)
    return 0 if is_met else 1


async def measure(desk: ClientSession, url: str, view: str, count: int) -> bool:
    """Ask for a page so often and print how long it takes."""
    times, size = [], 0
    for number in range(count + WARM_UP):
        began = time.perf_counter()
        size = len(await read(desk, url))
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1e3)
    slow = statistics.quantiles(times, n=100)[98]
    middle, is_met = statistics.median(times), slow <= TARGET
    print(f"{view} of {size / 1000:.0f} kB: median {middle:.1f} ms, p99 {slow:.1f} ms", end=" ")
    print(f"(target {TARGET:g}): {'met' if is_met else 'MISSED'}")
    return is_met


if __name__ == "__main__":
    sys.exit(main())
