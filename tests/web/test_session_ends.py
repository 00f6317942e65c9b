"""When a screen locks itself, and when the box forgets its keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.people_world import (
    BERTS,
    invite,
    watch,
)
from tests.web.sessions_world import bert_at_the_same, has_keys, is_covered, look
from tests.web.staff_box import GOOD_PASSWORD, StaffBox, found, staff_box

MINUTE = timedelta(minutes=1)
HANGS = 10.0  # seconds after which a socket is never told


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


async def test_the_screen_locks_itself_after_ten_idle_minutes(box: StaffBox) -> None:
    socket = await watch(box.browser)
    await socket.receive_json()
    await look(box)
    box.clock.forward(9 * MINUTE)
    await look(box)
    assert not await is_covered(box.browser)  # which is a touch as well
    box.clock.forward(10 * MINUTE)
    await look(box)
    assert await socket.receive_json() == {"covered": True}
    assert await is_covered(box.browser)
    assert has_keys(box)


async def test_somebody_who_types_without_asking_for_a_page_is_there(box: StaffBox) -> None:
    for _ in range(6):
        box.clock.forward(5 * MINUTE)
        socket = await watch(box.browser)
        assert await socket.receive_json() == {"covered": False}
        await socket.send_str("here")
        await socket.close()  # answered after what came before it
        await look(box)
    assert not await is_covered(box.browser)


async def test_the_keys_are_dropped_when_all_screens_have_been_locked_for_long(
    box: StaffBox,
) -> None:
    bert = await bert_at_the_same(box)
    await look(box)
    box.clock.forward(50 * MINUTE)
    await bert.get("/users")  # Bert is there, Martin isn't
    await look(box)
    assert await is_covered(box.browser)
    box.clock.forward(30 * MINUTE)
    await look(box)
    assert has_keys(box)
    box.clock.forward(30 * MINUTE)
    await look(box)
    assert not has_keys(box)
    assert await is_covered(bert)
    assert (await bert.post("/lock/open", {"password": BERTS})).location == "/"
    assert has_keys(box)
    assert (await bert.get("/users")).status == 200


async def test_the_keys_are_dropped_when_nobody_is_logged_in(box: StaffBox) -> None:
    await box.browser.post("/logout", {})
    await look(box)
    box.clock.forward(60 * MINUTE)
    await look(box)
    assert not has_keys(box)


async def test_signaling_goes_on_behind_a_locked_screen_and_without_keys(box: StaffBox) -> None:
    page = await box.browser.post(
        "/appointments/new",
        {
            "patient": "Alice",
            "date": "2027-01-18",
            "time": "09:15",
            "minutes": "45",
        },
    )
    appointment = page.location.partition("?")[0]
    socket = await watch(box.browser, f"{appointment}/signal")
    await box.browser.post("/lock", {})
    box.clock.forward(15 * MINUTE)
    box.store.lock()
    await socket.send_json({"kind": "hello", "instance": "0123456789abcdef"})
    async with asyncio.timeout(HANGS):
        answer = await socket.receive_json()
    assert answer
    again = await watch(box.browser, f"{appointment}/signal")  # after a change of network
    await again.close()
    await box.browser.post("/lock/open", {"password": GOOD_PASSWORD})
    assert (await box.browser.get(f"{appointment}/consultation")).status == 200


async def test_the_times_are_the_main_users_choice(box: StaffBox) -> None:
    page = await box.browser.get("/sessions")
    assert (page.typed["lock"], page.typed["drop"]) == ("10", "60")
    saved = await box.browser.post("/sessions/idle", {"lock": "5", "drop": "15"})
    assert saved.location == "/sessions?said=saved"
    await look(box)
    box.clock.forward(5 * MINUTE)
    await look(box)
    assert await is_covered(box.browser)
    box.clock.forward(10 * MINUTE)
    await look(box)
    assert not has_keys(box)


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"lock": "7", "drop": "60"}, "lock"), ({"lock": "60", "drop": "15"}, "drop")],
)
async def test_times_that_make_no_sense_are_refused(
    box: StaffBox, typed: dict[str, str], field: str
) -> None:
    page = await box.browser.post("/sessions/idle", typed)
    assert page.status == 422
    assert f'id="{field}-error"' in page.source


async def test_a_session_of_an_invited_user_does_not_exist(box: StaffBox) -> None:
    await invite(box)
    assert len(await box.store.people.present()) == 1
