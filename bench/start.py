"""How long a box takes to its first answered page, and what it then holds in memory.

    python bench/start.py [--runs 7]

A founded practice, both doors, STUN and mDNS on the loopback; beside it aiohttp alone with one page
(`start_bare.py`). The clock starts before the process is made and stops with the last byte of the
page; memory is read after two idle seconds. The first run of each only warms the disk's cache. A
start whose seconds are far more than its seconds of CPU time had to share its core. Exit status 1
when a target of issue 2 isn't met.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import box

BARE = Path(__file__).with_name("start_bare.py")
IDLE = 2.0  # seconds until memory is read
GLANCE = 0.002  # seconds between two attempts at a door that isn't open yet
MEMORY_TARGET = 64.0  # MB resident (issue 2)
START_TARGET = 1.0  # seconds (issue 2)
HEAVY = re.compile(r"/(av|aiortc|aioice|typst|cryptography)[/.]")  # what idle needs none of


@dataclass(frozen=True)
class Contender:
    """Something that answers `GET path` some time after its command was run."""

    name: str
    command: Sequence[str]
    port: int
    path: str


@dataclass(frozen=True)
class Run:
    """One start."""

    seconds: float
    cpu: float  # seconds of CPU time until the page
    resident: float  # MB, of the process and its children
    proportional: float  # MB; pages shared with other programs count in parts
    processes: int
    heavy: frozenset[str]  # libraries that are loaded and should not be


def main() -> int:
    """Run all and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pb-bench-") as folder:
        return asyncio.run(compare(Path(folder), options.runs))


async def compare(folder: Path, count: int) -> int:
    """Alternate, print medians, judge."""
    plan = box.Plan(folder, "127.0.0.1", box.free_ports())
    await box.found(plan, appointments=1)
    port = box.free_ports()[0]
    contenders = (
        Contender("practicebox", plan.command, plan.ports[0], "/login"),
        Contender("aiohttp", (sys.executable, str(BARE), str(port)), port, "/"),
    )
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for number in range(count + 1):
        for contender in contenders:
            run = await measured(contender, folder / "log", IDLE if number else 0)
            runs[contender.name] += [run] if number else []
    for name, results in runs.items():
        _print(name, results)
    return _judge(runs["practicebox"], runs["aiohttp"])


async def measured(contender: Contender, log: Path, idle: float) -> Run:
    """Start, wait for a page, wait a while, look, stop."""
    began = time.perf_counter()
    with log.open("ab") as said:
        process = await asyncio.create_subprocess_exec(*contender.command, stdout=said, stderr=said)
    try:
        async with asyncio.timeout(box.START):
            while not await _page(contender.port, contender.path):  # noqa: ASYNC110  # no event
                await asyncio.sleep(GLANCE)
        seconds, cpu = time.perf_counter() - began, _cpu(process.pid)
        await asyncio.sleep(idle)
        return _look(process.pid, seconds, cpu)
    finally:
        await box.stop(process)


async def _page(port: int, path: str) -> bool:
    """Whether a whole page came."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    return answer.startswith(b"HTTP/1.1 200")


def _look(process: int, seconds: float, cpu: float) -> Run:
    family = [process, *_children(process)]
    maps = "".join(Path(f"/proc/{each}/maps").read_text() for each in family)
    return Run(
        seconds,
        cpu,
        sum(_megabytes(each, "Rss") for each in family),
        sum(_megabytes(each, "Pss") for each in family),
        len(family),
        frozenset(HEAVY.findall(maps)),
    )


def _cpu(process: int) -> float:
    """Seconds in user and kernel mode so far (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in text.split()]


def _megabytes(process: int, field: str) -> float:
    """A field of proc_pid_smaps(5), whose "kB" are 1,024 bytes."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise OSError(f"{field} is missing in smaps_rollup")


def _print(name: str, runs: list[Run]) -> None:
    seconds = sorted(run.seconds for run in runs)
    heavy = sorted(frozenset().union(*(run.heavy for run in runs)))
    print(
        f"{name:12} first page after {statistics.median(seconds):.2f} s"
        f" ({seconds[0]:.2f} to {seconds[-1]:.2f}; CPU {_median(runs, 'cpu'):.2f} s)"
        f"  resident {_median(runs, 'resident'):5.1f} MB"
        f"  proportional {_median(runs, 'proportional'):5.1f} MB"
        f"  processes {max(run.processes for run in runs)}"
        f"  heavy libraries: {', '.join(heavy) or 'none'}"
    )


def _judge(ours: list[Run], bare: list[Run]) -> int:
    bounds = (
        ("seconds to the first page", "seconds", START_TARGET),
        ("MB resident when idle", "resident", MEMORY_TARGET),
    )
    good = not frozenset().union(*(run.heavy for run in ours))
    for title, field, most in bounds:
        value, yardstick = _median(ours, field), _median(bare, field)
        met = value <= most
        good = good and met
        print(
            f"{title}: {value:.2f}, aiohttp alone {yardstick:.2f}"
            f" (target: at most {most:g}) {'met' if met else 'NOT MET'}"
        )
    return 0 if good else 1


def _median(runs: list[Run], field: str) -> float:
    values: list[float] = [getattr(run, field) for run in runs]
    return statistics.median(values)


if __name__ == "__main__":
    sys.exit(main())
