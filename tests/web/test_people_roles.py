"""Another role for a colleague: what is open learns it within a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from tests.web.people_world import (
    BERT,
    BERTS,
    BERTS_LOGIN,
    bert_at_his_own,
    bert_joins,
    invite,
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


@pytest.mark.slow
@pytest.mark.alone
async def test_a_role_that_is_gone_is_gone_from_open_pages_within_a_second(
    box: StaffBox,
) -> None:
    """The page is told, and the socket of the consultation is cut under it."""
    bert = await bert_at_his_own(box)
    fields = {"patient": "Alice", "date": "2027-01-18", "time": "09:15", "minutes": "45"}
    planned = await box.browser.post("/appointments/new", fields)
    own = planned.location.partition("?")[0]
    signal = await watch(bert, f"{own}/signal")
    await signal.send_json({"kind": "hello", "instance": "0123456789abcdef"})
    assert (await signal.receive()).type is WSMsgType.TEXT
    page, presence = await watch(bert), await watch(bert, "/presence")
    assert await page.receive_json() == {"covered": False}
    [id_] = [u.id for u in await box.store.users() if u.role == "clinician"]
    async with asyncio.timeout(1):
        answer = await box.browser.post(f"/users/{id_}/edit", {**BERT, "role": "reception"})
        assert answer.location == "/users?said=role_now"
        assert await page.receive_json() == {"ended": "new_role"}
        await page.receive()
        for socket in (presence, signal):
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass
    assert page.close_code == 4401
    assert presence.closed and signal.closed
    assert (await bert.get("/users")).location == "/login?said=new_role"
    for path in (f"{own}/signal", "/presence", "/sessions/watch"):
        with pytest.raises(WSServerHandshakeError):
            await watch(bert, path)
    assert (
        "Ihre Rolle in dieser Praxis wurde geändert"
        in (await bert.get("/login?said=new_role")).words
    )
    assert (await bert.post("/login", BERTS_LOGIN)).location == "/"
    assert (await bert.get(f"{own}/consultation")).status == 403
    with pytest.raises(WSServerHandshakeError):
        await watch(bert, f"{own}/signal")
    assert (
        "MartinW hat eine Rolle geändert: BertB, jetzt Empfang."
        in (await box.browser.get("/audit?group=people")).words
    )


async def test_a_new_clinician_holds_consultations_after_the_next_login(box: StaffBox) -> None:
    invited = await invite(box, {"role": "reception"})
    carla = await second_window(box)
    await carla.post("/login/join", invited.fields())
    assert (await carla.get("/appointments/x/consultation")).status == 403
    page = await box.browser.post(f"/users/{invited.id}/edit", {**BERT, "role": "clinician"})
    assert "Die neue Rolle gilt ab sofort." in (await box.browser.get(page.location)).words
    assert (await carla.get("/users")).location == "/login?said=new_role"
    login = {**BERTS_LOGIN, "password": BERTS}
    assert (await carla.post("/login", login)).location == "/"
    assert (await carla.get("/appointments/x/consultation")).status == 404
    assert "Bert Brandt" in (await box.browser.get("/appointments/new")).words


async def test_without_a_new_role_nobody_is_logged_out(box: StaffBox) -> None:
    bert = await second_window(box)
    id_ = await bert_joins(box, bert)
    assert (await box.browser.post(f"/users/{id_}/edit", BERT)).location == "/users?said=saved"
    assert (await bert.get("/users")).status == 200
    assert "geändert: BertB" not in (await box.browser.get("/audit")).words


async def test_an_invitation_takes_the_new_role_along(box: StaffBox) -> None:
    invited, carla = await invite(box), await second_window(box)
    page = await box.browser.get(f"/users/{invited.id}/edit")
    assert "gilt sofort" not in page.words  # nobody is logged in under that name
    changed = {**BERT, "first_name": "Carla", "role": "reception"}
    await box.browser.post(f"/users/{invited.id}/edit", changed)
    assert "Dr. Carla Brandt Eingeladen" in (await box.browser.get("/users")).words
    assert (await carla.post("/login/join", invited.fields())).status == 303
    assert (await carla.get("/appointments/x/consultation")).status == 403


async def test_planned_appointments_keep_the_name_of_who_went_to_reception(
    box: StaffBox,
) -> None:
    id_ = await bert_joins(box)
    fields = {
        "patient": "Alice",
        "date": "2027-01-19",
        "time": "15:30",
        "minutes": "45",
        "organiser": id_,
    }
    planned = await box.browser.post("/appointments/new", fields)
    own = planned.location.partition("?")[0]
    await box.browser.post(f"/users/{id_}/edit", {**BERT, "role": "reception"})
    assert "Dr. Bert Brandt" in (await box.browser.get(own)).words
    assert (await box.browser.body(f"{own}/letter.pdf")).startswith(b"%PDF")
    assert "Dr. Bert Brandt" not in (await box.browser.get(f"{own}/edit")).words
