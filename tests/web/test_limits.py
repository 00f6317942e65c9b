"""What strangers can do to a door with sockets, heads and bodies; honest browsers are served."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import psutil
import pytest

from practicebox import listen
from practicebox.appliance.logs import LineFormatter
from practicebox.web import bodies, listener, protocol, site
from practicebox.web.crowd import Caps, Crowd
from practicebox.web.headers import ALWAYS
from tests.web.open_doors import OpenDoor, OpenDoors, Streams, open_doors

pytestmark = pytest.mark.slow

SOON = 0.4  # seconds in place of 15 and 20
CANARY = "kanarienvogel"
SMALL = Caps(most=100, waiting=60, of_source=50, waiting_of_source=20)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
async def doors(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[OpenDoors]:
    monkeypatch.setattr(listen, "caps_of", lambda files: SMALL)
    monkeypatch.setattr(protocol, "LINGER", 0.1)
    async with open_doors(tmp_path, tls=request.param) as opened:
        yield opened


def packed_zeros(megabytes: int) -> bytes:
    """Zeros as gzip: one packed megabyte, which needs nothing before it, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    begin = packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + one * megabytes + packer.flush()


def both(doors: OpenDoors) -> list[OpenDoor]:
    return [doors.staff, doors.patients]


async def is_over(streams: Streams) -> bool:
    """Whether the door ends the connection within a while."""
    reader, writer = streams
    try:
        async with asyncio.timeout(5):
            while await reader.read(1000):
                pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    finally:
        writer.close()
    return True


async def test_honest_browsers_are_served_beside_idle_sockets(doors: OpenDoors) -> None:
    for door in both(doors):
        idle = []
        for number in range(200):
            source = f"127.0.{number % 7}.2"
            idle.append(await door.connect(source, handshake=number % 2 == 0))
        for source in ("127.0.0.1", "127.0.0.2", "127.0.6.2"):
            assert "HTTP/1.1 " in await door.page("/", source)
        assert len(door.crowd) <= SMALL.waiting
        for _, writer in idle:
            writer.close()


async def test_one_address_full_of_idle_sockets_does_not_push_others_out(doors: OpenDoors) -> None:
    door = doors.patients
    other = await door.connect("127.0.9.9")
    idle = [await door.connect("127.0.0.2") for _ in range(100)]
    other[1].write(f"GET / HTTP/1.1\r\nHost: {door.host}\r\n\r\n".encode())
    async with asyncio.timeout(5):
        assert (await other[0].readline()).startswith(b"HTTP/1.1 200")
    for _, writer in [other, *idle]:
        writer.close()


async def test_a_connection_that_has_ended_is_not_counted_any_more(doors: OpenDoors) -> None:
    for door in both(doors):
        for _ in range(30):
            await door.page()
        async with asyncio.timeout(5):
            while len(door.crowd):  # noqa: ASYNC110 - a fact to be read, nobody waits for it
                await asyncio.sleep(0.01)


async def test_who_says_nothing_is_shown_the_door(
    doors: OpenDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "KEEP_ALIVE", SOON)
    for door in both(doors):
        assert await is_over(await door.connect())


async def test_slow_heads_are_given_up(doors: OpenDoors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "KEEP_ALIVE", SOON)
    for door in both(doors):
        reader, writer = await door.connect()
        writer.write(f"GET / HTTP/1.1\r\nHost: {door.host}\r\n".encode())

        async def trickle(writer: asyncio.StreamWriter = writer) -> None:
            while True:
                writer.write(b"X-Slow: 1\r\n")
                await asyncio.sleep(SOON / 8)

        trickling = asyncio.create_task(trickle())
        assert await is_over((reader, writer))
        trickling.cancel()


async def test_a_connection_is_kept_for_the_next_request_only_for_a_while(
    doors: OpenDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "KEEP_ALIVE", SOON)
    for door in both(doors):
        reader, writer = await door.connect()
        writer.write(f"GET /nothing HTTP/1.1\r\nHost: {door.host}\r\n\r\n".encode())
        assert b"HTTP/1.1" in await reader.readline()
        assert await is_over((reader, writer))


