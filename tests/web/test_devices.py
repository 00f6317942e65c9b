"""Workstations: approved by four digits, locked for a while, stolen; one user at one of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from practicebox.web.staff.device_requests import LIFETIME, MOST, Requests, State
from practicebox.web.staff.door import make_door
from tests.web.devices_world import news
from tests.web.people_world import (
    BERTS_LOGIN,
    MARTINS_LOGIN,
    approve,
    bert_at_his_own,
    bert_joins,
    bert_waits,
    digits_of,
    requests_of,
)
from tests.web.staff_box import Browser, Clock, StaffBox, found, staff_box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


# Approval


async def test_both_screens_show_the_same_four_digits(box: StaffBox) -> None:
    new = await bert_waits(box)
    waiting = await new.get("/login/device")
    assert "„Laptop Bert“ wartet auf die Freischaltung" in waiting.words
    assert digits_of(waiting) == ""
    listed = await box.browser.get("/devices")
    assert "Laptop Bert Beantragt von Dr. Bert Brandt um 09:00 Uhr" in listed.words
    assert "Ein Arbeitsplatz wartet auf die Freischaltung." in (await box.browser.get("/")).words
    [address] = requests_of(listed)
    shown = digits_of(await box.browser.get(address))
    assert re.fullmatch(r"\d{4}", shown)
    assert digits_of(await new.get("/login/device")) == shown
    assert await news(new) == f'{{"state": "opened", "digits": "{shown}"}}'
    assert digits_of(await box.browser.get(address)) == shown  # a reload changes nothing


async def test_an_approved_workstation_logs_in_and_stays(box: StaffBox) -> None:
    new = await bert_waits(box)
    await approve(box)
    assert (await new.get("/login/device")).location == "/login?said=approved"
    assert (await new.post("/login", BERTS_LOGIN)).location == "/"
    assert "Laptop Bert Dieses Gerät Freigeschaltet seit" in (await new.get("/devices")).words


async def test_after_a_restart_the_page_that_waits_says_so(box: StaffBox) -> None:
    """Nothing of a request is kept, and nothing hangs."""
    old = await bert_waits(box)
    box.store.lock()
    async with TestClient(TestServer(make_door(box.services))) as client:
        new = Browser(client)
        client.session.cookie_jar.update_cookies({"pb-device": old.cookie("device")})
        assert await news(new) == '{"state": "over", "digits": ""}'
        for answer in (
            await new.get("/login/device"),
            await new.post("/login/device", {"device": "Laptop Bert"}),
        ):
            assert answer.location == "/login?said=request_over"
        told = (await new.get("/login?said=request_over")).words
        assert "Ein Antrag gilt 15 Minuten und geht verloren, wenn die Box neu startet." in told
        assert (await new.post("/login", BERTS_LOGIN)).location.startswith("/login/device")
        assert (
            "Dieser Arbeitsplatz ist nicht freigeschaltet."
            in (await new.get("/login/device")).words
        )


async def test_a_refused_workstation_learns_it_and_stays_out(box: StaffBox) -> None:
    new = await bert_waits(box)
    [address] = requests_of(await box.browser.get("/devices"))
    await box.browser.post(f"{address}/refuse", {})
    assert (await new.get("/login/device")).location == "/login?said=refused"
    assert (await new.post("/login", BERTS_LOGIN)).location.startswith("/login/device")
    assert requests_of(await box.browser.get("/devices")) == []


async def test_nothing_is_approved_unseen(box: StaffBox) -> None:
    """Without having opened the request there were no digits to compare."""
    new = await bert_waits(box)
    [address] = requests_of(await box.browser.get("/devices"))
    assert (await box.browser.post(f"{address}/approve", {})).location == address
    assert len(await box.store.devices()) == 1
    assert (await new.post("/login", BERTS_LOGIN)).location.startswith("/login/device")


async def test_a_swapped_request_shows_other_digits(box: StaffBox) -> None:
    """Somebody who knows Bert's password asks in the same minute, under the same name."""
    new = await bert_waits(box)
    [address] = requests_of(await box.browser.get("/devices"))
    honest = digits_of(await box.browser.get(address))
    thief = await box.other_browser()
    await thief.post("/login", BERTS_LOGIN)
    await thief.post("/login/device", {"device": "Laptop Bert"})
    assert (await box.browser.post(f"{address}/approve", {})).location.endswith("request_gone")
    [swapped] = requests_of(await box.browser.get("/devices"))
    assert swapped != address
    shown = digits_of(await box.browser.get(swapped))
    assert shown == digits_of(await thief.get("/login/device"))
    # The honest browser shows nothing that could be taken for it: its request is over.
    assert (await new.get("/login/device")).location == "/login?said=request_over"
    assert len(shown) == len(honest) == 4


