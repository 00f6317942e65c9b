"""Runs the load generator (`relayload.c`) on calls and on a server, and reads what it saw."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from relay_client import CHANNEL, Call
from relay_contenders import Contender

SOURCE = Path(__file__).with_name("relayload.c")


@dataclass(frozen=True)
class Load:
    """What is sent: `window` packets under way in each flow, or else `rate` of them a second."""

    direction: str  # "up" (client to peer), "down" or "both"
    payload: int  # bytes
    seconds: float
    window: int = 0
    rate: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What a load generator saw of one run, and the server's CPU time for it."""

    rate: float  # packets a second that arrived
    cpu: float  # share of a core that the server took
    p50: float  # microseconds from the sender to the receiver
    p99: float
    received: int
    failed: int  # packets that were lost or wrong

    @property
    def per_core(self) -> float:
        """Packets per second of CPU time."""
        return self.rate / self.cpu


@dataclass(frozen=True)
class Generator:
    """The compiled program and the core that it runs on."""

    program: Path
    core: int

    def run(self, calls: list[Call], load: Load, server: Contender | None) -> Seen:
        """Without a server the calls' sockets are connected to each other."""
        sockets = [sock for call in calls for sock in (call.client, call.peer)]
        with subprocess.Popen(
            self._command(calls, load, CHANNEL if server else 0),
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[sock.fileno() for sock in sockets],
        ) as process:
            assert process.stdout
            process.stdout.readline()  # it is warm now
            before = server.cpu() if server else 0.0
            report = process.stdout.readline()
            cpu = server.cpu() - before if server else 0.0
        return _seen(json.loads(report), cpu)

    def _command(self, calls: list[Call], load: Load, channel: int) -> list[str]:
        numbers = (load.seconds, load.payload, channel, load.window, load.rate)
        return [
            *("taskset", "--cpu-list", str(self.core), str(self.program), load.direction),
            *map(str, numbers),
            *(call.pair for call in calls),
        ]


def compiled(folder: Path, core: int) -> Generator:
    """The load generator, compiled into the folder."""
    program = folder / "relayload"
    subprocess.run(["cc", "-O2", "-o", str(program), str(SOURCE)], check=True)
    return Generator(program, core)


def _seen(report: dict[str, float], cpu: float) -> Seen:
    return Seen(
        rate=report["received"] / report["seconds"],
        cpu=cpu / report["seconds"],
        p50=report["p50_us"],
        p99=report["p99_us"],
        received=int(report["received"]),
        failed=int(report["wrong"] + report["lost"]),
    )