async def test_slow_bodies_are_given_up(doors: OpenDoors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", SOON)
    for door, path in ((doors.patients, "/visit"), (doors.staff, "/login")):
        answer = await door.ask(door.post(path, 1000), b"{")
        assert answer.startswith("HTTP/1.1 408"), answer


async def test_long_bodies_are_refused_unread(doors: OpenDoors) -> None:
    for door, path in ((doors.patients, "/visit"), (doors.staff, "/login")):
        answer = await door.ask(door.post(path, 10**9), b"x" * 200_000)
        assert answer == "" or answer.startswith("HTTP/1.1 413"), answer[:80]


async def test_packed_bodies_are_refused(doors: OpenDoors) -> None:
    body = gzip.compress(b"{}")
    for encoding in ("gzip", "GZIP", "deflate", "br", "zstd", "gzip, identity"):
        for door, path in (
            (doors.patients, "/visit"),
            (doors.patients, "/check/up"),
            (doors.staff, "/login"),
        ):
            head = door.post(path, len(body), f"Content-Encoding: {encoding}", "Connection: close")
            assert (await door.ask(head, body)).startswith("HTTP/1.1 415")


async def test_a_bomb_takes_no_memory(doors: OpenDoors) -> None:
    bomb = packed_zeros(300)
    process = psutil.Process()
    before = process.memory_info().rss
    for door, path in (
        (doors.patients, "/visit"),
        (doors.patients, "/check/up"),
        (doors.staff, "/login"),
    ):
        head = door.post(path, len(bomb), "Content-Encoding: gzip")
        answer = await door.ask(head, bomb)
        assert answer == "" or answer.startswith("HTTP/1.1 415")
    assert process.memory_info().rss - before < 30 * 1024 * 1024


HEADS = (
    f"GET /{CANARY * 400} HTTP/1.1\nHost: {{host}}\n",
    f"GET / HTTP/1.1\nHost: {{host}}\nX-Long: {CANARY * 800}\n",
    "GET / HTTP/1.1\nHost: {host}\n" + f"X-{CANARY}: 1\n" * 200,
    f"{CANARY} / HTTP/1.1\nHost: {{host}}\n",
    f"GET / {CANARY}\n",
    f"\x00\x01\x02{CANARY}\n",
    f"GET / HTTP/1.1\nHost: {{host}}\n{CANARY}\x00: 1\n",
    "POST /visit HTTP/1.1\nHost: {host}\nContent-Length: 5\nTransfer-Encoding: chunked\n",
    "POST /visit HTTP/1.1\nHost: {host}\nContent-Length: 5\nContent-Length: 6\n",
    "GET / HTTP/1.1\nHost: {host}\nHost: evil.example\n",
)


async def test_what_is_no_request_gets_a_number_and_our_headers(
    doors: OpenDoors, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for door, head in product(both(doors), HEADS):
            answer = await door.ask(head.replace("{host}", door.host))
            status, _, rest = answer.partition("\r\n")
            assert status.split(" ")[1] in {"400", "421"}, answer
            for name, value in ALWAYS.items():
                assert f"{name}: {value}\r\n" in rest
            assert CANARY not in answer and "aiohttp" not in answer and "Python" not in answer
    formatter = LineFormatter(for_journal=True)
    lines = "\n".join(formatter.format(record) for record in caplog.records)
    assert "127.0.0.1" not in lines and CANARY not in lines
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_head_without_end_is_given_up(doors: OpenDoors) -> None:
    for door in both(doors):
        reader, writer = await door.connect()
        writer.write(f"GET / HTTP/1.1\r\nHost: {door.host}\r\n".encode())
        for number in range(20):
            writer.write(f"X-{number}: {'x' * 4000}\r\n".encode())
        assert await is_over((reader, writer))


async def test_nobody_waits_for_a_handshake_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "PATIENCE", SOON)
    async with open_doors(tmp_path, tls=True) as doors:
        for door in both(doors):
            assert await is_over(await door.connect(handshake=False))


def test_every_address_means_ipv6_as_well() -> None:
    opened = listener.listen("0.0.0.0", 0, Crowd())
    try:
        assert [one.family.name for one in opened] in (["AF_INET", "AF_INET6"], ["AF_INET"])
        assert len({one.getsockname()[1] for one in opened}) == 1
    finally:
        for one in opened:
            one.close()
