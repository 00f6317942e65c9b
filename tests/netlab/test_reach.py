"""The outside-in test from a phone on mobile data (issue 3, "Done when" 5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.reach_world import entries, lights
from tests.netlab import layout, routers
from tests.netlab.box import STAFF
from tests.netlab.browsers import window
from tests.netlab.matrix import Row
from tests.netlab.names import Names
from tests.netlab.resume import at_rest
from tests.netlab.world import World

pytestmark = [pytest.mark.netlab, pytest.mark.asyncio(loop_scope="session")]

PATIENCE = 60_000  # milliseconds; each hop may take 10 s to fail
HOPS = ("name", "tcp", "certificate", "socket", "stun", "relay-udp", "relay-tcp", "relay-tls")
GREEN = dict.fromkeys(HOPS, "green")
UDP = f"Protocol UDP, port outside 3478 → {layout.BOX} port 3478"
TCP = f"Protocol TCP, port outside 3478 → {layout.BOX} port 3478"
DOOR = f"Protocol TCP, port outside 443 → {layout.BOX} port 8444"

_CLOSED = """
table inet closed {{
  chain arriving {{
    type filter hook prerouting priority -150;
    ip daddr {wan} {closed} drop
  }}
}}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mobile(world: World) -> AsyncIterator[World]:
    """The phone on mobile data; the box knows a name server, as at a real practice."""
    await world.prepare(Row("telephone"))
    await at_rest(world.lab, "mobile")
    names = Names(layout.HOST, (layout.WAN,))
    names.open(world.lab["box"])
    try:
        yield world
    finally:
        names.close()
        _close(world, "")
        layout.change_network(world.lab, "wifi")


@pytest.mark.parametrize(
    ("closed", "red"),
    [
        ("", {}),
        ("udp dport 3478", {"stun": UDP, "relay-udp": UDP}),
        ("tcp dport 3478", {"relay-tcp": TCP}),
    ],
    ids=["open", "udp", "tcp"],
)
async def test_exactly_the_missing_forward_is_red(
    mobile: World, closed: str, red: dict[str, str]
) -> None:
    _close(mobile, closed)
    async with _pages(mobile) as (staff, phone):
        address = await staff.locator("#address").text_content() or ""
        await phone.goto(address)
        await expect(phone.locator("#again")).to_be_visible(timeout=PATIENCE)
        assert await lights(phone) == GREEN | dict.fromkeys(red, "red")
        assert await entries(phone) == red
        await expect(staff.locator("#summary")).to_have_attribute(
            "data-summary", "bad" if red else "good"
        )
        assert await lights(staff) == await lights(phone)
        assert await entries(staff) == red


@pytest.mark.slow  # a minute: how long the page waits for the phone
async def test_without_the_forward_of_the_door_the_staff_page_says_so(mobile: World) -> None:
    _close(mobile, "tcp dport 443")
    async with _pages(mobile) as (staff, _):
        await expect(staff.locator("#summary")).to_have_attribute(
            "data-summary", "late", timeout=PATIENCE + 10_000
        )
        found = await lights(staff)
        assert (found["name"], found["tcp"]) == ("green", "red")
        assert await entries(staff) == {"tcp": DOOR}


async def test_a_phone_on_the_wi_fi_of_the_practice_is_told_so(mobile: World) -> None:
    _close(mobile, "")
    async with _pages(mobile, "visitor") as (staff, phone):
        await phone.goto(await staff.locator("#address").text_content() or "")
        await expect(phone.locator("#summary")).to_have_attribute("data-summary", "home")
        await expect(staff.locator("#summary")).to_have_attribute("data-summary", "home")


def _close(world: World, closed: str) -> None:
    """Take one forward away from the practice's router."""
    rules = routers.practice(routers.KEEPS_PORTS, layout.WAN, layout.BOX, layout.BOX6)
    world.lab["gate"].rules(rules + _CLOSED.format(wan=layout.WAN, closed=closed) * bool(closed))


@asynccontextmanager
async def _pages(world: World, machine: str = "telephone") -> AsyncIterator[tuple[Page, Page]]:
    """The staff's page with a new test, and an empty page of the phone."""
    staff = await (await world.doctor()).new_page()
    phone = await window(await world.browsers.chromium(world.lab[machine]))
    try:
        await staff.goto(f"{STAFF}/status/reach")
        await staff.click("main button.primary")
        await staff.wait_for_selector("#hops")
        page = await phone.new_page()
        yield staff, page
    finally:
        await phone.close()
        await staff.close()
