"""The way back with the master password, as a browser goes it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from practicebox.practice.words import word_list
from practicebox.web.keys import DemoLogin
from practicebox.web.staff.door import make_door
from practicebox.web.staff.recover import readings
from tests.web.lost_world import NEW, Lost, lost_world, lost_world_with
from tests.web.staff_box import GOOD_PASSWORD, Browser, staff_box

LOGIN = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
LINK = "Passwort oder Arbeitsplatz verloren? Mit dem Masterpasswort wiederherstellen"


@pytest.fixture
async def lost(tmp_path: Path) -> AsyncIterator[Lost]:
    async with lost_world(tmp_path) as world:
        yield world


async def test_a_new_computer_gets_in_and_stays_in(lost: Lost) -> None:
    done = await lost.post()
    assert (done.status, done.location) == (303, "/?said=recovered")
    assert (
        "Freigeschaltet ist jetzt nur dieses Gerät"
        in (await lost.newcomer.get(done.location)).words
    )
    assert "Empfang" in (await lost.newcomer.get("/devices")).words
    await lost.newcomer.post("/logout", {})
    assert (await lost.newcomer.post("/login", LOGIN)).status == 422
    assert (await lost.newcomer.post("/login", {**LOGIN, "password": NEW})).location == "/"


async def test_the_old_computer_is_locked_out_at_once(lost: Lost) -> None:
    assert (await lost.box.browser.get("/users")).status == 200
    await lost.post()
    page = await lost.box.browser.get("/users")
    assert page.location == "/login?said=recovered_elsewhere"
    asked = await lost.box.browser.post("/login", {**LOGIN, "password": NEW})
    page = await lost.box.browser.get(asked.location)
    assert page.source.count('href="/recover"') == 1 and LINK in page.words


async def test_the_computer_of_the_set_up_can_recover_itself(lost: Lost) -> None:
    """Its draft still knows the old device; that must not win over the new one."""
    browser = lost.box.browser
    await lost.post(browser)
    await browser.post("/logout", {})
    for _ in range(2):  # the first login renews the device cookie
        assert (await browser.post("/login", {**LOGIN, "password": NEW})).location == "/"


async def test_a_box_after_a_power_cut_is_recovered_too(lost: Lost) -> None:
    lost.box.store.lock()
    assert (await lost.post()).location == "/?said=recovered"
    assert (await lost.newcomer.get("/users")).status == 200


async def test_the_six_words_are_forgiving(lost: Lost) -> None:
    for spelling in (
        "-".join(lost.words).upper(),
        f"  {',  '.join(word.title() for word in lost.words)} ",
    ):
        assert (await lost.post(master=spelling)).location == "/?said=recovered"


async def test_a_master_password_of_ones_own_counts_as_typed(tmp_path: Path) -> None:
    own = "Am Deich - steht 1 Mühle"
    async with lost_world_with(tmp_path, own) as lost:
        assert (await lost.post(master=own.lower())).status == 422
        assert (await lost.post(master=own)).location == "/?said=recovered"


def test_only_six_words_of_the_list_have_a_second_reading() -> None:
    assert readings("Am Deich steht 1 Mühle") == ("Am Deich steht 1 Mühle",)
    assert readings("eins zwei-drei vier fünf sechs!!") == ("eins zwei-drei vier fünf sechs!!",)
    five = " ".join(word_list()[:5]).upper()
    assert readings(five) == (five,)


async def test_six_words_of_ones_own_choice_are_tried_as_typed_too(tmp_path: Path) -> None:
    own = "-".join(word_list()[:6]).upper()
    assert readings(own) == (" ".join(word_list()[:6]), own)
    async with lost_world_with(tmp_path, own) as lost:
        assert (await lost.post(master=own)).location == "/?said=recovered"


async def test_a_second_click_at_once_is_no_mistake_of_ours(lost: Lost) -> None:
    pages = await asyncio.gather(lost.post(), lost.post())
    assert {page.status for page in pages} == {303}
    assert "/?said=recovered" in {page.location for page in pages}
    assert (await lost.newcomer.get("/users")).status == 200


# The pages


async def test_the_page_says_what_will_happen_and_the_login_leads_there(lost: Lost) -> None:
    for login in (
        await lost.newcomer.get("/login"),
        await lost.newcomer.post("/login", {**LOGIN, "password": "falsch"}),
    ):
        assert login.source.count('href="/recover"') == 1 and LINK in login.words
    page = await lost.newcomer.get("/recover")
    assert (page.status, page.focused) == (200, "master")
    assert "Alle anderen Arbeitsplätze verlieren ihre Freischaltung" in page.words
    for label in ("Masterpasswort", "Kurzname des Benutzers", "Neues Passwort", "Endgerätes"):
        assert label in page.words


async def test_without_a_practice_there_is_only_the_wizard(tmp_path: Path) -> None:
    async with staff_box(tmp_path) as box:
        assert (await box.browser.get("/recover")).location == "/setup"
        assert (await box.browser.post("/recover", {})).location == "/setup"


async def test_the_demonstration_has_nothing_to_recover(lost: Lost) -> None:
    demo = DemoLogin("PWinkler", "MartinW", GOOD_PASSWORD, b"d" * 32)
    server = TestServer(make_door(replace(lost.box.services, demo=demo)))
    browser = Browser(await lost.box.stack.enter_async_context(TestClient(server)))
    assert (await browser.get("/recover")).location == "/login"
    assert (await lost.post(browser)).location == "/login"
    assert "/recover" not in (await browser.get("/login")).source
