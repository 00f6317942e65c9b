"""The relay beside Debian's coturn: its rate, four HD calls, memory, and strangers at the door.

    python bench/relay.py [PART …] [--rounds 5] [--seconds 20]

Each server is one process on one core, the load generator (`relayload.c`, compiled here) is on
another; rounds alternate between the servers and medians count. Exit status 1 when a target of
issue 3 isn't met.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import relay_calls
import relay_memory
from relay_contenders import Contender, coturn, practicebox
from relay_load import Generator, Load, Seen, compiled

PAYLOADS = (200, 1200)  # bytes: sound, and a full packet of a picture
DIRECTIONS = {"up": "client to peer", "down": "peer to client"}
WINDOW = 16  # packets under way in each of the calls
FLAT_OUT = 0.8  # seconds of a round
ROUND = 2.5  # seconds of a round of calls
FLOOD_ROUNDS = 3
FLOOD = 5.0  # seconds of a flood
OWN_CORE = 0.8  # of a core; with less, something else runs there, or the generator is too slow

RATE_TARGET = 0.7  # times coturn's packets a second; the aim is 1.0
CPU_TARGET = 1.7  # times coturn's processor time
DELAY_TARGET = 500.0  # microseconds at p99 above the same packets without a relay
DOOR_TARGET = 10.0  # milliseconds at p99 above the quiet door
CALLS_TARGET = 10.0  # MB for eight calls
SOCKET_TARGET = 80.0  # KiB for an open TLS socket
FLOOD_TARGET = 5.0  # milliseconds at p99 above the calls without a flood

SOCKETS = "sockets"  # the part that needs servers of its own
T = TypeVar("T")


@dataclass
class Verdict:
    """Prints figures with their targets, and remembers whether they were met."""

    missed: list[str] = field(default_factory=list)

    def judge(self, name: str, text: str, target: str, is_met: bool) -> None:
        print(f"{name}: {text} (target {target}{'' if is_met else ', NOT MET'})", flush=True)
        self.missed += [] if is_met else [name]


@dataclass(frozen=True)
class Bench:
    """Both servers and the load generator."""

    ours: Contender
    theirs: Contender
    generator: Generator
    rounds: int
    seconds: float  # of the calls on each server


def main() -> int:
    """Run the parts that are named, or all, and print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join((*PARTS, SOCKETS)))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0, help="of the calls on each server")
    options = parser.parse_args()
    chosen = options.parts or [*PARTS, SOCKETS]
    if unknown := set(chosen) - {*PARTS, SOCKETS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    server_core, load_core = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {load_core})
    verdict = Verdict()
    with tempfile.TemporaryDirectory(prefix="practicebox-bench-") as name:
        folder = Path(name)
        with practicebox(server_core, folder) as ours, coturn(server_core, folder) as theirs:
            generator = compiled(folder, load_core)
            bench = Bench(ours, theirs, generator, options.rounds, options.seconds)
            for part, run in PARTS.items():
                if part in chosen:
                    run(bench, verdict)
        if SOCKETS in chosen:
            _memory_of_sockets(folder, server_core, verdict)
    print(f"targets: {'NOT MET: ' + ', '.join(verdict.missed) if verdict.missed else 'met'}")
    return 1 if verdict.missed else 0


def _memory_of_calls(bench: Bench, verdict: Verdict) -> None:
    ours = relay_memory.of_calls(bench.ours, bench.generator, 2.0) / 1024
    theirs = relay_memory.of_calls(bench.theirs, bench.generator, 2.0) / 1024
    text = f"{ours:.1f} MB, coturn {theirs:.1f} MB"
    verdict.judge("memory of 8 calls", text, f"{CALLS_TARGET:.0f} MB", ours <= CALLS_TARGET)


def _rates(bench: Bench, verdict: Verdict) -> None:
    for payload in PAYLOADS:
        for direction in DIRECTIONS:
            _rate(bench, direction, payload, verdict)


def _rate(bench: Bench, direction: str, payload: int, verdict: Verdict) -> None:
    load = Load(direction, payload, FLAT_OUT, window=WINDOW)
    seen: dict[str, list[Seen]] = {"practicebox": [], "coturn": []}
    for _ in range(bench.rounds):
        for server in (bench.ours, bench.theirs):
            with relay_calls.four_calls(server) as calls:
                seen[server.name].append(bench.generator.run(calls, load, server))
    print(f"{DIRECTIONS[direction]}, {payload} bytes")
    for name, results in seen.items():
        _print_rate(name, results)
    pairs = list(zip(seen["practicebox"], seen["coturn"], strict=True))
    ratio = statistics.median(ours.per_core / theirs.per_core for ours, theirs in pairs)
    wall = statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)
    text = f"{ratio:.2f} of coturn per core, {wall:.2f} by the clock"
    verdict.judge(f"{direction} {payload}", text, str(RATE_TARGET), ratio >= RATE_TARGET)


