"""The technical check in real Chromium with fake devices: verdicts, remedies, mishaps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from practicebox.store.appointments.checks import Verdict
from tests.browser.check_world import (
    PATIENCE,
    CheckWorld,
    check_world,
    remedies,
    run_check,
    slow_line,
    steps,
    until_done,
    without_udp,
)
from tests.browser.conftest import FAKE_DEVICES, Browsers, Pages

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ALL_GOOD = dict.fromkeys(
    ["camera", "microphone", "sound", "stun", "udp", "tcp", "down", "up", "echo"], "good"
)
NOW = "performance.timeOrigin + performance.now()"


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[CheckWorld]:
    async with check_world(tmp_path) as opened:
        yield opened


async def test_all_good_within_a_minute_and_the_reception_knows(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    appointment = await world.visit(page)
    began = await page.evaluate(NOW)
    assert await run_check(page) == "good"
    assert await page.evaluate(NOW) - began < 60_000
    assert await steps(page) == ALL_GOOD
    shown = await remedies(page)
    assert "Alles in Ordnung" in shown
    assert "Die Praxis sieht dieses Ergebnis" in shown
    kept = await world.doors.box.store.checks.of([appointment.id])
    assert kept[appointment.id].verdict is Verdict.GOOD


async def test_without_an_appointment_nothing_is_kept(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    assert await run_check(page, hears=False) == "no-sound"
    shown = await remedies(page)
    assert "Sie haben den Ton nicht gehört" in shown and "Stellen Sie lauter" in shown
    assert "Die Praxis sieht" not in shown
    rooms = {room for room, _ in world.asked}
    assert len(rooms) == 2 and all(room.startswith("check-") for room in rooms)
    assert [who for _, who in world.asked] == ["near", "far", "page", "echo"]


async def test_no_camera(world: CheckWorld, browsers: Browsers, pages: Pages) -> None:
    blind = await browsers.chromium(FAKE_DEVICES[0], f"{FAKE_DEVICES[1]}=device-count=0")
    page = await pages.open(blind, world.url, locale="de-DE")
    assert await run_check(page) == "no-camera"
    shown = await remedies(page)
    assert "So geht es noch nicht" in shown
    assert "Keine Kamera gefunden" in shown and "Stecken Sie die Kamera an" in shown
    found = await steps(page)
    assert (found["camera"], found["microphone"], found["echo"]) == ("bad", "good", "good")


async def test_permission_refused(world: CheckWorld, browsers: Browsers, pages: Pages) -> None:
    refusing = await browsers.chromium(f"{FAKE_DEVICES[0]}=deny", FAKE_DEVICES[1])
    page = await pages.open(refusing, world.url, locale="de-DE")
    assert await run_check(page) == "refused"
    shown = await remedies(page)
    assert "Der Browser darf Kamera oder Mikrofon nicht benutzen" in shown
    assert "Klicken Sie oben auf das Symbol links neben der Adresse" in shown  # Chrome on Linux
    assert "Systemeinstellungen" not in shown and "Tippen Sie auf das Schloss" not in shown
    assert (await steps(page))["down"] == "good"


async def test_no_udp(world: CheckWorld, chromium: Browser, pages: Pages) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    with without_udp(world):
        assert await run_check(page) == "no-udp"
    found = await steps(page)
    assert (found["stun"], found["udp"], found["tcp"]) == ("bad", "bad", "good")
    shown = await remedies(page)
    assert "Es geht, aber nicht so gut wie möglich" in shown
    assert "nur auf einem Umweg" in shown and "In einem anderen Netz geht es besser" in shown


async def test_no_path_at_all(world: CheckWorld, chromium: Browser, pages: Pages) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    with without_udp(world):
        relay = world.ice[1]["urls"]
        assert isinstance(relay, list)
        relay.pop()
        assert await run_check(page) == "no-path"
    assert "rufen Sie die Praxis an" in await remedies(page)


@pytest.mark.parametrize(
    ("speed", "verdict", "advice"),
    [(500, "sound-only", "die Kamera auszuschalten"), (1300, "slow", "das Bild kann klein sein")],
)
async def test_a_slow_line(
    world: CheckWorld, chromium: Browser, pages: Pages, speed: int, verdict: str, advice: str
) -> None:
    async with slow_line(world.server.port or 0, speed) as url:
        page = await pages.open(chromium, url, locale="de-DE")
        assert await run_check(page) == verdict
        found = await steps(page)
        measured = await page.evaluate(
            """() => ["down", "up"].map((step) =>
              document.querySelector(`[data-step="${step}"] [data-result]`).textContent)"""
        )
        for text in measured:
            figure = float(text.partition("(")[2].split()[0].replace(",", "."))
            assert speed * 0.75 <= figure * 1000 <= speed * 1.25, measured
        shown = await remedies(page)
        await page.goto("about:blank")
    assert (found["down"], found["up"]) == ("warn", "warn")
    assert advice in shown and "in die Nähe des Routers" in shown


async def test_an_echo_that_is_killed_costs_nothing_but_its_picture(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    (await starting_echo(page, world)).kill()
    assert await until_done(page) == "good"
    assert "konnte gerade nicht von der Praxis zurückgeschickt werden" in await remedies(page)
    assert (await steps(page))["echo"] == "skipped"


async def test_an_echo_that_hangs_is_killed_and_said(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    child = await starting_echo(page, world)
    child.suspend()
    assert await until_done(page) == "good"
    assert "konnte gerade nicht von der Praxis zurückgeschickt werden" in await remedies(page)
    await until_gone(page, child)


async def test_the_echo_ends_when_the_page_leaves(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    page = await pages.open(chromium, world.url, locale="de-DE")
    child = await starting_echo(page, world)
    await page.wait_for_function(
        "() => document.getElementById('back').videoWidth > 0", timeout=PATIENCE, polling=50
    )
    assert child.nice() >= 10
    await page.goto("about:blank")
    await until_gone(page, child)
    async with asyncio.timeout(5):
        while world.limits.echoes.running:  # counted a moment after the process has ended
            await page.wait_for_timeout(20)


async def test_a_third_echo_is_told_that_others_are_first(
    world: CheckWorld, chromium: Browser, pages: Pages
) -> None:
    world.limits.echoes.running = 2
    page = await pages.open(chromium, world.url, locale="de-DE")
    assert await run_check(page) == "good"
    assert "machen andere Patienten diesen Check" in await remedies(page)


async def starting_echo(page: Page, world: CheckWorld) -> psutil.Process:
    """Run the check up to the echo; its process."""
    await page.goto(f"{world.url}/check")
    await page.click("#start")
    await page.click("#sound-yes", timeout=PATIENCE)
    await expect(page.locator("#back")).to_be_visible(timeout=PATIENCE)
    async with asyncio.timeout(10):
        while True:
            for child in psutil.Process().children():
                if any("echo_child" in word for word in child.cmdline()):
                    return child
            await page.wait_for_timeout(10)


async def until_gone(page: Page, child: psutil.Process) -> None:
    async with asyncio.timeout(10):
        while child.is_running():
            await page.wait_for_timeout(20)
