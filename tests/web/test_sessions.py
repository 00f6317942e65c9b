"""Sessions on the staff door: the list, the locked screen, keys that are dropped, and a box that
forgets nothing while somebody is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.people_world import (
    BERTS,
    watch,
)
from tests.web.sessions_world import bert_at_the_same, has_keys, is_covered
from tests.web.staff_box import GOOD_PASSWORD, Browser, StaffBox, found, staff_box

MINUTE = timedelta(minutes=1)
HANGS = 10.0  # seconds after which a socket is never told


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


# The list


async def test_the_main_user_sees_all_sessions_and_ends_them(box: StaffBox) -> None:
    bert = await bert_at_the_same(box)
    page, socket = await box.browser.get("/sessions"), await watch(bert)
    assert await socket.receive_json() == {"covered": False}
    assert "Martin Winkler Diese Anmeldung Laptop Martin" in page.words
    assert "Dr. Bert Brandt Laptop Martin Angemeldet am 18.01.2027 um 09:00 Uhr" in page.words
    id_ = page.typed["session"]
    async with asyncio.timeout(HANGS):
        answer = await box.browser.post("/sessions/end", {"session": id_})
        assert answer.location == "/sessions?said=session_ended"
        assert await socket.receive_json() == {"ended": "ended_by_hand"}
    assert (await bert.get("/")).location == "/login?said=ended_by_hand"


async def test_others_see_only_their_own(box: StaffBox) -> None:
    bert = await bert_at_the_same(box)
    page = await bert.get("/sessions")
    assert "Martin Winkler" not in page.words
    assert "Bildschirm sperren nach" not in page.words
    assert (await bert.post("/sessions/idle", {"lock": "5", "drop": "15"})).status == 403


async def test_a_signed_out_page_is_told(box: StaffBox) -> None:
    socket = await watch(box.browser)
    await socket.receive_json()
    await box.browser.post("/logout", {})
    assert await socket.receive_json() == {"ended": "logged_out"}


# The locked screen


async def test_a_locked_screen_shows_nothing_until_the_password(box: StaffBox) -> None:
    socket = await watch(box.browser)
    await socket.receive_json()
    assert (await box.browser.post("/lock", {})).location == "/lock"
    assert await socket.receive_json() == {"covered": True}
    for path in ("/", "/users", "/appointments", "/sessions"):
        assert (await box.browser.get(path)).location == "/lock"
    locked = await box.browser.get("/lock")
    assert "Bildschirm gesperrt" in locked.words
    assert "Winkler" not in locked.words
    wrong = await box.browser.post("/lock/open", {"password": "falsch falsch"})
    assert (wrong.status, wrong.focused) == (422, "password")
    right = await box.browser.post("/lock/open", {"password": GOOD_PASSWORD})
    assert right.location == "/"
    assert await socket.receive_json() == {"covered": False}
    assert (await box.browser.get("/users")).status == 200
    assert (await box.browser.get("/lock")).location == "/"


async def test_only_the_same_users_password_uncovers(box: StaffBox) -> None:
    await bert_at_the_same(box)
    await box.browser.post("/lock", {})
    assert (await box.browser.post("/lock/open", {"password": BERTS})).status == 422
    assert await is_covered(box.browser)


async def test_five_wrong_passwords_end_the_session(box: StaffBox) -> None:
    await box.browser.post("/lock", {})
    for _ in range(5):
        assert (await box.browser.post("/lock/open", {"password": "falsch falsch"})).status == 422
    last = await box.browser.post("/lock/open", {"password": GOOD_PASSWORD})
    assert last.location.startswith("/login")
    assert (await box.browser.get("/users")).location.startswith("/login")


async def test_the_page_uncovers_without_leaving(box: StaffBox) -> None:
    await box.browser.post("/lock", {})
    box.browser.headers["Accept"] = "application/json"
    wrong = await box.browser.post("/lock/open", {"password": "falsch falsch"})
    assert (wrong.status, wrong.source) == (422, '{"error": "Das ist nicht Ihr Passwort."}')
    right = await box.browser.post("/lock/open", {"password": GOOD_PASSWORD})
    assert (right.status, right.source) == (200, '{"error": ""}')


async def test_a_copied_session_cookie_uncovers_nothing(box: StaffBox) -> None:
    """Without the workstation's cookie not even the right password does."""
    await box.browser.post("/lock", {})
    box.browser.forget("device")
    box.browser.forget("setup")
    answer = await box.browser.post("/lock/open", {"password": GOOD_PASSWORD})
    assert answer.location.startswith("/login")
    assert not has_keys(box) or await is_gone(box.browser)


async def is_gone(browser: Browser) -> bool:
    return (await browser.get("/users")).location.startswith("/login")


# Nobody there