async def test_a_request_is_the_users_own_or_the_main_users(box: StaffBox) -> None:
    """Bert, already logged in elsewhere, approves his own new laptop, but nobody else's."""
    bert = await bert_at_his_own(box)
    third = await box.other_browser()
    await third.post("/login", MARTINS_LOGIN)
    await third.post("/login/device", {"device": "Laptop 2"})
    [martins] = requests_of(await box.browser.get("/devices"))
    assert requests_of(await bert.get("/devices")) == []
    assert (await bert.get(martins)).location == "/devices?said=request_gone"
    fourth = await box.other_browser()
    await fourth.post("/login", BERTS_LOGIN)
    await fourth.post("/login/device", {"device": "Tablet"})
    [own] = requests_of(await bert.get("/devices"))
    await bert.get(own)
    assert (await bert.post(f"{own}/approve", {})).location == "/devices?said=device_approved"


async def test_a_name_is_asked_for(box: StaffBox) -> None:
    new = await box.other_browser()
    await bert_joins(box, new)
    page = await new.post("/login/device", {"device": "  "})
    assert (page.status, page.focused) == (422, "device")
    assert requests_of(await box.browser.get("/devices")) == []


async def test_a_wrong_password_asks_for_nothing(box: StaffBox) -> None:
    new = await box.other_browser()
    page = await new.post("/login", {**MARTINS_LOGIN, "password": "falsch falsch"})
    assert page.status == 422
    assert new.cookie("device") == ""
    assert (await new.get("/login/device")).location == "/login?said=request_over"


async def test_a_request_is_forgotten_after_a_quarter_of_an_hour(box: StaffBox) -> None:
    new = await bert_waits(box)
    [address] = requests_of(await box.browser.get("/devices"))
    box.clock.forward(LIFETIME)
    assert (await box.browser.get(address)).location == "/devices?said=request_gone"
    assert await news(new) == '{"state": "over", "digits": ""}'


async def test_a_browser_that_forgot_is_told_what_may_have_happened(box: StaffBox) -> None:
    """The explanation is on the page only if no cookie came; the page's script shows it where the
    browser still remembers that it was approved (FEATURES L5)."""
    new = await box.other_browser()
    asked = await new.post("/login", MARTINS_LOGIN)
    assert asked.location == "/login/device?new=1"
    assert 'id="forgotten"' in (await new.get(asked.location)).source
    again = await new.post("/login", MARTINS_LOGIN)
    assert 'id="forgotten"' not in (await new.get(again.location)).source


def test_digits_come_from_both_sides() -> None:
    requests = Requests(Clock())
    one, two = requests.ask("martin"), requests.ask("bert")
    assert (one.digits, two.digits) == ("", "")
    seen: dict[str, set[str]] = {"one": set(), "two": set()}
    for number in range(200):  # of 10,000: 200 draws have 198 different values on average
        one.open(f"session {number}")
        two.open(f"session {number}")
        seen["one"].add(one.digits)
        seen["two"].add(two.digits)
        assert one.digits == one.digits
    assert len(seen["one"]) > 150
    assert len(seen["two"]) > 150
    assert len(seen["one"] & seen["two"]) < 50


def test_requests_take_no_room() -> None:
    requests = Requests(Clock())
    for number in range(3 * MOST):
        requests.ask(f"user {number}").state = State.WAITING
    assert len(requests.waiting(None)) == MOST
    for _ in range(3):
        requests.ask("user").state = State.WAITING
    assert len(requests.waiting("user")) == 1


# Lock, revocation, theft
