"""Binding answers a second, ours and Debian's coturn, and what a flood does to our event loop.

    python bench/stun.py [--rounds 7] [--seconds 1.5]

Both servers run at the same time on one core, the load generator (`stunload.c`, compiled here) on
another; rounds alternate between them. Answers "per core" are answers per second of CPU time of the
server, which is the same as answers per second while it has its core for itself, and stays right
when another program takes a part of that core. Exit status 1 when a target of issue 2 isn't met.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from stun_contenders import REQUEST, Contender, coturn, practicebox

RATE_TARGET = 1.0  # times coturn's answers per second on one core (issue 2)
SIZE_TARGET = 1.6  # times the request's bytes (issue 2)
QUIET = 2.0  # seconds of watching the idle loop
OWN_CORE = 0.8  # of a core; with less, something else runs there

TITLE = "               per core/s    wall/s   busy   p50 us   p99 us   bytes out/in   failed"
ROW = (
    "{name:12} {per_core:12,.0f} {rate:9,.0f} {busy:6.0%} {p50:8.0f} {p99:8.0f}"
    "         {size:3.0f}/{request} {failed:8}"
)


Lag = dict[str, float]  # percentiles in microseconds


@dataclass(frozen=True)
class Load:
    """The load generator."""

    program: str
    core: int
    seconds: float


@dataclass(frozen=True)
class Result:
    """One round on one server."""

    rate: float  # answers a second
    per_core: float  # answers per second of the server's CPU time
    busy: float  # share of its core that the server had
    p50: float  # microseconds until an answer
    p99: float
    size: float  # bytes of an answer
    failed: int  # answers that were wrong or never came


@dataclass(frozen=True)
class Round:
    """One run on each server, and the lag of our event loop during ours."""

    ours: Result
    lag: Lag
    theirs: Result


def main() -> int:
    """Run all and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    server_core, load_core = sorted(os.sched_getaffinity(0))[:2]
    with (
        tempfile.TemporaryDirectory(prefix="practicebox-bench-") as folder,
        practicebox(server_core) as ours,
        coturn(server_core, Path(folder)) as theirs,
    ):
        load = Load(_compiled(Path(folder)), load_core, options.seconds)
        quiet = _quiet_lag(ours)
        _round(ours, theirs, load)  # to warm up
        rounds = [_round(ours, theirs, load) for _ in range(options.rounds)]
    return _report(rounds, quiet)


def _compiled(folder: Path) -> str:
    source, program = Path(__file__).with_name("stunload.c"), folder / "stunload"
    subprocess.run(["cc", "-O2", "-o", str(program), str(source)], check=True)
    return str(program)


def _quiet_lag(ours: Contender) -> Lag:
    ours.lag()
    time.sleep(QUIET)
    return ours.lag()


def _round(ours: Contender, theirs: Contender, load: Load) -> Round:
    ours.lag()
    result = _measured(ours, load)
    return Round(result, ours.lag(), _measured(theirs, load))


def _measured(contender: Contender, load: Load) -> Result:
    command = ["taskset", "--cpu-list", str(load.core), load.program]
    command += [str(contender.port), str(load.seconds)]
    before = contender.cpu()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    cpu = contender.cpu() - before
    seen = json.loads(done.stdout)
    answered = seen["answered"]
    return Result(
        rate=answered / seen["seconds"],
        per_core=answered / cpu,
        busy=cpu / seen["seconds"],
        p50=seen["p50_us"],
        p99=seen["p99_us"],
        size=seen["bytes"] / answered,
        failed=seen["wrong"] + seen["lost"],
    )


def _report(rounds: list[Round], quiet: Lag) -> int:
    ours, theirs = [one.ours for one in rounds], [one.theirs for one in rounds]
    print("(the buckets of ours are made so large that this one source never empties one)")
    print(TITLE)
    _print_row("practicebox", ours)
    _print_row("coturn", theirs)
    if min(result.busy for result in ours + theirs) < OWN_CORE:
        print("other programs took a part of the cores: expect noise")
    _print_lag(quiet, [one.lag for one in rounds])
    return _verdict(ours, theirs)


def _print_row(name: str, results: list[Result]) -> None:
    median = {
        field: statistics.median(getattr(result, field) for result in results)
        for field in ("per_core", "rate", "busy", "p50", "p99", "size")
    }
    failed = sum(result.failed for result in results)
    print(ROW.format(name=name, request=len(REQUEST), failed=failed, **median))


def _print_lag(quiet: Lag, floods: list[Lag]) -> None:
    flooded = {key: statistics.median(lag[key] for lag in floods) for key in quiet}
    for name, lag in (("quiet", quiet), ("flooded", flooded)):
        late = f"p50 {lag['p50']:.0f}, p99 {lag['p99']:.0f} us late"
        print(f"timers of our event loop, {name:7}: {late}")


def _verdict(ours: list[Result], theirs: list[Result]) -> int:
    pairs = zip(ours, theirs, strict=True)
    ratios = sorted(one.per_core / other.per_core for one, other in pairs)
    ratio = statistics.median(ratios)
    size, their_size = ours[0].size / len(REQUEST), theirs[0].size / len(REQUEST)
    met = ratio >= RATE_TARGET and size <= SIZE_TARGET
    print(f"practicebox/coturn per core: {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(f"answer/request in bytes: {size:.2f}, coturn {their_size:.2f}")
    print(f"targets ({RATE_TARGET} and {SIZE_TARGET}): {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
