"""The technical check from real networks (issue 3, "Done when" 4): verdict, remedy, light."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.browser.check_world import remedies, run_check, steps
from tests.netlab import layout
from tests.netlab.box import PUBLIC, STAFF
from tests.netlab.browsers import window
from tests.netlab.matrix import Row
from tests.netlab.world import World

pytestmark = [pytest.mark.netlab, pytest.mark.asyncio(loop_scope="session")]

SLOW = pytest.mark.slow  # left out of the short form of `make netlab`
LONGEST = 60_000  # milliseconds for the whole check
NOW = "performance.timeOrigin + performance.now()"


@pytest.mark.parametrize(
    ("patient", "kilobits", "verdict", "light", "ways", "said"),
    [
        pytest.param("ordinary", None, "good", "green", "udp tcp tls", "Everything", id="good"),
        pytest.param(
            *("noudp", None, "no-udp", "yellow", "tcp tls", "detour"), id="no udp", marks=SLOW
        ),
        pytest.param("only443", None, "no-udp", "yellow", "tls", "detour", id="only 443"),
        pytest.param(
            *("random", 500, "sound-only", "yellow", "udp tcp tls", "too slow"),
            id="500 kbit/s",
            marks=SLOW,
        ),
    ],
)
async def test_the_verdict_fits_the_network_and_the_reception_sees_it(
    world: World,
    patient: str,
    kilobits: int | None,
    verdict: str,
    light: str,
    ways: str,
    said: str,
) -> None:
    row = Row(patient)
    await world.prepare(row)
    async with _check(world, row, kilobits) as (page, appointment):
        began = await page.evaluate(NOW)
        assert await run_check(page) == verdict, await steps(page)
        assert await page.evaluate(NOW) - began < LONGEST
        found = await steps(page)
        assert [way for way in ("udp", "tcp", "tls") if found[way] == "good"] == ways.split()
        assert said in await remedies(page)
        await expect(page.locator("#kept")).to_be_visible()
        staff = await (await world.doctor()).new_page()
        try:
            await staff.goto(f"{STAFF}/appointments/{appointment}")
            shown = staff.locator("#details .check-light")
            await expect(shown).to_have_class(f"check-light check-{light}")
        finally:
            await staff.close()


@asynccontextmanager
async def _check(world: World, row: Row, kilobits: int | None) -> AsyncIterator[tuple[Page, str]]:
    """The page of the check, opened by the letter of an appointment, and that appointment."""
    home = next(each for each in layout.HOMES if each.key == row.patient)
    browser = await world.browsers.chromium(world.lab[row.patient])
    phone = await window(browser)
    number = world.box.next_appointment()
    try:
        page = await phone.new_page()
        await page.goto(f"{PUBLIC}{world.box.fragments[number]}")
        await page.fill("#name", "Alice")
        await page.click("#entrance button[type=submit]")
        await page.wait_for_url("**/visit")
        await page.goto(f"{PUBLIC}/check")
        if kilobits:
            layout.set_speed(world.lab, home, kilobits)
        yield page, world.box.appointments[number]
    finally:
        if kilobits:
            layout.set_speed(world.lab, home, None)
        await phone.close()
