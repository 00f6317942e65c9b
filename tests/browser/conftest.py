"""Real browsers for the tests below: Debian's Chromium and Firefox ESR, both by Playwright.

A browser lives as long as the test session, so a test that uses one runs in the session's event
loop: `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    async_playwright,
    expect,
)

from practicebox.rtc.messages import Role
from tests.browser.lab.driver import Call, Side
from tests.browser.lab.server import Lab

if TYPE_CHECKING:
    from tests.browser.founded import FoundedPractice

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAKE_DEVICES = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-provider.enabled": False,
    "app.update.auto": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "media.volume_scale": "0.0",
    "intl.accept_languages": "de-DE,de",
}
# Over WebDriver BiDi Firefox can't emulate these, and Playwright would ask it to.
FIREFOX_CONTEXT: dict[str, Any] = {
    "color_scheme": "null",
    "reduced_motion": "null",
    "forced_colors": "null",
    "contrast": "null",
}

# What pages complain of while a box is away: nobody answers, or an answer broke off.
BOX_AWAY = "WebSocket|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE"

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong

MakeSide = Callable[..., Awaitable[Side]]
MakeCall = Callable[..., Awaitable[Call]]


class Browsers:
    """Every browser that a test asked for, started once."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: dict[tuple[str, ...], Browser] = {}

    async def chromium(self, *devices: str) -> Browser:
        """Chromium with fake devices, or with other switches for them.

        Without its windows, where the distribution has it so: the same engine, a fifth of the work
        for each page. The journey has all of it.
        """
        lean = shutil.which("chromium-headless-shell")
        return await self._launch(lean or _program("chromium"), devices)

    async def whole_chromium(self, *devices: str) -> Browser:
        """Chromium as people have it: it asks for permissions, and keeps the screen on."""
        return await self._launch(_program("chromium"), devices)

    async def _launch(self, program: str, devices: Sequence[str] = ()) -> Browser:
        flags = (*CHROMIUM_FLAGS, *(devices or FAKE_DEVICES))
        key = (program, *flags)
        if key not in self._running:
            self._running[key] = await self._playwright.chromium.launch(
                executable_path=program, headless=True, args=list(flags)
            )
        return self._running[key]

    async def firefox(self) -> Browser:
        program = _program("firefox-esr")
        key = ("firefox",)
        if key not in self._running:
            self._running[key] = await self._playwright.firefox.launch(
                channel="moz-firefox",
                executable_path=program,
                headless=True,
                firefox_user_prefs=FIREFOX_PREFERENCES,
            )
        return self._running[key]

    async def close(self) -> None:
        for browser in self._running.values():
            await browser.close()


class Pages:
    """Pages of one test, each with storage of its own; what they complain about fails the test."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []
        self._expected: list[re.Pattern[str]] = []

    async def open(self, browser: Browser, url: str, **options: Any) -> Page:
        """A new page in a context of its own; `options` are Playwright's for a context."""
        is_firefox = browser.browser_type.name == "firefox"
        context = await browser.new_context(**((FIREFOX_CONTEXT if is_firefox else {}) | options))
        self._contexts.append(context)
        page = await context.new_page()
        self.watch(page)
        await page.goto(url)
        return page

    def watch(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)

    def expect(self, pattern: str) -> None:
        """Allow complaints like this in this test."""
        self._expected.append(re.compile(pattern))

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()

    def unexpected(self) -> list[str]:
        return [
            text
            for text in self.complaints
            if not any(pattern.search(text) for pattern in self._expected)
        ]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _is_question(message):
            self.complaints.append(message.text)

    def _on_error(self, error: Error) -> None:
        self.complaints.append(str(error))


def _is_question(message: ConsoleMessage) -> bool:
    """Whether the form of an appointment asks back, as it does when two are at one time."""
    return "422" in message.text and message.location["url"].endswith("/appointments/new")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    async with async_playwright() as playwright:
        running = Browsers(playwright)
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(browsers: Browsers) -> Browser:
    return await browsers.chromium()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firefox(browsers: Browsers) -> Browser:
    return await browsers.firefox()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def founded(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> FoundedPractice:
    from tests.browser.founded import found_practice  # which needs the classes above

    return await found_practice(tmp_path_factory.mktemp("founded") / "box", browsers)


@pytest_asyncio.fixture(loop_scope="session")
async def pages() -> AsyncIterator[Pages]:
    opened = Pages()
    yield opened
    await opened.close()
    assert opened.unexpected() == []


@pytest_asyncio.fixture(loop_scope="session")
async def lab() -> AsyncIterator[Lab]:
    box = Lab()
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
def make_side(lab: Lab, pages: Pages) -> MakeSide:
    """Opens a page of the lab; a role has one device unless another is named."""

    async def make(
        browser: Browser,
        role: Role,
        device: str = "",
        permissions: list[str] | None = None,
        **query: str,
    ) -> Side:
        url = lab.url(role, device or role.value, **query)
        return Side(await pages.open(browser, url, permissions=permissions))

    return make


@pytest.fixture
def make_call(browsers: Browsers, make_side: MakeSide) -> MakeCall:
    """Opens both pages, the clinician's in the first browser of the pair; nobody has entered."""

    async def make(pair: str = "chromium-chromium") -> Call:
        first, second = [await getattr(browsers, name)() for name in pair.split("-")]
        return Call(
            await make_side(first, Role.CLINICIAN, name="Dr. Ana Čapek"),
            await make_side(second, Role.PATIENT, name="Ole Müßig"),
        )

    return make


@asynccontextmanager
async def lasting_side(browser: Browser) -> AsyncIterator[Side]:
    """A page of the lab for all tests of a file that ask only for functions without effects."""
    box, opened = Lab(), Pages()
    await box.start()
    try:
        side = Side(await opened.open(browser, box.url(Role.CLINICIAN, Role.CLINICIAN.value)))
        await side.until("() => document.documentElement.dataset.ready === 'yes'")
        yield side
    finally:
        await opened.close()
        await box.stop()
    assert opened.unexpected() == []


def _program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed; tests/install_browsers.sh installs it")
    return program
