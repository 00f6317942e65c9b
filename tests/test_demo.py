"""`practicebox demo` as somebody starts it who has just cloned the project."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest

from practicebox.demo import PASSWORD, SHORT_NAME, USER
from practicebox.practice import link
from tests.ports import free_port


@pytest.fixture
async def demo() -> AsyncIterator[str]:
    """The running demonstration; what it has printed."""
    ports = {}
    for name in ("STAFF", "PATIENTS", "STUN"):
        ports[f"PRACTICEBOX_{name}_PORT"] = str(free_port())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "practicebox", "demo"),
        env={**os.environ, **ports},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    printed = ""
    async with asyncio.timeout(30):
        while "Ctrl-C" not in printed:
            printed += (await process.stdout.readline()).decode()
    yield printed
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 5) == 0


@pytest.mark.slow
async def test_the_demonstration_can_be_logged_into_and_joined(demo: str) -> None:
    staff, patients = re.findall(r"(?:Practice|Patient) +(http://\S+)", demo)
    [address] = re.findall(r"http://\S+/v#\S+", demo)
    assert all(word in demo for word in (SHORT_NAME, USER, PASSWORD))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        fields = {"organisation": SHORT_NAME, "user": USER, "password": PASSWORD}
        async with session.post(
            f"{staff}/login", data=fields, headers={"Origin": staff, "Accept-Language": "de"}
        ) as start:
            page = await start.text()
        assert "Erika Mustermann" in page and "Vorführung" in page
        way = link.read(address)
        question = {"rid": link.encode(way.rid), "token": link.encode(link.join_token(way))}
        async with session.post(
            f"{patients}/visit", json=question, headers={"Origin": patients}
        ) as answer:
            assert (await answer.json())["phase"] == "open"
