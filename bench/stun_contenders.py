"""The two STUN servers, each as one process on a given core: ours, and Debian's coturn."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

REQUEST = bytes.fromhex("000100002112a442") + b"transaction."
PATIENCE = 15.0  # seconds until a server that doesn't answer is given up
SERVER = Path(__file__).with_name("stun_server.py")

# STUN only, one thread that relays and answers, nothing logged or looked up per request, and no
# SOFTWARE in the answers, which is its smallest and fastest.
COTURN = """
listening-ip=127.0.0.1
listening-port={port}
stun-only
no-auth
relay-threads=1
no-tls
no-dtls
no-cli
no-software-attribute
log-file=stdout
simple-log
pidfile={folder}/turnserver.pid
userdb={folder}/turnserver.sqlite
"""


@dataclass(frozen=True)
class Contender:
    """A running server."""

    name: str
    process: subprocess.Popen[str]
    port: int

    def cpu(self) -> float:
        """Seconds that all its threads have spent on a core."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        times = [(task / "schedstat").read_text().split()[0] for task in tasks.iterdir()]
        return sum(map(int, times)) / 1e9

    def lag(self) -> dict[str, float]:
        """How late our event loop's timers were since the last call, in microseconds."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer: dict[str, float] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def practicebox(core: int) -> Iterator[Contender]:
    """Our server as it goes into production, but for the buckets' size."""
    command = [sys.executable, str(SERVER)]
    with _running(command, core, subprocess.PIPE) as process:
        assert process.stdout
        contender = Contender("practicebox", process, int(process.stdout.readline()))
        _wait_for(contender.port)
        yield contender


@contextmanager
def coturn(core: int, folder: Path) -> Iterator[Contender]:
    """Debian's turnserver with a configuration, log and database of its own."""
    port = _free_port()
    configuration = folder / "turnserver.conf"
    configuration.write_text(COTURN.format(port=port, folder=folder))
    command = ["turnserver", "-c", str(configuration)]
    with (folder / "turnserver.log").open("w") as log, _running(command, core, log) as process:
        _wait_for(port)
        yield Contender("coturn", process, port)


def answer_size(port: int) -> int:
    """Bytes of the answer to a plain Binding request; raise `TimeoutError` without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.2)
        sock.sendto(REQUEST, ("127.0.0.1", port))
        return len(sock.recv(2048))


@contextmanager
def _running(command: list[str], core: int, out: int | IO[str]) -> Iterator[subprocess.Popen[str]]:
    pinned = ["taskset", "--cpu-list", str(core), *command]  # which becomes the server itself
    environment = os.environ | {"PYTHONPATH": str(SERVER.parents[1])}
    with subprocess.Popen(
        pinned,
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=None if out == subprocess.PIPE else subprocess.STDOUT,
        text=True,
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        try:
            answer_size(port)
        except (TimeoutError, ConnectionRefusedError):
            continue
        return
    raise TimeoutError(f"nobody answers on port {port}")
