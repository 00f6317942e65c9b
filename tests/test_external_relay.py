"""Credentials for a relay elsewhere: coturn with a shared secret takes ours, and no others."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aioice.stun
import aioice.turn
import pytest

from practicebox.config import Config
from practicebox.media import IceServers
from practicebox.rtc.tickets import Tickets

pytestmark = pytest.mark.slow

HOST = "127.0.0.1"
SECRET = b"shared by both"
NOW = datetime.now(UTC)
CONFIG = Config(relay="external", external_secret_file=Path("secret"))
COTURN = """
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port={port}
realm=practicebox.local
use-auth-secret
static-auth-secret={secret}
no-tls
no-dtls
no-cli
log-file=stdout
pidfile={folder}/turnserver.pid
userdb={folder}/turnserver.sqlite
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed")
    with socket.create_server((HOST, 0)) as free:
        port = int(free.getsockname()[1])
    text = COTURN.format(port=port, secret=SECRET.decode(), folder=tmp_path)
    configuration = tmp_path / "turnserver.conf"
    configuration.write_text(text)
    command = [program, "-c", str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield port
    process.terminate()
    process.wait(10)


def credentials(port: int, until: datetime, secret: bytes = SECRET) -> tuple[str, str]:
    config = replace(CONFIG, external_relay=f"turn:{HOST}:{port}")
    ice = IceServers(config, Tickets(b"k" * 32, lambda: NOW), lambda: 3478, secret)
    _, relay = ice.for_page("praxis.local", "appointment", "device", until, True)
    return str(relay["username"]), str(relay["credential"])


async def allocate(port: int, username: str, password: str) -> tuple[str, int]:
    """The relayed address; raise what aioice raises where there is none."""
    transport, _ = await aioice.turn.create_turn_endpoint(
        asyncio.DatagramProtocol, (HOST, port), username=username, password=password
    )
    try:
        address: tuple[str, int] = transport.get_extra_info("sockname")
        return address
    finally:
        transport.close()


async def when_up(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return


async def test_coturn_takes_the_credentials_that_pages_get(port: int) -> None:
    await when_up(port)
    username, password = credentials(port, NOW + timedelta(hours=1))
    host, relayed = await allocate(port, username, password)
    assert (host, relayed > 0) == (HOST, True)


async def test_coturn_refuses_what_has_ended_and_another_secret(port: int) -> None:
    await when_up(port)
    ended = credentials(port, NOW - timedelta(hours=1))
    foreign = credentials(port, NOW + timedelta(hours=1), b"another secret")
    for username, password in (ended, foreign):
        with pytest.raises(aioice.stun.TransactionFailed):
            await allocate(port, username, password)
