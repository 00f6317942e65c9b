"""The two relays, each as one process on a given core: ours, and Debian's coturn."""

from __future__ import annotations

import asyncio
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

import box
from relay_client import HOST, User

PATIENCE = 20.0  # seconds until a server that doesn't answer is given up
SERVER = Path(__file__).with_name("relay_server.py")
USERS = [User(f"user{number}", f"secret{number}") for number in range(8)]
BINDING = bytes.fromhex("000100002112a442") + b"transaction."

# One thread that listens, answers and relays; nothing logged or looked up per packet. Peers on the
# loopback are what a benchmark has.
COTURN = """
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port={port}
lt-cred-mech
realm=practicebox.local
{users}
allow-loopback-peers
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
    """A running relay; ours also has the patient door in the same process."""

    name: str
    process: subprocess.Popen[str]
    port: int
    door: int = 0
    page: str = ""  # of the door

    def cpu(self) -> float:
        """Seconds that all its threads have spent on a core."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        times = [(task / "schedstat").read_text().split()[0] for task in tasks.iterdir()]
        return sum(map(int, times)) / 1e9

    def resident(self) -> int:
        """KiB of memory (RSS)."""
        return resident(self.process.pid)


def resident(pid: int) -> int:
    """KiB that a process has in memory (RSS)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


@contextmanager
def practicebox(core: int, folder: Path) -> Iterator[Contender]:
    """The box with its doors, and a relay in the same process; see `relay_server.py`."""
    plan = box.Plan(folder, HOST, box.free_ports())
    page = asyncio.run(box.found(plan, appointments=1)).fragments[0].partition("#")[0]
    command = [sys.executable, str(SERVER), str(folder / "practicebox.toml")]
    users = json.dumps({user.name: user.password for user in USERS})
    with running(command, core, users) as (process, told):
        _wait_for(told["relay"])
        yield Contender("practicebox", process, told["relay"], told["door"], page)


@contextmanager
def coturn(core: int, folder: Path) -> Iterator[Contender]:
    """Debian's turnserver with a configuration, log and database of its own."""
    port = _free_port()
    users = "\n".join(f"user={user.name}:{user.password}" for user in USERS)
    configuration = folder / "turnserver.conf"
    configuration.write_text(COTURN.format(port=port, folder=folder, users=users))
    command = [*_pinned(core), "turnserver", "-c", str(configuration)]
    with (
        (folder / "turnserver.log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, text=True) as process,
    ):
        try:
            _wait_for(port)
            yield Contender("coturn", process, port)
        finally:
            process.terminate()


@contextmanager
def running(
    command: list[str], core: int, told: str = ""
) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    """A program of ours, told one line, and the ports that it tells in its first line."""
    environment = os.environ | {"PYTHONPATH": str(SERVER.parents[1])}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*_pinned(core), *command], stdin=pipe, stdout=pipe, text=True, env=environment
    ) as process:
        try:
            yield process, json.loads(_exchange_lines(process.stdin, process.stdout, told))
        finally:
            process.terminate()


def _exchange_lines(into: IO[str] | None, out: IO[str] | None, told: str) -> str:
    assert into and out
    into.write(told + "\n")
    into.flush()
    return out.readline()


def _pinned(core: int) -> list[str]:
    return ["taskset", "--cpu-list", str(core)]  # which becomes the server itself


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.2)
        sock.connect((HOST, port))
        while time.monotonic() < give_up:
            try:
                sock.send(BINDING)
                sock.recv(2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            return
    raise TimeoutError(f"nobody answers on port {port}")
