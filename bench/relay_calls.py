"""Four HD calls through a relay: what they cost, how late their packets are, and what they bear."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relay_client import HOST, Call, direct_calls, relayed_calls
from relay_contenders import USERS, Contender
from relay_load import Generator, Load, Seen

CALLS = 4
PAYLOAD = 1200  # bytes
BIT_RATE = 2.5e6  # a second, each way of a call: 720p
RATE = BIT_RATE / 8 / PAYLOAD  # packets a second in each flow
STEP = 0.02  # seconds between two pages from the door
FLOOD = Path(__file__).with_name("relay_flood.py")
FLOODED = 10_000  # allocations that somebody wants


@dataclass(frozen=True)
class Trio:
    """The same calls through ours, through coturn, and without a relay."""

    ours: Seen
    theirs: Seen
    direct: Seen


@dataclass(frozen=True)
class Doors:
    """How late a page of the patient door was, p99 in milliseconds."""

    quiet: float
    in_calls: float


@dataclass(frozen=True)
class Pair:
    """Running calls without and with a flood of wishes, and what became of the wishes."""

    quiet: Seen
    flooded: Seen
    refused: int
    granted: int


def hd(seconds: float) -> Load:
    return Load("both", PAYLOAD, seconds, rate=RATE)


def trio(ours: Contender, theirs: Contender, generator: Generator, seconds: float) -> Trio:
    """One round, each after the other."""
    results = []
    for server in (ours, theirs, None):
        with four_calls(server) as calls:
            results.append(generator.run(calls, hd(seconds), server))
    return Trio(*results)


def doors(ours: Contender, generator: Generator, seconds: float) -> Doors:
    """The door of the box's process, without and with four calls through its relay."""
    quiet = _p99_of_door(ours, seconds)
    with four_calls(ours) as calls, ThreadPoolExecutor(1) as aside:
        asked = aside.submit(_p99_of_door, ours, seconds)
        generator.run(calls, hd(seconds), ours)
        return Doors(quiet, asked.result())


def flooded(server: Contender, generator: Generator, seconds: float) -> Pair:
    """Calls, and then `FLOODED` allocations asked for beside them with wrong credentials."""
    command = [sys.executable, str(FLOOD), str(server.port), str(FLOODED), str(seconds)]
    pipe = subprocess.PIPE
    with (
        four_calls(server) as calls,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as flood,
    ):
        assert flood.stdin and flood.stdout
        flood.stdout.readline()  # it has everything ready
        quiet = generator.run(calls, hd(seconds), server)
        flood.stdin.write("\n")
        flood.stdin.flush()
        seen = generator.run(calls, hd(seconds), server)
        told = json.loads(flood.stdout.readline())
    return Pair(quiet, seen, told["refused"], told["granted"])


@contextmanager
def four_calls(server: Contender | None) -> Iterator[list[Call]]:
    if server is None:
        with direct_calls(CALLS) as calls:
            yield calls
        return
    with relayed_calls(server.port, USERS[:CALLS]) as calls:
        yield calls


def _p99_of_door(server: Contender, seconds: float) -> float:
    """Milliseconds until a page is there, one after the other on one connection."""
    door = http.client.HTTPConnection(HOST, server.door, timeout=5)
    taken, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        door.request("GET", server.page)
        answer = door.getresponse()
        answer.read()
        assert answer.status == 200, f"the door says {answer.status}"
        taken.append(time.perf_counter() - began)
        time.sleep(STEP)
    door.close()
    return sorted(taken)[len(taken) * 99 // 100] * 1e3
