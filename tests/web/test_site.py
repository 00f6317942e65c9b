"""One port for pages and relay: who gets a connection, with and without TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from practicebox.web import site
from practicebox.web.crowd import Crowd
from practicebox.web.listener import listen
from tests.web.signaling_world import certified

ALLOCATE = bytes.fromhex("000300002112a442000102030405060708090a0b")


class Turn(asyncio.Protocol):
    """Says back what it was given."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"turn " + data)


class BufferedTurn(asyncio.BufferedProtocol):
    """The same with a buffer smaller than what arrives."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = bytearray(8)
        transport.write(b"turn ")

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.transport.write(self.buffer[:nbytes])


def without_checks() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=[Turn, BufferedTurn])
async def port(tls: bool, request: pytest.FixtureRequest) -> AsyncIterator[int]:
    app = web.Application()

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=(await request.text()) or "hello")

    app.router.add_route("*", "/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    context = certified() if tls else None
    crowd = Crowd()
    [listener] = listen("127.0.0.1", 0, crowd)
    await site.DoorSite(runner, listener, crowd, request.param, context).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def opened(port: int, tls: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = without_checks() if tls else None
    return await asyncio.open_connection("127.0.0.1", port, ssl=context)


async def test_pages_come_as_always(port: int, tls: bool) -> None:
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/"
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        for _ in range(2):  # the second on the same connection
            async with session.get(url) as answer:
                assert await answer.text() == "hello"
        async with session.post(url, data=b"x" * 100_000) as answer:
            assert len(await answer.read()) == 100_000


async def test_stun_goes_to_the_relay_with_all_that_follows(port: int, tls: bool) -> None:
    reader, writer = await opened(port, tls)
    writer.write(ALLOCATE)
    async with asyncio.timeout(5):
        assert await reader.readexactly(5 + len(ALLOCATE)) == b"turn " + ALLOCATE
    writer.close()


async def test_a_connection_without_a_word_is_closed(
    port: int, tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "PATIENCE", 0.05)
    reader, writer = await opened(port, tls)
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionError):
            while await reader.read(1) or True:
                raise ConnectionError
    writer.close()


def test_the_first_byte_tells() -> None:
    turn = {first for first in range(256) if site.is_turn(first)}
    assert turn == {0, 1, 2, 3}
