"""The modules of the check that need no page: which browser this is, and what findings mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.conftest import lasting_side

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE}"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE}"
AGENTS: dict[str, list[str | None]] = {
    f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1": ["safari", "ios", None],
    f"{IPHONE} CriOS/131.0 Mobile/15E148 Safari/604.1": ["chrome", "ios", None],
    f"{IPHONE} FxiOS/132.0 Mobile/15E148 Safari/605.1.15": ["firefox", "ios", None],
    f"{IPHONE} EdgiOS/130.0 Version/18.0 Mobile/15E148 Safari/604.1": ["edge", "ios", None],
    f"{IPHONE} GSA/340.3 Mobile/15E148 Safari/604.1": ["other", "ios", "Google"],
    f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]": ["other", "ios", "Facebook"],
    f"{IPHONE} Mobile/15E148 Instagram 350.0": ["other", "ios", "Instagram"],
    f"{IPHONE} Mobile/15E148": ["other", "ios", ""],
    f"{ANDROID}) {BLINK} Chrome/131.0 Mobile Safari/537.36": ["chrome", "android", None],
    f"{ANDROID}) {BLINK} SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36": [
        "samsung",
        "android",
        None,
    ],
    f"{ANDROID}; wv) {BLINK} Version/4.0 Chrome/131.0 Mobile Safari/537.36": [
        "chrome",
        "android",
        "",
    ],
    f"{ANDROID}; wv) {BLINK} Version/4.0 Chrome/131.0 Mobile Safari/537.36 [FB_IAB/FB4A]": [
        "chrome",
        "android",
        "Facebook",
    ],
    f"{ANDROID}) {BLINK} Chrome/131.0 Mobile Safari/537.36 WhatsApp/2.24": [
        "chrome",
        "android",
        "WhatsApp",
    ],
    "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0": [
        "firefox",
        "android",
        None,
    ],
    f"{WINDOWS}) {BLINK} Chrome/131.0 Safari/537.36": ["chrome", "windows", None],
    f"{WINDOWS}) {BLINK} Chrome/131.0 Safari/537.36 Edg/131.0": ["edge", "windows", None],
    f"{WINDOWS}; rv:132.0) Gecko/20100101 Firefox/132.0": ["firefox", "windows", None],
    f"{MAC} Version/18.1 Safari/605.1.15": ["safari", "macos", None],
    f"{MAC} Chrome/131.0 Safari/537.36": ["chrome", "macos", None],
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": [
        "firefox",
        "linux",
        None,
    ],
    "": ["other", "other", None],
}
OK = {"stun": "ok", "udp": "ok", "tcp": "ok", "tls": "ok"}
FINE: dict[str, Any] = {
    "capable": True,
    "camera": "on",
    "microphone": "on",
    "speech": True,
    "sound": True,
    "paths": OK,
    "down": 9000,
    "up": 2000,
    "echo": "shown",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    async with lasting_side(chromium) as side:
        yield side.page


async def test_browsers_are_known_by_their_user_agents(page: Page) -> None:
    found = await page.evaluate(
        """async (agents) => {
          const { identify } = await import("/static/js/check/browser.js");
          return agents.map((agent) => Object.values(identify(agent)));
        }""",
        list(AGENTS),
    )
    assert dict(zip(AGENTS, found, strict=True)) == AGENTS


async def test_an_ipad_that_calls_itself_a_mac_is_known(page: Page) -> None:
    system = await page.evaluate(
        """async (agent) =>
          (await import("/static/js/check/browser.js")).identify(agent, 5).system""",
        f"{MAC} Version/18.1 Safari/605.1.15",
    )
    assert system == "ios"


@pytest.mark.parametrize(
    ("changes", "verdicts"),
    [
        ({}, ["good"]),
        ({"down": None, "up": None, "sound": None, "speech": None}, ["good"]),
        ({"capable": False}, ["unsuitable"]),
        ({"camera": "insecure", "microphone": "insecure"}, ["unsuitable"]),
        ({"camera": "missing"}, ["no-camera"]),
        ({"camera": "failed"}, ["no-camera"]),
        ({"microphone": "missing"}, ["no-microphone"]),
        ({"camera": "missing", "microphone": "missing"}, ["no-microphone", "no-camera"]),
        ({"camera": "denied"}, ["refused"]),
        ({"microphone": "busy"}, ["busy"]),
        ({"up": 1999}, ["slow"]),
        ({"down": 500}, ["sound-only"]),
        ({"speech": False, "sound": False}, ["silent", "no-sound"]),
        ({"paths": {**OK, "stun": "failed"}}, ["good"]),
        ({"paths": {**OK, "stun": "failed", "udp": "failed"}}, ["no-udp"]),
        ({"paths": dict.fromkeys(OK, "failed")}, ["no-path"]),
        ({"paths": {**dict.fromkeys(OK, "none"), "stun": "failed"}}, ["no-path"]),
        ({"paths": {**dict.fromkeys(OK, "none"), "stun": "ok"}}, ["good"]),
        (
            {
                "sound": False,
                "down": 100,
                "camera": "missing",
                "paths": dict.fromkeys(OK, "failed"),
            },
            ["no-path", "no-camera", "sound-only", "no-sound"],
        ),
    ],
)
async def test_findings_become_verdicts_the_worst_first(
    page: Page, changes: dict[str, Any], verdicts: list[str]
) -> None:
    found = await page.evaluate(
        "async (found) => (await import('/static/js/check/verdict.js')).judge(found)",
        {**FINE, **changes},
    )
    assert found == verdicts


async def test_every_path_is_tried_by_itself(page: Page) -> None:
    servers = [
        {"urls": "stun:box:3478"},
        {
            "urls": ["turn:box:3478", "turn:box:3478?transport=tcp", "turns:box:443?transport=tcp"],
            "username": "u",
            "credential": "c",
        },
    ]
    found = await page.evaluate(
        """async (servers) =>
          [...(await import("/static/js/check/paths.js")).split(servers)]""",
        servers,
    )
    assert [(path, server["urls"]) for path, server in found] == [
        ("stun", "stun:box:3478"),
        ("udp", "turn:box:3478"),
        ("tcp", "turn:box:3478?transport=tcp"),
        ("tls", "turns:box:443?transport=tcp"),
    ]
    assert all(server["credential"] == "c" for _, server in found[1:])
