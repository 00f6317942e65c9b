"""The whole box in one process: starting, stopping, and what stops a start."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from practicebox import app, listen
from practicebox.appliance.clock import Trouble
from practicebox.box import Names
from practicebox.config import Config
from practicebox.demo import found
from tests.ports import free_ports

LOOPBACK = Config(
    staff_host="127.0.0.1", patients_host="127.0.0.1", staff_port=0, patients_port=0, stun_port=0
)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def test_both_doors_and_stun_answer(stack: AsyncExitStack, tmp_path: Path) -> None:
    box = await app.start(stack, replace(LOOPBACK, data_folder=tmp_path))
    async with aiohttp.ClientSession() as session:
        for port, path, status in (
            (box.staff_port, "/", 200),  # the wizard, after redirects
            (box.patients_port, "/", 200),
            (box.patients_port, "/login", 404),
        ):
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                assert answer.status == status
    async with asyncio.timeout(5):
        while box.stun_answers is None:  # noqa: ASYNC110  # a fact to be read, nobody waits for it
            await asyncio.sleep(0.01)
    assert box.stun_answers
    assert box.facts()["stun_answers"] is True


async def test_a_taken_port_is_named_with_the_option(stack: AsyncExitStack, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(listen.CannotStart, match=rf"Port {port} .* staff\.port"):
            await app.start(stack, replace(LOOPBACK, data_folder=tmp_path, staff_port=port))


@pytest.mark.slow
async def test_a_clock_before_the_last_write_stops_no_start_but_is_not_believed(
    tmp_path: Path,
) -> None:
    config = replace(LOOPBACK, data_folder=tmp_path)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with AsyncExitStack() as first:
        box = await app.start(first, config, now=lambda: tomorrow)
        await found(box.store)
    async with AsyncExitStack() as second:
        box = await app.start(second, config)
        assert box.clock() >= tomorrow.replace(microsecond=0)
        assert box.clock.doubt and box.clock.doubt.trouble is Trouble.BEHIND


async def test_a_folder_that_can_not_be_used_stops_the_start(
    stack: AsyncExitStack, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    with pytest.raises(listen.CannotStart, match="folder"):
        await app.start(stack, replace(LOOPBACK, data_folder=blocked))


async def test_a_certificate_that_is_none_stops_the_start(
    stack: AsyncExitStack, tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("", "utf-8")
    config = replace(LOOPBACK, data_folder=tmp_path, certificate=nothing, key=nothing)
    with pytest.raises(listen.CannotStart, match=r"tls\.certificate"):
        await app.start(stack, config)


@pytest.mark.slow
async def test_sigterm_ends_the_process_in_time_with_open_sockets(tmp_path: Path) -> None:
    ports = list(map(str, free_ports(3)))
    names = ("STAFF_PORT", "PATIENTS_PORT", "STUN_PORT")
    settings = {f"PRACTICEBOX_{n}": p for n, p in zip(names, ports, strict=True)}
    hosts = {"PRACTICEBOX_STAFF_HOST": "127.0.0.1", "PRACTICEBOX_PATIENTS_HOST": "127.0.0.1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "practicebox", "serve"),
        env={**os.environ, **settings, **hosts, "PRACTICEBOX_DATA_FOLDER": str(tmp_path)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    reader = None
    async with asyncio.timeout(20):
        while reader is None:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", int(ports[1]))
            except ConnectionError:
                await asyncio.sleep(0.05)
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 5) == 0
    writer.close()


def test_a_box_that_was_renamed_answers_to_its_new_name() -> None:
    names = Names(LOOPBACK, "praxis")
    assert names.are_ours("praxis.local") and not names.are_ours("praxis-2.local")
    names.announced_as(None)
    names.announced_as("praxis-2.local")
    assert names.are_ours("praxis-2.local")
