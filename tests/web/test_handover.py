"""Taking an approved device along to another address of the same box."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.staff_box import StaffBox, found, staff_box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


async def test_a_device_can_be_taken_along_to_the_address_of_the_box(box: StaffBox) -> None:
    assert "https://box.local:8443" in (await box.browser.get("/devices")).words
    ticket = await _ticket(box)
    there = await box.other_browser()
    there.headers["Host"] = "box.local:8443"
    there.headers["Origin"] = "http://box.local:8443"
    assert "https://box.local" not in (await there.get(f"/login/arrive?ticket={ticket}")).words
    done = await there.post("/login/arrive", {"ticket": ticket})
    assert done.location == "/devices?said=moved"
    assert done.cookies["pb-device"].value == box.browser.cookie("device")
    assert done.cookies["pb-session"].value == box.browser.cookie("session")


async def test_a_ticket_is_good_once_and_for_two_minutes(box: StaffBox) -> None:
    other = await box.other_browser()
    used, old = await _ticket(box), await _ticket(box)
    assert (await other.post("/login/arrive", {"ticket": used})).cookies["pb-device"]
    again = await other.post("/login/arrive", {"ticket": used})
    assert again.location == "/login?said=too_late"
    box.clock.forward(timedelta(minutes=2))
    for ticket in (used, old, "", "invented"):
        page = await other.post("/login/arrive", {"ticket": ticket})
        assert page.location == "/login?said=too_late"
        assert "pb-device" not in page.cookies


async def test_only_who_is_logged_in_gets_a_ticket(box: StaffBox) -> None:
    await box.browser.post("/logout", {})
    assert (await box.browser.post("/devices/move", {})).location == "/login"


async def _ticket(box: StaffBox) -> str:
    page = await box.browser.post("/devices/move", {})
    assert page.status == 200
    return page.source.partition("/login/arrive?ticket=")[2].partition('"')[0]
