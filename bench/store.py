"""A day's list of 40 out of 100,000 sealed appointments, against plain SQLite in the same run.

    python bench/store.py [--appointments 100000] [--rounds 20]

Both databases have the same settings, the same appointments in the same order and the same way to
the database thread. "Fresh" means that no opened page is left in memory. The plain query reads its
rows one by one into the same objects, and no more columns than the list shows. Exit status 1 when a
target of issue 2 isn't met.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from store_world import PER_DAY, World, build, log_in, plain_day, plain_row

from practicebox.store.records import Entry
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import MIB, SALT_BYTES, STRONG

DAYS_PER_ROUND = 60
INSERTS = 200
FRESH_TARGET = 3.0  # times plain SQLite (issue 2)
AGAIN_TARGET = 1.0


@dataclass(frozen=True)
class Contender:
    """One way to get a list of a day, and what happens before each measured call."""

    name: str
    show: Callable[[date], Awaitable[list[Entry]]]
    before: Callable[[date], Awaitable[object]]


def main() -> int:
    """Run all and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="practicebox-bench-") as folder:
        return asyncio.run(run(Path(folder), options.appointments, options.rounds))


async def run(folder: Path, appointments: int, rounds: int) -> int:
    """Build both databases, measure, compare."""
    began = time.perf_counter()
    world = await build(folder, appointments)
    taken = time.perf_counter() - began
    print(f"{appointments:,} appointments on {len(world.days):,} days built twice in {taken:.0f} s")
    try:
        good = await compare_lists(world, rounds)
        await measure_search(world)
        await measure_inserts(world)
        await measure_argon()
    finally:
        await world.store.close()
        await world.plain.close()
    return 0 if good else 1


async def compare_lists(world: World, rounds: int) -> bool:
    """Print the times of a day's list; whether the targets are met."""
    fields = contenders(world)
    times: dict[str, list[float]] = {contender.name: [] for contender in fields}
    for _ in range(rounds):
        days = world.draws.sample(world.days, min(DAYS_PER_ROUND, len(world.days)))
        assert await fields[0].show(days[0]) == await world.store.appointments.day(days[0])
        for contender in fields:
            taken = [await timed(contender, day) for day in days]
            times[contender.name].append(statistics.median(taken))
    print(f"one day's list of {PER_DAY}, medians of {rounds} rounds of {len(days)} days")
    ratios = {name: ratio(values, times["plain"]) for name, values in times.items()}
    for name, values in times.items():
        print(f"  {name:14} {statistics.median(values):8.1f} us  x {ratios[name]:.2f}")
    good = ratios["fresh"] <= FRESH_TARGET and ratios["shown again"] <= AGAIN_TARGET
    word = "met" if good else "MISSED"
    print(f"  targets: fresh at most x {FRESH_TARGET}, again at most x {AGAIN_TARGET}: {word}")
    return good


def contenders(world: World) -> list[Contender]:
    """Plain first; everybody shows equal lists."""
    appointments = world.store.appointments

    async def forget(day: date) -> None:
        appointments.forget()

    async def nothing(day: date) -> None:
        pass

    async def plain(day: date) -> list[Entry]:
        return await world.plain.run(lambda connection: plain_day(connection, day))

    return [
        Contender("plain", plain, nothing),
        Contender("fresh", appointments.day, forget),
        Contender("shown again", appointments.day, appointments.day),
    ]


async def timed(contender: Contender, day: date) -> float:
    """Microseconds of one call."""
    await contender.before(day)
    began = time.perf_counter_ns()
    entries = await contender.show(day)
    taken = (time.perf_counter_ns() - began) / 1000
    assert len(entries) == PER_DAY
    return taken


def ratio(values: list[float], yardstick: list[float]) -> float:
    """The median of the ratios, round by round."""
    return statistics.median(a / b for a, b in zip(values, yardstick, strict=True))


async def measure_search(world: World) -> None:
    """From locked to the first search, and what a search costs after that."""
    world.store.lock()
    moment = world.middle()
    began = time.perf_counter()
    await log_in(world)
    unlocked = time.perf_counter()
    search = world.store.appointments.search
    await search("mari", 50, past=False, now=moment)
    indexed = time.perf_counter()
    print(f"log in and unlock {(unlocked - began) * 1e3:.0f} ms")
    print(f"index of all names and first search {(indexed - unlocked) * 1e3:.0f} ms")
    for past in (False, True):
        taken = []
        for text in [name.split(",")[0].lower() for name in world.names[:100]]:
            began = time.perf_counter()
            await search(text, 50, past=past, now=moment)
            taken.append((time.perf_counter() - began) * 1e3)
        kind = "past" if past else "upcoming"
        print(f"search for a family name, {kind}: {statistics.median(taken):.2f} ms")


async def measure_inserts(world: World) -> None:
    """One appointment, a transaction of its own, in both databases."""
    sealed, plain = [], []
    for number in range(INSERTS):
        draft = world.draft(world.draws.choice(world.days) + timedelta(days=7), number % PER_DAY)
        began = time.perf_counter()
        await world.store.appointments.add(draft)
        between = time.perf_counter()
        row = plain_row(draft, f"new{number}")
        await world.plain.transaction(partial(insert, row=row))
        sealed.append((between - began) * 1e6)
        plain.append((time.perf_counter() - between) * 1e6)
    a, b = statistics.median(sealed), statistics.median(plain)
    print(f"planning one appointment {a:.0f} us, a plain row {b:.0f} us, x {a / b:.2f}")


async def measure_argon() -> None:
    """What a password and a master password take."""
    argon = Argon()
    for name, cost in (("password", STRONG.user), ("master password", STRONG.master)):
        began = time.perf_counter()
        await argon.stretch("blaue Tasse im Regal", bytes(SALT_BYTES), cost)
        taken = (time.perf_counter() - began) * 1e3
        megabytes = cost.memory // MIB
        print(f"Argon2id for a {name} ({megabytes} MiB, t={cost.operations}): {taken:.0f} ms")
    argon.close()


def insert(connection: sqlite3.Connection, row: tuple[object, ...]) -> None:
    """A row of the plain table."""
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO plain VALUES ({marks})", row)


if __name__ == "__main__":
    sys.exit(main())
