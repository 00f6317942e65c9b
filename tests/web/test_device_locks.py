"""Workstations that are locked, lost, or used twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.devices_world import HANGS, button
from tests.web.people_world import (
    BERTS_LOGIN,
    MARTINS_LOGIN,
    bert_at_his_own,
    second_window,
    watch,
)
from tests.web.staff_box import StaffBox, found, staff_box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


async def test_a_device_is_locked_for_a_while(box: StaffBox) -> None:
    bert = await bert_at_his_own(box)
    page = await watch(bert)
    await page.receive_json()
    listed = (await box.browser.get("/devices")).source
    lock = button(listed, "Laptop Bert", "lock")
    assert "„Laptop Bert“ vorübergehend sperren?" in (await box.browser.get(lock)).words
    async with asyncio.timeout(HANGS):
        assert (await box.browser.post(lock, {})).location == "/devices?said=device_locked"
        assert await page.receive_json() == {"ended": "device_gone"}
    assert (await bert.get("/")).location == "/login?said=device_gone"
    refused = await bert.post("/login", BERTS_LOGIN)
    assert refused.status == 403
    assert "Dieser Arbeitsplatz ist vorübergehend gesperrt." in refused.words
    unlock = button((await box.browser.get("/devices")).source, "Laptop Bert", "unlock")
    await box.browser.post(unlock, {})
    assert (await bert.post("/login", BERTS_LOGIN)).location == "/"


@pytest.mark.parametrize("what", ["revoke", "stolen"])
async def test_a_device_is_locked_out_for_good(box: StaffBox, what: str) -> None:
    bert = await bert_at_his_own(box)
    address = button((await box.browser.get("/devices")).source, "Laptop Bert", what)
    assert "Laptop Bert" in (await box.browser.get(address)).words
    assert (await box.browser.post(address, {})).status == 303
    assert (await bert.get("/")).location == "/login?said=device_gone"
    assert (await bert.post("/login", BERTS_LOGIN)).location.startswith("/login/device")
    assert (await box.browser.get("/devices")).status == 200
    assert (await box.browser.get(address)).status == 404


async def test_the_last_device_stays(box: StaffBox) -> None:
    for what in ("lock", "revoke", "stolen"):
        address = button((await box.browser.get("/devices")).source, "Laptop Martin", what)
        page = await box.browser.post(address, {})
        assert page.status == 409
        assert "der letzte freigeschaltete Arbeitsplatz" in page.words


# One user, one workstation


async def test_a_login_elsewhere_tells_and_ends_the_older_session(box: StaffBox) -> None:
    bert = await bert_at_his_own(box)
    page = await watch(bert)
    await page.receive_json()
    other = await second_window(box)
    async with asyncio.timeout(HANGS):
        assert (await other.post("/login", BERTS_LOGIN)).location == "/"
        assert await page.receive_json() == {"ended": "taken_over"}
    assert (await bert.get("/")).location == "/login?said=taken_over"
    told = (await bert.get("/login?said=taken_over")).words
    assert "an einem anderen Arbeitsplatz angemeldet" in told


async def test_a_login_ends_the_session_that_was_in_this_browser(box: StaffBox) -> None:
    old = box.browser.cookie("session")
    assert (await box.browser.post("/login", MARTINS_LOGIN)).location == "/"
    thief = await second_window(box)
    thief.client.session.cookie_jar.update_cookies({"pb-session": old})
    assert (await thief.get("/users")).location == "/login"
    box.clock.forward(timedelta(seconds=1))
    assert (await box.browser.get("/users")).status == 200
