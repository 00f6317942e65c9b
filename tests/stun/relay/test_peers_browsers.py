"""Chromium and Firefox that may talk through our relay only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import BrowserContext, Playwright, async_playwright

from tests.browser.conftest import (
    CHROMIUM_FLAGS,
    FAKE_DEVICES,
    FIREFOX_CONTEXT,
    FIREFOX_PREFERENCES,
)
from tests.stun.relay.peers import PASSWORD, USER, Certificate, RunningRelay, running

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CALL = Path(__file__).with_name("relayed_call.js")
PATIENCE = 20_000  # milliseconds
TRANSPORTS = ["udp", "tcp", "tls"]
SEEN_FROM_AFAR = {"relay", "prflx"}  # the latter where a check was faster than the candidate


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRelay]:
    with running("practicebox", tmp_path_factory.mktemp("relay")) as relay:
        yield relay


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_call_goes_through_the_relay(
    relay: RunningRelay, browser: str, transport: str, tmp_path: Path
) -> None:
    async with _browser(browser, relay.certificate, tmp_path) as context:
        seen = await _call(context, relay, transport, PASSWORD)
    for side in (seen["caller"], seen["callee"]):
        assert (side["local"], side["by"]) == ("relay", transport), seen
        assert side["remote"] in SEEN_FROM_AFAR, seen
    assert seen["message"] == "over the relay", seen
    assert seen["frames"] > 0
    assert all(" typ relay " in candidate for candidate in seen["candidates"])


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_wrong_password_gets_no_candidate(
    relay: RunningRelay, browser: str, tmp_path: Path
) -> None:
    async with _browser(browser, relay.certificate, tmp_path) as context:
        seen = await _call(context, relay, "udp", "wrong", patience=3_000)
    assert seen["candidates"] == []
    assert seen["message"] is None


async def _call(
    context: BrowserContext,
    relay: RunningRelay,
    transport: str,
    password: str,
    patience: int = PATIENCE,
) -> dict[str, Any]:
    """Two peers in one page; what `relayed_call.js` returns."""
    server = {"urls": relay.url(transport), "username": USER, "credential": password}
    async with _empty_page() as url:
        page = await context.new_page()
        await page.goto(url)
        seen: dict[str, Any] = await page.evaluate(
            CALL.read_text(), {"server": server, "patience": patience}
        )
    return seen


@asynccontextmanager
async def _empty_page() -> AsyncIterator[str]:
    """A page of the loopback, which browsers give a camera to."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Relay</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/"))


@asynccontextmanager
async def _browser(name: str, trusted: Certificate, folder: Path) -> AsyncIterator[BrowserContext]:
    """A browser with a fake camera that trusts the certificate's authority."""
    async with async_playwright() as playwright:
        launch = _chromium if name == "chromium" else _firefox
        context = await launch(playwright, trusted, folder)
        try:
            yield context
        finally:
            await context.close()


async def _chromium(playwright: Playwright, trusted: Certificate, folder: Path) -> BrowserContext:
    """Chromium trusts the database in its user's home, which here is a folder of the test."""
    _trust(trusted, folder / ".pki" / "nssdb")
    return await playwright.chromium.launch_persistent_context(
        folder / "profile",
        executable_path=_program("chromium"),
        headless=True,
        env={**os.environ, "HOME": str(folder)},
        args=[*CHROMIUM_FLAGS, *FAKE_DEVICES],
    )


async def _firefox(playwright: Playwright, trusted: Certificate, folder: Path) -> BrowserContext:
    """Firefox trusts the database of its profile, and needs leave to use the loopback."""
    _trust(trusted, folder / "profile")
    return await playwright.firefox.launch_persistent_context(
        folder / "profile",
        channel="moz-firefox",
        executable_path=_program("firefox-esr"),
        headless=True,
        firefox_user_prefs=FIREFOX_PREFERENCES | {"media.peerconnection.ice.loopback": True},
        **FIREFOX_CONTEXT,
    )


def _trust(certificate: Certificate, database: Path) -> None:
    """A new NSS database with this authority in it."""
    database.mkdir(parents=True)
    certutil = [_program("certutil"), "-d", f"sql:{database}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    authority = ["-A", "-t", "C,,", "-n", "relay", "-i", str(certificate.authority)]
    subprocess.run([*certutil, *authority], check=True)


def _program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed; tests/install_browsers.sh installs it")
    return program
