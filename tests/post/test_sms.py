"""SMS against a local gateway that answers well, badly, with garbage or not at all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from practicebox.post import sms
from practicebox.post.mail import InDoubt, NotSent, Trouble
from practicebox.post.sms import Gateway, Interface, Sms

MESSAGE = Sms("+491512345678", "Ihr Termin: Di 19.1., 15:30 Uhr")


@dataclass
class Played:
    """What a gateway was asked, and what it answers."""

    url: str = ""
    status: int = 200
    body: str = '{"success": "100"}'
    asked: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    hangs: bool = False

    def gateway(self, interface: Interface = "seven", **changes: str) -> Gateway:
        fields = {"url": self.url, "user": "token-1", "secret": "geheim", "sender": "", **changes}
        return Gateway(interface, **fields)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((dict(request.headers), await request.json()))
        if self.hangs:
            await asyncio.sleep(5)
        return web.Response(status=self.status, text=self.body)


@asynccontextmanager
async def playing() -> AsyncIterator[Played]:
    played = Played()
    app = web.Application()
    app.router.add_post("/sms", played.answer)
    async with TestServer(app) as server:
        played.url = str(server.make_url("/sms"))
        yield played


async def trouble(gateway: Gateway) -> Trouble:
    with pytest.raises(NotSent) as caught:
        await sms.send(gateway, MESSAGE, patience=1)
    return caught.value.trouble


async def test_each_gateway_is_spoken_to_in_its_own_way() -> None:
    async with playing() as played:
        await sms.send(played.gateway("seven", sender="Praxis"), MESSAGE)
        await sms.send(played.gateway("own"), MESSAGE)
        played.status, played.body = 204, ""
        await sms.send(played.gateway("sipgate", sender="s1"), MESSAGE)
    (seven, in_seven), (own, in_own), (sipgate, in_sipgate) = played.asked
    assert seven["X-Api-Key"] == "geheim"
    assert in_seven == {"to": MESSAGE.to, "text": MESSAGE.text, "from": "Praxis"}
    assert own["Authorization"] == "Bearer geheim"
    assert in_own == {"to": MESSAGE.to, "text": MESSAGE.text}
    assert sipgate["Authorization"] == "Basic dG9rZW4tMTpnZWhlaW0="
    assert in_sipgate == {"smsId": "s1", "recipient": MESSAGE.to, "message": MESSAGE.text}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"success": "900"}', Trouble.LOGIN),
        (200, '{"success": 500}', Trouble.LATER),
        (200, '{"success": "202"}', Trouble.REFUSED),
        (200, "101", Trouble.REFUSED),
        (401, "", Trouble.LOGIN),
        (400, "", Trouble.REFUSED),
        (429, "", Trouble.LATER),
    ],
)
async def test_a_refusal_is_named(status: int, body: str, expected: Trouble) -> None:
    async with playing() as played:
        played.status, played.body = status, body
        assert await trouble(played.gateway()) is expected


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<html>"), (200, "[]"), (200, '{"success": null}'), (500, ""), (302, ""), (200, "")],
)
async def test_garbage_leaves_a_doubt(status: int, body: str) -> None:
    async with playing() as played:
        played.status, played.body = status, body
        with pytest.raises(InDoubt):
            await sms.send(played.gateway(), MESSAGE)


async def test_a_gateway_that_hangs_leaves_a_doubt() -> None:
    async with playing() as played:
        played.hangs = True
        with pytest.raises(InDoubt):
            await sms.send(played.gateway(), MESSAGE, patience=0.3)


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert await trouble(Gateway("own", f"http://127.0.0.1:{port}/")) is Trouble.NO_ANSWER


@pytest.mark.parametrize("url", ["http://gateway.example.org/", "ftp://x", "", "https://", "x"])
async def test_nothing_goes_out_unencrypted(url: str) -> None:
    assert await trouble(Gateway("own", url)) is Trouble.ENCRYPTION


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0151 2345678", "+491512345678"),
        ("+49 (0) 151/234-5678", "+491512345678"),
        ("0049 151 2345678", "+491512345678"),
        ("+43 660 1234567", "+436601234567"),
    ],
)
def test_numbers_become_international(typed: str, expected: str) -> None:
    assert sms.number(typed) == expected


@pytest.mark.parametrize("typed", ["", "keine", "123", "0151 2345678 (Tochter)", "+4" + "9" * 20])
def test_what_is_no_number_is_not_dialled(typed: str) -> None:
    with pytest.raises(NotSent):
        sms.number(typed)
