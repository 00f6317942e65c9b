"""The signaling socket under pressure: slow readers, load, stopping, and what the log learns."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import WSMsgType
from pytest_aiohttp.plugin import AiohttpClient

from practicebox.web.signal import close_sockets
from practicebox.web.signal_socket import MAX_FRAME, Limits
from tests.web.signaling_world import (
    CLINICIAN,
    PATIENT,
    Box,
    RawBrowser,
    Socket,
    close_code,
    control,
    open_box,
    raw_browser,
    relays,
)

TEXT = 1
HELLO = b'{"kind":"hello","instance":"bbbbbbbbbbbbbbbb"}'
PLENTY = Limits(frames=1e6, frames_per_second=1e6, octets=1e12, octets_per_second=1e12)
both_ways = pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])


@both_ways
async def test_order_is_kept_under_load_in_both_directions(
    aiohttp_client: AiohttpClient, tls: bool
) -> None:
    clinician, patient = await (await open_box(aiohttp_client, PLENTY, tls)).both()
    frames = [index.to_bytes(4, "big") * (1 + index % 400) for index in range(2000)]

    async def send(socket: Socket) -> None:
        for frame in frames:
            await socket.send_bytes(frame)

    async def receive(socket: Socket) -> list[bytes]:
        return [await socket.receive_bytes(timeout=10) for _ in frames]

    _, _, *received = await asyncio.gather(
        send(clinician), send(patient), receive(clinician), receive(patient)
    )
    assert received == [frames, frames]


async def flood(clinician: Socket) -> dict[str, object]:
    """Send until the box says something; return that."""
    said = asyncio.create_task(control(clinician))
    while not said.done():
        await clinician.send_bytes(bytes(MAX_FRAME))
    return await said


@asynccontextmanager
async def slow_reader(box: Box) -> AsyncIterator[tuple[Socket, RawBrowser]]:
    """The clinician, and a patient in the same room that doesn't read."""
    clinician = await box.clinician()
    async with raw_browser(box, "patient") as slow:
        slow.send(TEXT, HELLO)
        assert [(await control(clinician))["kind"] for _ in range(2)] == ["welcome", "peer"]
        yield clinician, slow


@both_ways
async def test_a_slow_reader_is_dropped_and_never_the_fast_one(
    aiohttp_client: AiohttpClient, tls: bool
) -> None:
    box = await open_box(aiohttp_client, PLENTY, tls)
    async with slow_reader(box) as (clinician, slow):
        assert await flood(clinician) == {"kind": "peer-left", "reason": "lost"}
        patient = await box.patient()
        assert await control(clinician) == {"kind": "peer", "instance": PATIENT}
        assert [(await control(patient))["kind"] for _ in range(2)] == ["welcome", "peer"]
        assert await relays(clinician, patient) and await relays(patient, clinician)
        assert await slow.close_code() == 4413


@both_ways
async def test_a_reader_that_never_reads_again_is_let_go(
    aiohttp_client: AiohttpClient, tls: bool
) -> None:
    box = await open_box(aiohttp_client, replace(PLENTY, closing=0.05), tls)
    async with slow_reader(box) as (clinician, slow):
        assert await flood(clinician) == {"kind": "peer-left", "reason": "lost"}
        assert await asyncio.wait_for(box.done.get(), timeout=5) == "patient"
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await slow.close_code()
        assert not clinician.closed


@both_ways
async def test_a_socket_that_the_box_closes_ends_without_an_error(
    aiohttp_client: AiohttpClient, tls: bool
) -> None:
    box = await open_box(aiohttp_client, tls=tls)
    _, patient = await box.both()
    await patient.send_str("{")
    assert await close_code(patient) == 4400
    assert await asyncio.wait_for(box.done.get(), timeout=5) == "patient"


@both_ways
async def test_stopping_closes_every_socket_within_two_seconds(
    aiohttp_client: AiohttpClient, tls: bool
) -> None:
    box = await open_box(aiohttp_client, tls=tls)
    clinician, patient = await box.both()
    undecided = await box.open("patient", "tablet")
    async with raw_browser(box, "patient") as deaf:
        deaf.send(TEXT, HELLO)
        assert (await control(clinician))["kind"] == "second"
        codes = asyncio.gather(*map(close_code, (clinician, patient, undecided)))
        started = time.monotonic()
        await box.client.server.close()
        assert time.monotonic() - started < 2
        assert await codes == [1001, 1001, 1001]
        assert box.done.qsize() == 4
        assert await deaf.close_code() == 1001


@both_ways
async def test_sockets_that_answer_are_closed_at_once_before_the_cleanup(
    aiohttp_client: AiohttpClient, tls: bool
) -> None:
    box = await open_box(aiohttp_client, tls=tls)
    async with raw_browser(box, "patient") as browser:
        browser.send(TEXT, HELLO)
        assert (await browser.frame())[0] == TEXT
        closing = asyncio.create_task(close_sockets(box.app))
        assert await browser.close_code() == 1001
        browser.send(WSMsgType.CLOSE, (1001).to_bytes(2, "big"))
        assert await asyncio.wait_for(box.done.get(), timeout=0.9) == "patient"
        await closing


async def test_a_socket_that_comes_while_the_box_stops_is_closed(
    aiohttp_client: AiohttpClient,
) -> None:
    box = await open_box(aiohttp_client)
    await close_sockets(box.app)
    assert await close_code(await box.patient()) == 1001
    assert box.rooms.presence("a") is None


async def test_the_log_learns_roles_and_codes_and_nothing_else(
    aiohttp_client: AiohttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box = await open_box(aiohttp_client)
    clinician, patient = await box.both()
    await patient.send_bytes(b"v=0 secret-payload")
    await clinician.receive_bytes(timeout=5)
    await patient.send_str('{"kind": "secret-kind"}')
    assert await close_code(patient) == 4400
    await clinician.send_bytes(b"secret-payload" * 10_000)
    assert await close_code(clinician) == 1009
    records = [record for record in caplog.records if record.name == "practicebox.web.signal"]
    assert [(record.__dict__["role"], record.__dict__["code"]) for record in records] == [
        ("patient", 4400),
        ("clinician", 1009),
    ]
    logged = "".join(
        f"{record.getMessage()}{record.__dict__}"
        for record in caplog.records
        if record.name != "aiohttp.access"  # the doors run without it; it logs the test's query
    )
    assert not [word for word in ("secret", PATIENT, CLINICIAN, "phone") if word in logged]
