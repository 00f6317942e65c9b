"""The outside-in test with two browsers on the loopback: the receptionist's and the phone's."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # comes without types

from tests.browser.axe import overflow, small_targets, violations
from tests.browser.conftest import Browsers, Pages
from tests.browser.looking import keep
from tests.browser.reach_world import DESK, PHONE, World, entries, lights, world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# The phone is inside and comes by plain HTTP: three of the lights can't be better than that.
HOPS_ON_LOOPBACK = {
    "name": "yellow",
    "tcp": "yellow",
    "certificate": "yellow",
    "socket": "green",
    "stun": "green",
    "relay-udp": "green",
    "relay-tcp": "green",
    "relay-tls": "off",
}


async def test_both_screens_show_the_same_lights(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    async with world(tmp_path, browsers, pages) as w:
        address = await w.start()
        assert set((await lights(w.staff)).values()) <= {"waiting", "red"}
        await w.run(address)
        assert await lights(w.phone) == HOPS_ON_LOOPBACK
        await expect(w.staff.locator("[data-hop=relay-tcp]")).to_have_attribute(
            "data-light", "green"
        )
        assert await lights(w.staff) == HOPS_ON_LOOPBACK
        assert await entries(w.staff) == {}
        for page in (w.staff, w.phone):
            await expect(page.locator("#summary")).to_contain_text("noch im WLAN")
        assert await w.box.store.settings.get("reach") is None, "inside proves nothing"


async def test_the_phone_finds_the_page_by_the_code_and_keeps_no_token_in_its_address(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    async with world(tmp_path, browsers, pages) as w:
        address = await w.start()
        picture = Image.open(io.BytesIO(await w.staff.locator(".qr").screenshot()))
        [code] = zxingcpp.read_barcodes(picture)
        assert code.text == address
        requests: list[str] = []
        w.phone.on("request", lambda request: requests.append(request.url))
        await w.phone.goto(address)
        await expect(w.phone.locator("#summary")).to_contain_text("noch im WLAN")
        assert w.phone.url == f"{w.box.public_url}/reach"
        token = address.partition("#")[2]
        assert not [url for url in requests if token in url.partition("#")[0]]
        await w.phone.reload()
        await expect(w.phone.locator("#anyway")).to_be_visible()


async def test_a_closed_stun_port_is_exactly_the_red_light(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    async with world(tmp_path, browsers, pages, relay="never") as w:
        port = w.box.stun.port
        address = await w.start()
        w.box.stun.close()
        await w.run(address)
        off = dict.fromkeys(("relay-udp", "relay-tcp", "relay-tls"), "off")
        wanted = HOPS_ON_LOOPBACK | off | {"stun": "red"}
        assert await lights(w.phone) == wanted
        await expect(w.staff.locator("[data-hop=stun]")).to_have_attribute("data-light", "red")
        assert await lights(w.staff) == wanted
        line = w.box.line()
        entry = f"Protokoll UDP, Port außen {port} → {line.host or '?'} Port {port}"
        assert await entries(w.staff) == await entries(w.phone) == {"stun": entry}


async def test_without_stun_port_and_relay_both_entries_are_named(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    async with world(tmp_path, browsers, pages) as w:
        address = await w.start()
        w.box.stun.close()
        await w.run(address)
        red = dict.fromkeys(("stun", "relay-udp", "relay-tcp"), "red")
        assert await lights(w.phone) == HOPS_ON_LOOPBACK | red
        named = {hop: entry.split(",")[0] for hop, entry in (await entries(w.phone)).items()}
        assert named == {
            "stun": "Protokoll UDP",
            "relay-udp": "Protokoll UDP",
            "relay-tcp": "Protokoll TCP",
        }


async def test_an_entry_is_copied_by_keyboard(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    async with world(tmp_path, browsers, pages, relay="never") as w:
        await w.staff.context.grant_permissions(["clipboard-read", "clipboard-write"])
        address = await w.start()
        w.box.stun.close()
        await w.run(address)
        button = w.staff.locator("[data-hop=stun] button")
        await button.focus()
        await w.staff.keyboard.press("Enter")
        await expect(button).to_have_text("Eintrag kopiert")
        copied = await w.staff.evaluate("navigator.clipboard.readText()")
        assert {"stun": copied} == await entries(w.staff)


async def test_the_pages_are_accessible_and_small(
    tmp_path: Path, browsers: Browsers, pages: Pages, request: pytest.FixtureRequest
) -> None:
    wanted = request.config.getoption("--screenshots")
    folder = Path(str(wanted)) if wanted else tmp_path / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    async with world(tmp_path / "data", browsers, pages) as w:
        await _keep_result(w)
        for name in ("reach", "network-plan"):
            await w.staff.goto(f"{w.box.staff_url}/status/{name}")
            await _look(w.staff, name, folder)
        address = await w.start()
        await _look(w.staff, "reach-code", folder)
        w.box.stun.close()
        await w.run(address)
        await expect(w.staff.locator("[data-hop=relay-tcp]")).to_have_attribute("data-light", "red")
        await w.staff.click("#stubborn summary")
        await _look(w.staff, "reach-result", folder)
        await _look(w.phone, "reach-phone", folder)


async def test_the_network_plan_prints_on_one_page_of_a4(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    async with world(tmp_path, browsers, pages) as w:
        await _keep_result(w)
        await w.staff.goto(f"{w.box.staff_url}/status/network-plan")
        await expect(w.staff.locator("#print")).to_be_visible()
        pdf = PdfDocument(await w.staff.pdf(prefer_css_page_size=True))
        assert len(pdf) == 1
        width, height = pdf[0].get_size()
        assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (297, 210)


async def _keep_result(w: World) -> None:
    """As if a phone outside had found the TCP entry missing."""
    found = {hop: "red" if hop == "relay-tcp" else "green" for hop in HOPS_ON_LOOPBACK}
    kept = {"at": "2027-01-18T08:00:00+00:00", "lights": found}
    await w.box.store.settings.keep("reach", json.dumps(kept))


async def _look(page: Page, name: str, folder: Path) -> None:
    """No violation in light and dark, targets of 44 px, nothing wider than 320 px; pictures."""
    size = page.viewport_size
    assert size
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await violations(page, colours=scheme == "dark") == [], (name, scheme)
        for label, window in (("desktop", DESK), ("phone", PHONE)):
            await page.set_viewport_size(window)
            file = folder / f"{name}-{label}-{scheme}.png"
            keep(await page.screenshot(full_page=True), file)
        await page.set_viewport_size(size)
    await page.emulate_media(color_scheme="light")
    assert await small_targets(page) == [], name
    await page.set_viewport_size({"width": 320, "height": 512})
    assert await overflow(page) <= 0, name
    await page.set_viewport_size(size)
