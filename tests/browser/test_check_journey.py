"""The technical check against a whole box with its own relay, and its light at the reception."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import steps
from tests.browser.axe import violations
from tests.browser.box import running_box
from tests.browser.check_world import run_check
from tests.browser.check_world import steps as check_steps
from tests.browser.conftest import Browsers, Pages
from tests.browser.founded import FoundedPractice
from tests.browser.watching import download, qr_codes

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_reception_sees_the_light_of_the_patients_check(
    tmp_path: Path, browsers: Browsers, pages: Pages, founded: FoundedPractice
) -> None:
    browser = await browsers.chromium()
    async with running_box(tmp_path, founded.disk) as box:
        staff = await pages.open(browser, "about:blank", locale="de-DE")
        phone = await pages.open(browser, "about:blank", locale="de-DE")
        await founded.log_in(staff, box)
        appointment = await steps.plan(staff, box)
        [link] = qr_codes(await download(staff, f"{appointment}/letter.pdf"))
        await phone.goto(link)
        await phone.fill("#name", "Alice")
        await phone.click("#entrance button[type=submit]")
        await phone.click("#step-explain a:has-text('Technik-Check')")
        assert await run_check(phone) == "good"
        found = await check_steps(phone)
        assert {found[path] for path in ("stun", "udp", "tcp")} == {"good"}, found
        assert found["echo"] == "good"
        await phone.click("#on")
        await phone.wait_for_url("**/visit")
        await staff.goto(f"{box.staff}/appointments")
        light = staff.locator(".entry .check-light")
        await expect(light).to_contain_text("Technik-Check vor")
        await expect(light).to_contain_text(": gut")
        assert await violations(staff) == []
        for page in (staff, phone):
            await page.goto("about:blank")  # or it would complain that the box is gone


ONLY_RELAY = """
  const Native = RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }); }
  };
"""


async def test_the_echo_reaches_a_patient_who_has_only_the_relay(
    tmp_path: Path, browsers: Browsers, pages: Pages
) -> None:
    """As everywhere outside the practice: only its STUN port is forwarded."""
    async with running_box(tmp_path) as box:
        page = await pages.open(await browsers.chromium(), "about:blank", locale="de-DE")
        await page.add_init_script(ONLY_RELAY)
        await page.goto(box.patients)
        await run_check(page)
        found = await check_steps(page)
        assert (found["stun"], found["udp"], found["echo"]) == ("bad", "good", "good")
        await page.goto("about:blank")
