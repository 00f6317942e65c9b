"""Browsers at other addresses of the loopback, each really connected from there."""

from __future__ import annotations

from aiohttp import TCPConnector, web
from aiohttp.test_utils import TestClient

from tests.web.staff_box import Browser, StaffBox


async def browser_at(box: StaffBox, address: str) -> Browser:
    """A browser without any cookie of ours, at `address` ("127.0.0.66")."""
    connector = TCPConnector(local_addr=(address, 0))
    client: TestClient[web.Request, web.Application] = TestClient(box.server, connector=connector)
    return Browser(await box.stack.enter_async_context(client))
