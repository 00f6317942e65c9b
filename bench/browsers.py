"""Debian's Chromium with fake devices, for the benchmarks that need pages."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--ignore-certificate-errors",  # of a certificate made for this run
]
PATIENCE = 30_000.0  # milliseconds


@asynccontextmanager
async def chromium(
    folder: Path, name: str = "chromium", prefix: Sequence[str] = ()
) -> AsyncIterator[Browser]:
    """A browser until the end of the block; `prefix` before its command runs it elsewhere."""
    program = folder / name
    command = shlex.join([*prefix, shutil.which("chromium") or "chromium"])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o700)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, headless=True, args=FLAGS
        )
        try:
            yield browser
        finally:
            await browser.close()


async def context(browser: Browser) -> BrowserContext:
    """A new window with storage of its own."""
    opened = await browser.new_context()
    opened.set_default_timeout(PATIENCE)
    return opened