def _print_rate(name: str, seen: list[Seen]) -> None:
    per_core, rate = _median(seen, lambda one: one.per_core), _median(seen, lambda one: one.rate)
    busy, p99 = _median(seen, lambda one: one.cpu), _median(seen, lambda one: one.p99)
    print(
        f"  {name:11} {per_core:9,.0f}/s per core {rate:9,.0f}/s busy {busy:4.0%}"
        f"  p99 {p99:5.0f} us  failed {_failed(seen)}"
        f"{'' if busy >= OWN_CORE else '  (had not the whole core)'}"
    )


def _calls(bench: Bench, verdict: Verdict) -> None:
    rounds = max(1, round(bench.seconds / ROUND))
    trios = [
        relay_calls.trio(bench.ours, bench.theirs, bench.generator, bench.seconds / rounds)
        for _ in range(rounds)
    ]
    ours, theirs = [trio.ours for trio in trios], [trio.theirs for trio in trios]
    print(f"four HD calls, {bench.seconds:g} s on each")
    for name, seen in (
        ("practicebox", ours),
        ("coturn", theirs),
        ("no relay", [trio.direct for trio in trios]),
    ):
        _print_calls(name, seen)
    cpu = _median(trios, lambda trio: trio.ours.cpu / trio.theirs.cpu)
    verdict.judge("processor time", f"{cpu:.2f} of coturn's", str(CPU_TARGET), cpu <= CPU_TARGET)
    late = _median(trios, lambda trio: trio.ours.p99 - trio.theirs.p99)
    added = _median(trios, lambda trio: trio.ours.p99 - trio.direct.p99)
    text = f"{added:.0f} us above no relay, {late:.0f} us above coturn"
    verdict.judge("delay p99", text, f"{DELAY_TARGET:.0f} us", added <= DELAY_TARGET)
    verdict.judge("loss", f"{_failed(ours)}, coturn {_failed(theirs)}", "0", _failed(ours) == 0)


def _print_calls(name: str, seen: list[Seen]) -> None:
    p50, p99 = _median(seen, lambda one: one.p50), _median(seen, lambda one: one.p99)
    print(
        f"  {name:11} {_median(seen, lambda one: one.cpu):6.1%} of a core"
        f"  p50 {p50:4.0f} us  p99 {p99:4.0f} us  lost {_failed(seen)}"
        f" of {sum(one.received for one in seen):,}"
    )


def _flood(bench: Bench, verdict: Verdict) -> None:
    """Rounds of the same calls, quiet and flooded."""
    for server in (bench.theirs, bench.ours):
        pairs = [relay_calls.flooded(server, bench.generator, FLOOD) for _ in range(FLOOD_ROUNDS)]
        worse = _median(pairs, lambda pair: pair.flooded.p99 - pair.quiet.p99) / 1e3
        lost, granted = _failed([pair.flooded for pair in pairs]), sum(p.granted for p in pairs)
        refused = sum(pair.refused for pair in pairs)
        text = f"p99 {worse:.2f} ms worse, {lost} lost, {refused:,} refused, {granted} granted"
        text += f" of {relay_calls.FLOODED * FLOOD_ROUNDS:,}"
        if server is bench.ours:
            is_met = worse <= FLOOD_TARGET and not granted and not lost
            verdict.judge("flood", text, f"{FLOOD_TARGET:.0f} ms", is_met)
        else:
            print(f"flood of coturn: {text}")


def _doors(bench: Bench, verdict: Verdict) -> None:
    doors = relay_calls.doors(bench.ours, bench.generator, bench.seconds / 2)
    text = f"p99 {doors.in_calls:.1f} ms in calls, {doors.quiet:.1f} ms quiet"
    is_met = doors.in_calls - doors.quiet <= DOOR_TARGET
    verdict.judge("door", text, f"{DOOR_TARGET:.0f} ms more", is_met)


def _memory_of_sockets(folder: Path, core: int, verdict: Verdict) -> None:
    sockets = relay_memory.of_sockets(folder, core)
    text = f"{sockets.door:.0f} KiB at the patient door, asyncio {sockets.asyncio:.0f} KiB,"
    text += f" with a narrow buffer {sockets.narrow:.0f} KiB"
    is_met = sockets.door <= SOCKET_TARGET
    verdict.judge("memory of a TLS socket", text, f"{SOCKET_TARGET:.0f} KiB", is_met)


def _failed(seen: Sequence[Seen]) -> int:
    return sum(one.failed for one in seen)


def _median(seen: Sequence[T], value: Callable[[T], float]) -> float:
    return statistics.median(map(value, seen))


PARTS: dict[str, Callable[[Bench, Verdict], None]] = {
    "memory": _memory_of_calls,  # first: later the memory is already there
    "rate": _rates,
    "calls": _calls,
    "flood": _flood,
    "doors": _doors,
}


if __name__ == "__main__":
    sys.exit(main())
