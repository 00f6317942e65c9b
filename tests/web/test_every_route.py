"""Promises that hold for every route of every door, whoever adds it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from practicebox.appliance.trust_anchor import TrustAnchor
from practicebox.web import trust
from practicebox.web.headers import ALWAYS
from practicebox.web.keys import DOOR
from tests.web.both_doors import Doors, both_doors
from tests.web.staff_box import MONDAY

Client = TestClient[web.Request, web.Application]

pytestmark = pytest.mark.slow

UNSAFE = ("POST", "PUT", "PATCH", "DELETE", "LINK")
FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
    {"Origin": "{own}", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "{own}", "Sec-Fetch-Site": "same-site"},
    {"Origin": "{own}.evil.example"},
    {"Origin": "{own}1"},
    {"Origin": "{other scheme}"},
)
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


@pytest.fixture
async def all_doors(doors: Doors) -> AsyncIterator[list[Client]]:
    """Staff (signed in), patients, and the help page."""
    anchor = TrustAnchor("Test", b"DER", MONDAY)
    door = trust.make_door(doors.box.services, lambda host: host == "box.local", lambda: anchor)
    async with TestClient(TestServer(door)) as help_page:
        yield [doors.staff.client, doors.patient.client, help_page]


def paths(client: Client) -> Iterator[str]:
    """An address for every route, and one that no route has."""
    assert client.app is not None
    found = {resource.canonical for resource in client.app.router.resources()}
    assert len(found) > 3
    for path in sorted(found):
        yield re.sub(r"\{.*?\}", "1", path)
    yield "/no/such/page"


def is_api(client: Client, path: str) -> bool:
    """Whether it is an address for programs; the patient door has none."""
    assert client.app is not None
    return path.startswith("/api/") and client.app[DOOR].name == "staff"


def filled(headers: dict[str, str], client: Client) -> dict[str, str]:
    own = f"http://{client.host}:{client.port}"
    other = own.replace("http", "https")
    return {k: v.replace("{own}", own).replace("{other scheme}", other) for k, v in headers.items()}


async def test_nothing_is_changed_for_another_page(all_doors: list[Client]) -> None:
    for client in all_doors:
        for path in paths(client):
            for method in UNSAFE:
                for headers in FOREIGN:
                    # Programs send no Origin; they have a token, or find nothing.
                    allowed = (401, 404, 405) if is_api(client, path) and not headers else (403,)
                    async with client.request(
                        method, path, headers=filled(headers, client), allow_redirects=False
                    ) as answer:
                        assert answer.status in allowed, (method, path, headers)


async def test_no_websocket_opens_for_another_page(all_doors: list[Client]) -> None:
    for client in all_doors:
        for path in paths(client):
            for headers in FOREIGN:
                allowed = (401, 404, 405) if is_api(client, path) and not headers else (403,)
                async with client.get(
                    path, headers={**UPGRADE, **filled(headers, client)}, allow_redirects=False
                ) as answer:
                    assert answer.status in allowed, (path, headers)


async def test_no_other_page_gets_a_piece_of_ours(all_doors: list[Client]) -> None:
    for client in all_doors:
        for path in paths(client):
            for site in ("cross-site", "same-site"):
                headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
                async with client.get(path, headers=headers, allow_redirects=False) as answer:
                    assert answer.status == 403, (path, site)


async def test_a_link_elsewhere_leads_to_us(doors: Doors) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with doors.patient.client.get("/v", headers=headers) as answer:
        assert answer.status == 200


async def test_a_foreign_host_finds_nothing(all_doors: list[Client]) -> None:
    for client in all_doors:
        for path in paths(client):
            for method in ("GET", "POST"):
                async with client.request(
                    method, path, headers={"Host": "evil.example"}, allow_redirects=False
                ) as answer:
                    assert answer.status == 421, (method, path)


async def test_whatever_comes_back_has_the_strict_headers(all_doors: list[Client]) -> None:
    for client in all_doors:
        own = f"http://{client.host}:{client.port}"
        for path in paths(client):
            for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE"):
                async with client.request(
                    method, path, headers={"Origin": own}, data=b"{", allow_redirects=False
                ) as answer:
                    for name, value in ALWAYS.items():
                        assert answer.headers.get(name) == value, (method, path, name)
                    assert "Server" not in answer.headers


async def test_a_websocket_opens_with_the_strict_headers(doors: Doors) -> None:
    client = doors.staff.client
    socket = await client.ws_connect("/presence", origin=f"http://{client.host}:{client.port}")
    response = socket._response
    for name, value in ALWAYS.items():
        assert response.headers[name] == value
    await socket.close()
