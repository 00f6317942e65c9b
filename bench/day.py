"""The start page with 60 appointments of today, out of 100,000; the search over 20,000 patients.

    python bench/day.py [--appointments 100000] [--patients 20000] [--requests 1000]

A real box in a process of its own, asked over HTTP as by a receptionist's browser, one request at a
time. Beside it, in turns, a bare aiohttp server sends the very same bytes from memory: what a page
of this size costs at least. Times are round trips on the loopback, client included in both. An
arrival is the time from a patient's `hello` until the changed page has been read by the reception.
Exit status 1 when a target of issue 5 isn't met.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from aiohttp import ClientSession, CookieJar, web
from box import Plan, found, free_ports, running
from day_world import Filled, fill

from practicebox import demo
from practicebox.practice import link

TARGET, TIMES, SEARCH, ARRIVAL = 50.0, 3.0, 30.0, 300.0  # ms, x a static page, ms, ms
ARRIVALS = 20
WARM_UP = 50


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="practicebox-bench-") as folder:
        return asyncio.run(run(Path(folder), options))


async def run(folder: Path, options: argparse.Namespace) -> int:
    """Fill a box, start it beside a bare server, ask both; the exit status."""
    staff, patients, stun = free_ports()
    bare = free_ports()[0]
    plan = Plan(folder, "127.0.0.1", (staff, patients, stun))
    practice = await found(plan, ARRIVALS)
    began = time.perf_counter()
    filled = await fill(plan, practice, options.appointments, options.patients)
    print(f"{options.appointments:,} appointments written in {time.perf_counter() - began:.0f} s")
    async with running(plan), ClientSession(cookie_jar=CookieJar(unsafe=True)) as desk:
        await log_in(desk, plan, practice.device_secret)
        page = await settle(desk, plan)
        beside = multiprocessing.Process(target=serve, args=(bare, page), daemon=True)
        beside.start()
        try:
            ours, static = await in_turns(desk, plan.staff, bare, options.requests)
        finally:
            beside.kill()
            beside.join()
        found_in = await searches(desk, plan, filled, options.requests)
        arrivals = [await arrive(desk, plan, one) for one in practice.fragments]
    return report(len(page), ours, static, found_in, arrivals)


async def log_in(desk: ClientSession, plan: Plan, secret: bytes) -> None:
    """The first workstation of the practice."""
    fields = {"organisation": demo.SHORT_NAME, "user": demo.USER, "password": demo.PASSWORD}
    cookie = {"pb-device": link.encode(secret)}
    headers = {"Origin": plan.staff}
    async with desk.post(
        f"{plan.staff}/login", data=fields, cookies=cookie, headers=headers
    ) as page:
        assert page.url.path == "/", await page.text()


async def settle(desk: ClientSession, plan: Plan) -> bytes:
    """The start page, once all names have been read and the box is at rest."""
    for _ in range(600):
        async with desk.get(f"{plan.staff}/patients/progress") as answer:
            if not (await answer.json())["reading"]:
                break
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    return await read(desk, f"{plan.staff}/")


async def read(desk: ClientSession, url: str) -> bytes:
    async with desk.get(url) as answer:
        assert answer.status == 200
        return await answer.read()


async def in_turns(
    desk: ClientSession, ours: str, bare: int, count: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of the start page and of the same bytes, request by request."""
    urls = (f"{ours}/", f"http://127.0.0.1:{bare}/")
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(count + WARM_UP):
        for url, taken in zip(urls, times, strict=True):
            began = time.perf_counter()
            await read(desk, url)
            if number >= WARM_UP:
                taken.append((time.perf_counter() - began) * 1e3)
    return times


async def searches(desk: ClientSession, plan: Plan, filled: Filled, count: int) -> list[float]:
    """Milliseconds of a search as somebody types."""
    draws, times = random.Random(9), []
    headers = {"Accept": "application/json", "Origin": plan.staff}
    for _ in range(count):
        name = draws.choice(filled.names)
        typed = name[: draws.randint(1, len(name))]
        began = time.perf_counter()
        async with desk.post(
            f"{plan.staff}/patients/search", data={"q": typed}, headers=headers
        ) as answer:
            assert (await answer.json())["patients"], "everybody searched for exists"
        times.append((time.perf_counter() - began) * 1e3)
    return times


async def arrive(desk: ClientSession, plan: Plan, fragment: str) -> float:
    """Milliseconds until the reception has read that this patient waits."""
    invitation = link.read(fragment)
    rid, token = link.encode(invitation.rid), link.encode(link.join_token(invitation))
    origin = {"Origin": plan.patients}
    before = (await read(desk, f"{plan.staff}/day")).count(b"step-waiting")
    async with (
        ClientSession(cookie_jar=CookieJar(unsafe=True), headers=origin) as phone,
        desk.ws_connect(f"{plan.staff}/presence", origin=plan.staff) as news,
    ):
        await news.receive_str(timeout=5)
        await phone.post(f"{plan.patients}/visit", json={"rid": rid, "token": token})
        async with phone.ws_connect(f"{plan.patients}/visit/signal") as room:
            began = time.perf_counter()
            await room.send_json({"kind": "hello", "instance": "0123456789abcdef"})
            while True:
                await news.receive_str(timeout=5)
                if (await read(desk, f"{plan.staff}/day")).count(b"step-waiting") > before:
                    return (time.perf_counter() - began) * 1e3


def serve(port: int, page: bytes) -> None:
    """The same bytes, and nothing else."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=page, content_type="text/html", charset="utf-8")

    app = web.Application()
    app.router.add_get("/", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def report(
    size: int, ours: list[float], static: list[float], found_in: list[float], came: list[float]
) -> int:
    """Print all; the exit status."""
    a, b, c = (statistics.quantiles(times, n=100)[98] for times in (ours, static, found_in))
    middle = statistics.median(ours) / statistics.median(static)
    print(f"  start page of {size / 1000:.0f} kB: median {statistics.median(ours):.1f} ms")
    rows = (
        (f"start page p99 {a:.1f} ms (target {TARGET:g})", a <= TARGET),
        (f"x {a / b:.2f} of a static page's p99 {b:.1f} ms (target {TIMES:g})", a <= TIMES * b),
        (f"search p99 {c:.1f} ms (target {SEARCH:g})", c <= SEARCH),
        (f"arrival at most {max(came):.0f} ms (target {ARRIVAL:g})", max(came) <= ARRIVAL),
    )
    for words, is_met in rows:
        print(f"  {words}: {'met' if is_met else 'MISSED'}")
    print(f"  medians: x {middle:.2f} of a static page")
    return 0 if all(is_met for _, is_met in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
