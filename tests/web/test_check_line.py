"""Measuring the line: bounded in time, size, number and memory."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from practicebox.web.patient import check_line
from practicebox.web.patient.check_limits import LIMITS, Limits
from tests.web.both_doors import Doors, both_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


def limits(doors: Doors) -> Limits:
    app = doors.patient.client.app
    assert app is not None
    return app[LIMITS]


async def up(doors: Doors, data: object) -> ClientResponse:
    client = doors.patient.client
    return await client.post(
        "/check/up", data=data, headers={"Origin": f"http://{client.host}:{client.port}"}
    )


async def down(doors: Doors) -> int:
    """The status of one measurement, taken to its end."""
    async with doors.patient.client.get("/check/down") as answer:
        await answer.read()
        return answer.status


async def lazy_browser(doors: Doors) -> socket.socket:
    """Asks for the noise and takes none of it."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    host, port = doors.patient.client.host, doors.patient.client.port
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, (host, port))
    request = f"GET /check/down HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
    await loop.sock_sendall(sock, request.encode())
    await until(lambda: limits(doors).measuring == 1)
    return sock


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what the door counts has no event
            await asyncio.sleep(0.01)


async def test_down_gives_noise_up_to_its_cap(doors: Doors) -> None:
    body = await doors.patient.body("/check/down")
    assert len(body) == check_line.DOWN
    assert len(set(body[:4096])) > 200


async def test_up_answers_what_arrived_and_how_long_it_took(doors: Doors) -> None:
    async with await up(doors, io.BytesIO(bytes(256 * 1024))) as answer:
        measured = await answer.json()
    assert answer.status == 200
    assert 0 < measured["bytes"] <= 256 * 1024
    assert 0 <= measured["seconds"] < 5


async def test_up_refuses_more_than_its_block(doors: Doors) -> None:
    async with await up(doors, io.BytesIO(bytes(check_line.UP + 1))) as answer:
        assert answer.status == 413

    async def endless() -> AsyncIterator[bytes]:
        yield b"x"

    async with await up(doors, endless()) as answer:  # chunked: no length
        assert answer.status == 413


async def test_a_third_measurement_waits(doors: Doors) -> None:
    with limits(doors).measurement(), limits(doors).measurement():
        assert await down(doors) == 503
        async with await up(doors, b"x" * 1000) as answer:
            assert answer.status == 503
    async with await up(doors, b"x" * 1000) as answer:
        assert answer.status == 200
    assert limits(doors).measuring == 0


async def test_a_page_that_leaves_gives_its_place_back(doors: Doors) -> None:
    (await lazy_browser(doors)).close()
    await until(lambda: limits(doors).measuring == 0)


@pytest.mark.slow
async def test_who_takes_nothing_is_given_up(doors: Doors) -> None:
    with await lazy_browser(doors):
        await until(lambda: limits(doors).measuring == 0, check_line.LATE + 3)


@pytest.mark.slow
async def test_who_sends_nothing_is_given_up(doors: Doors) -> None:
    host, port = doors.patient.client.host, doors.patient.client.port
    _, writer = await asyncio.open_connection(host, port)
    head = f"POST /check/up HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: http://{host}:{port}\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\nx".encode())
    await until(lambda: limits(doors).measuring == 1)
    await until(lambda: limits(doors).measuring == 0, check_line.LATE + 3)
    writer.close()


async def test_a_visit_and_a_source_have_so_many(doors: Doors) -> None:
    await doors.join({"code": (await doors.plan()).codes.patient})
    found = limits(doors)
    found.clock = lambda: 1000.0
    assert [await down(doors) for _ in range(3)] == [200, 200, 200]
    while found.visits.take(doors.patient.cookie("visit").encode(), 1000.0):
        pass
    assert await down(doors) == 429
    doors.patient.forget("visit")
    assert await down(doors) == 200
    while found.sources.take(bytes([127, 0, 0, 1]), 1000.0):
        pass
    assert await down(doors) == 429
    found.clock = lambda: 1002.0  # a source gets another part of a check every second
    assert await down(doors) == 200
