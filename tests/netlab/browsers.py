"""Real browsers, each in the namespace of the machine it belongs to, kept running between calls."""

from __future__ import annotations

import os
import shlex
import shutil
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Playwright, async_playwright

from tests.browser.conftest import (
    CHROMIUM_FLAGS,
    FAKE_DEVICES,
    FIREFOX_CONTEXT,
    FIREFOX_PREFERENCES,
)
from tests.netlab.namespaces import Namespace
from tests.netlab.trust import trust

PATIENCE = 15_000.0  # milliseconds
NODE = "PLAYWRIGHT_NODEJS_PATH"  # Playwright's own switch for the program that runs its driver


class Browsers:
    """At most one of each kind in a namespace, started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self._playwright: Playwright | None = None
        self._running: dict[tuple[str, str], Browser] = {}

    async def chromium(self, machine: Namespace) -> Browser:
        key = ("chromium", machine.name)
        if key not in self._running:
            self._playwright = self._playwright or await self._driver()
            home = self._folder / machine.name
            trust(self._folder / "ca.pem", home / ".pki" / "nssdb")
            self._running[key] = await self._playwright.chromium.launch(
                executable_path=self._program("chromium", machine),
                headless=True,
                args=[*CHROMIUM_FLAGS, *FAKE_DEVICES, "--mute-audio"],
                env={**os.environ, "HOME": str(home)},
            )
        return self._running[key]

    async def firefox(self, machine: Namespace) -> Browser:
        """Firefox is driven over a socket, so its driver runs in the namespace as well."""
        key = ("firefox", machine.name)
        if key not in self._running:
            driver = await self._driver(machine)
            profile = self._folder / f"{machine.name}-firefox"
            trust(self._folder / "ca.pem", profile)
            first = await driver.firefox.launch_persistent_context(
                profile,
                channel="moz-firefox",
                executable_path=shutil.which("firefox-esr"),
                headless=True,
                firefox_user_prefs=FIREFOX_PREFERENCES,
                **FIREFOX_CONTEXT,
            )
            assert first.browser is not None
            self._running[key] = first.browser
        return self._running[key]

    async def close(self) -> None:
        for browser in self._running.values():
            with suppress(Error):
                await browser.close()
        await self._stack.aclose()

    async def _driver(self, machine: Namespace | None = None) -> Playwright:
        before = dict(os.environ)
        if machine:
            node = os.environ.get(NODE) or str(_driver_folder() / "node")
            os.environ[NODE] = self._program(node, machine)
        try:
            return await self._stack.enter_async_context(async_playwright())
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _program(self, program: str, machine: Namespace) -> str:
        """A script that runs a program in a namespace."""
        script = self._folder / f"{Path(program).name}-{machine.name}"
        command = shlex.join([*machine.prefix, shutil.which(program) or program])
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        script.chmod(0o700)
        return str(script)


async def window(browser: Browser) -> BrowserContext:
    """A new window with storage of its own."""
    is_firefox = browser.browser_type.name == "firefox"
    options: dict[str, Any] = FIREFOX_CONTEXT if is_firefox else {}
    opened = await browser.new_context(**options)
    opened.set_default_timeout(PATIENCE)
    await opened.add_init_script(path=Path(__file__).with_name("watch.js"))
    return opened


def _driver_folder() -> Path:
    import playwright

    return Path(playwright.__file__).parent / "driver"
