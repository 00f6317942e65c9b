"""Colleagues who leave, and what stays of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from tests.web.lost_world import lost_world
from tests.web.people_world import (
    BERTS,
    BERTS_LOGIN,
    bert_at_his_own,
    bert_joins,
    invite,
    second_window,
    watch,
)
from tests.web.staff_box import GOOD_PASSWORD, StaffBox, found, staff_box

HOSTILE = "<script>alert(1)</script>\u202e=1+1"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


# Invitation


@pytest.mark.slow
@pytest.mark.alone
async def test_an_access_ends_everywhere_within_a_second(box: StaffBox) -> None:
    """The page is told and its sockets are cut, whatever they are waiting for."""
    bert = await bert_at_his_own(box)
    fields = {"patient": "Alice", "date": "2027-01-18", "time": "09:15", "minutes": "45"}
    planned = await box.browser.post("/appointments/new", fields)
    signal = await watch(bert, planned.location.partition("?")[0] + "/signal")
    await signal.send_json({"kind": "hello", "instance": "0123456789abcdef"})
    assert (await signal.receive()).type is WSMsgType.TEXT
    page, presence = await watch(bert), await watch(bert, "/presence")
    assert await page.receive_json() == {"covered": False}
    [user] = [u for u in await box.store.people.everybody() if u.short_name == "BertB"]
    async with asyncio.timeout(1):
        answer = await box.browser.post(f"/users/{user.id}/leave", {})
        assert answer.location == "/users?said=departed_now"
        assert await page.receive_json() == {"ended": "departed"}
        await page.receive()
        for socket in (presence, signal):
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass
    assert page.close_code == 4401
    assert presence.closed and signal.closed
    assert (await bert.get("/users")).location == "/login?said=departed"
    assert (
        "Ihr Zugang zu dieser Praxis ist beendet." in (await bert.get("/login?said=departed")).words
    )
    with pytest.raises(WSServerHandshakeError):
        await watch(bert)
    assert (await bert.post("/login", BERTS_LOGIN)).status == 422
    listed = await box.browser.get("/users")
    assert "Nicht mehr bei Ihnen" in listed.words
    assert "Dr. Bert Brandt (Behandler(in))" in listed.words


async def test_the_end_is_asked_before(box: StaffBox) -> None:
    id_ = await bert_joins(box)
    page = await box.browser.get(f"/users/{id_}/leave")
    assert "Zugang von Dr. Bert Brandt beenden?" in page.words
    assert "master" not in page.typed


async def test_the_main_user_has_no_end(box: StaffBox) -> None:
    [martin] = await box.store.users()
    assert f"/users/{martin.id}/leave" not in (await box.browser.get("/users")).source
    for answer in (
        await box.browser.get(f"/users/{martin.id}/leave"),
        await box.browser.post(f"/users/{martin.id}/leave", {}),
    ):
        assert answer.status == 404


async def test_appointments_of_somebody_who_has_left_keep_the_name(box: StaffBox) -> None:
    id_ = await bert_joins(box)
    fields = {
        "patient": "Alice Krejčová",
        "date": "2027-01-19",
        "time": "15:30",
        "minutes": "45",
        "organiser": id_,
    }
    page = await box.browser.post("/appointments/new", fields)
    address = page.location.partition("?")[0]
    await box.browser.post(f"/users/{id_}/leave", {})
    assert "Dr. Bert Brandt" in (await box.browser.get(address)).words
    assert (await box.browser.body(f"{address}/letter.pdf")).startswith(b"%PDF")
    edit = await box.browser.get(f"{address}/edit")
    assert "Dr. Bert Brandt" not in edit.words
    for path in ("/patients", "/audit", "/backup", "/"):
        assert (await box.browser.get(path)).status == 200, path
    assert "Krejčová" in (await box.browser.post("/appointments/search", {"q": "alice"})).words


async def test_the_reception_holds_no_consultation(box: StaffBox) -> None:
    invited = await invite(box, {"role": "reception"})
    carla = await second_window(box)
    await carla.post("/login/join", invited.fields())
    page = await carla.get("/appointments/new")
    assert page.status == 200
    assert "Bert Brandt" not in page.words.partition("Organisator")[2].partition("Weitere")[0]
    refused = await carla.get("/appointments/x/consultation")
    assert refused.status == 403
    assert "Nicht für Ihre Rolle" in refused.words
    assert 'href="/organisation"' not in page.source


# Master password


async def test_the_master_password_recovers_with_several_users(tmp_path: Path) -> None:
    async with lost_world(tmp_path) as lost:
        id_ = await bert_joins(lost.box)
        page = await lost.post(user="BertB")
        assert page.location == "/?said=recovered"
        await lost.box.browser.post("/login", {**BERTS_LOGIN})
        session = await lost.newcomer.get("/users")
        assert "Dr. Bert Brandt Das sind Sie" in session.words
        martin = await lost.box.other_browser()
        device = lost.newcomer.cookie("device")
        martin.client.session.cookie_jar.update_cookies({"pb-device": device})
        login = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
        assert (await martin.post("/login", login)).location == "/"
        assert (await martin.post(f"/users/{id_}/leave", {})).status == 303
        assert json.dumps(BERTS) not in page.source
