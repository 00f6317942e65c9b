"""Debian's coturn as the relay of the lab, which can be killed in the middle of a call."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HOST = "127.0.0.1"
PATIENCE = 10.0  # seconds until it must listen


@dataclass
class Relay:
    """One TURN server at one port; each start has another password."""

    folder: Path
    port: int
    password: str = ""
    _process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def ice(self) -> dict[str, object]:
        """W3C WebRTC `RTCIceServer`."""
        urls = f"turn:{HOST}:{self.port}?transport=udp"
        return {"urls": urls, "username": "lab", "credential": self.password}

    async def start(self) -> None:
        self.password = secrets.token_hex(8)
        self._process = await asyncio.create_subprocess_exec(
            _program(),
            *("-n", "--no-cli", "--no-tls", "--no-dtls", "--no-rfc5780", "--allow-loopback-peers"),
            *("--lt-cred-mech", "--realm", "lab", "--user", f"lab:{self.password}"),
            *("--listening-ip", HOST, "--relay-ip", HOST, "--listening-port", str(self.port)),
            *("--pidfile", str(self.folder / "pid"), "--userdb", str(self.folder / "db")),
            *("--log-file", "stdout"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await self._listens()

    async def kill(self) -> None:
        """SIGKILL: nobody is told, and all allocations are gone."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _listens(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    _, writer = await asyncio.open_connection(HOST, self.port)
                except ConnectionError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                return


@asynccontextmanager
async def relaying(folder: Path) -> AsyncIterator[Relay]:
    """A relay that runs until the end."""
    with socket.create_server((HOST, 0)) as sock:
        port = int(sock.getsockname()[1])
    relay = Relay(folder, port)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.kill()


def _program() -> str:
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed")
    return program
