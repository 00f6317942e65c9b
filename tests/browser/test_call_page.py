"""What a call does with the page around it: full screen, wake lock, downloads."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from practicebox.rtc.messages import Role
from tests.browser.conftest import Browsers, MakeCall, MakeSide

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_picture_fills_the_screen_and_comes_back(
    chromium: Browser, make_side: MakeSide
) -> None:
    side = await make_side(chromium, Role.PATIENT)
    toggle = "() => lab.picture.toggleFullScreen(document.body)"
    await side.until("() => lab.picture.canFullScreen()")
    await side.run(toggle)
    await side.until("() => document.fullscreenElement === document.body")
    await side.run(toggle)
    await side.until("() => document.fullscreenElement === null")


async def test_the_picture_goes_into_a_window_of_its_own_and_comes_back(
    make_call: MakeCall,
) -> None:
    call = await make_call()
    await call.connect()
    await call.admit()
    await call.patient.until("() => document.querySelector('#far').videoWidth > 0")
    pop_out = "() => lab.picture.popOut(document.querySelector('#far'))"
    assert await call.patient.run(pop_out) is True
    assert await call.patient.run(pop_out) is False


async def test_the_screen_stays_on_until_it_may_go_off(
    browsers: Browsers, make_side: MakeSide
) -> None:
    side = await make_side(await browsers.whole_chromium(), Role.PATIENT)
    await side.until("() => document.documentElement.dataset.ready === 'yes'")
    await side.run("() => lab.wakeLock.hold()")
    assert await side.run("() => lab.wakeLock.isHeld") is True
    await side.run("() => lab.wakeLock.release()")
    assert await side.run("() => lab.wakeLock.isHeld") is False


async def test_a_received_file_is_saved_under_its_name(
    chromium: Browser, make_side: MakeSide, tmp_path: Path
) -> None:
    side = await make_side(chromium, Role.PATIENT)
    await side.until("() => document.documentElement.dataset.ready === 'yes'")
    async with side.page.expect_download() as download:
        await side.run("() => lab.save(new Blob(['Guten Tag']), 'Brief für Sie.txt')")
    saved = await download.value
    await saved.save_as(tmp_path / "saved")
    assert saved.suggested_filename == "Brief für Sie.txt"
    assert (tmp_path / "saved").read_text() == "Guten Tag"
