"""What an open TLS connection costs: 500 WebSockets on a server in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession, TCPConnector

from tests.appliance.tls_world import careless

CONNECTIONS = 500
LIMIT = 80  # KiB for each
WARM_UP = 20  # the first ones fill the caches of Python and OpenSSL
SERVER = """
import asyncio, sys
from asyncio.sslproto import SSLProtocol
from pathlib import Path
from aiohttp import web
from practicebox.appliance.tls import ServedCertificate
from tests.appliance.tls_world import Machine
async def echo(request):
    socket = web.WebSocketResponse(compress=False, max_msg_size=64 * 1024)
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
    return socket
async def main():
    served = ServedCertificate(Machine(Path(sys.argv[1])).source())
    SSLProtocol.max_size = int(sys.argv[2]) or SSLProtocol.max_size
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=served.context, backlog=600).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.sleep(300)
asyncio.run(main())
"""
ASYNCIO_S_OWN = 256 * 1024  # bytes, `SSLProtocol.max_size` of Python 3.11 to 3.14


@pytest.mark.slow
@pytest.mark.parametrize(("buffer", "fits"), [(0, True), (ASYNCIO_S_OWN, False)])
async def test_a_connection_fits_a_small_box(tmp_path: Path, buffer: int, fits: bool) -> None:
    """The second row shows that it is our setting that makes it fit."""
    async with server(tmp_path, buffer) as (process, port), AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            ClientSession(connector=TCPConnector(ssl=careless(), limit=0))
        )
        await open_sockets(stack, session, port, WARM_UP)
        before = process.memory_info().rss
        await open_sockets(stack, session, port, CONNECTIONS)
        each = (process.memory_info().rss - before) / CONNECTIONS / 1024
        print(f"{each:.0f} KiB for each of {CONNECTIONS} connections")
        assert (each <= LIMIT) == fits, each


async def open_sockets(
    stack: AsyncExitStack, session: ClientSession, port: int, count: int
) -> None:
    for _ in range(count):
        socket = await session.ws_connect(f"wss://127.0.0.1:{port}/", autoclose=False)
        stack.callback(socket._response.close)
        await socket.send_str("x" * 5000)  # as long as an offer
        await socket.receive_str()


@asynccontextmanager
async def server(folder: Path, buffer: int) -> AsyncIterator[tuple[psutil.Process, int]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVER, str(folder), str(buffer)), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        port = int(await process.stdout.readline())
        yield psutil.Process(process.pid), port
    finally:
        process.kill()
        await process.wait()
