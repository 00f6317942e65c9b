"""Login by passkey, and the locked screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.authenticator import Wrong
from tests.web.passkey_world import (
    AT_NAME,
    TYPED,
    add,
    asked_to_open,
    log_in,
    log_out,
)
from tests.web.staff_box import GOOD_PASSWORD, Browser, StaffBox, found, staff_box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in at the box's name."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        opened.browser.headers.update(AT_NAME)
        yield opened


async def at_name(box: StaffBox) -> Browser:
    """A browser without any cookie."""
    other = await box.other_browser()
    other.headers.update(AT_NAME)
    return other


async def test_a_passkey_logs_in_and_opens_the_vault(box: StaffBox) -> None:
    passkey = await add(box.browser)
    await log_out(box)
    box.store.lock()
    assert "MIT PASSKEY ANMELDEN" in (await box.browser.get("/login")).words
    page = await log_in(box.browser, passkey)
    assert (page.status, page.location) == (303, "/")
    assert page.cookies["pb-session"]["httponly"]
    assert page.cookies["pb-device"]["max-age"] == str(400 * 24 * 3600)
    assert box.store.vault.is_unlocked
    assert (
        "Zuletzt benutzt am 18.01.2027 um 09:00 Uhr" in (await box.browser.get("/passkeys")).words
    )


async def test_each_login_is_a_new_session(box: StaffBox) -> None:
    passkey, before = await add(box.browser), box.browser.cookie("session")
    assert (await log_in(box.browser, passkey)).location == "/"
    after = box.browser.cookie("session")
    assert after not in ("", before)
    old = await at_name(box)
    old.client.session.cookie_jar.update_cookies({"pb-session": before})
    assert (await old.get("/users")).location.startswith("/login")


async def test_an_unknown_workstation_asks_to_be_approved(box: StaffBox) -> None:
    passkey, other = await add(box.browser), await at_name(box)
    page = await log_in(other, passkey)
    assert page.location == "/login/device?new=1"
    assert "pb-session" not in page.cookies
    assert (
        "Dieser Arbeitsplatz ist nicht freigeschaltet." in (await other.get("/login/device")).words
    )
    assert (await other.post("/login/device", {"device": "Laptop neu"})).status == 303
    assert "Laptop neu" in (await box.browser.get("/devices")).words
    passkey.seed = bytes(32)
    assert (await log_in(await at_name(box), passkey)).status == 422


async def test_a_login_where_nobody_has_a_passkey_offers_none(box: StaffBox) -> None:
    await log_out(box)
    page = await box.browser.get("/login")
    assert "Passkey" not in page.words and "passkey_use.js" not in page.source


async def test_an_address_of_numbers_says_where_passkeys_work(box: StaffBox) -> None:
    await add(box.browser)
    by_number = await box.other_browser()
    page = await by_number.get("/login")
    assert (
        "Mit einem Passkey melden Sie sich nur unter https://box.local:8443 an, "
        "nicht unter dieser Adresse aus Zahlen."
    ) in page.words
    assert "MIT PASSKEY" not in page.words
    assert (await by_number.post("/login/passkey/options", {})).status == 409
    for name in AT_NAME:
        del box.browser.headers[name]
    page = await box.browser.get("/passkeys")
    assert "Bitte öffnen Sie die Box unter https://box.local:8443" in page.words
    assert "Gilt nur, wenn die Box als box.local geöffnet ist" in page.words
    assert (await box.browser.post("/passkeys/options", TYPED)).status == 409


async def test_the_passkey_of_one_name_is_listed_at_another(box: StaffBox) -> None:
    await add(box.browser)
    box.browser.headers.update({"Host": "pwinkler.local", "Origin": "http://pwinkler.local"})
    assert "Gilt nur, wenn die Box als box.local" in (await box.browser.get("/passkeys")).words


async def test_a_passkey_uncovers_the_screen(box: StaffBox) -> None:
    passkey = await add(box.browser)
    await box.browser.post("/lock", {})
    assert "MIT PASSKEY ENTSPERREN" in (await box.browser.get("/lock")).words
    options = await asked_to_open(box.browser)
    page = await box.browser.post("/lock/open", passkey.fields(options, Wrong(host="evil")))
    assert (page.status, page.focused) == (422, "password")
    assert "Dieser Passkey entsperrt den Bildschirm nicht." in page.words
    assert (await box.browser.get("/users")).location == "/lock"
    options = await asked_to_open(box.browser)
    assert (await box.browser.post("/lock/open", passkey.fields(options))).location == "/"
    assert (await box.browser.get("/users")).status == 200


async def test_five_wrong_passkeys_end_the_session(box: StaffBox) -> None:
    passkey = await add(box.browser)
    await box.browser.post("/lock", {})
    for _ in range(5):
        fields = passkey.fields(await asked_to_open(box.browser), Wrong(flags=0))
        assert (await box.browser.post("/lock/open", fields)).status == 422
    fields = passkey.fields(await asked_to_open(box.browser))
    assert (await box.browser.post("/lock/open", fields)).location.startswith("/login")


async def test_wrong_passkeys_are_counted_like_passwords(box: StaffBox) -> None:
    passkey = await add(box.browser)
    await log_out(box)
    for _ in range(10):
        assert (await log_in(box.browser, passkey, Wrong(flags=0))).status == 422
    page = await log_in(box.browser, passkey)
    assert page.status == 429 and "Zu viele Versuche" in page.words
    done = await box.browser.post(
        "/login", {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
    )
    assert done.location == "/"  # a password has a budget of its own


async def test_a_challenge_lasts_five_minutes(box: StaffBox) -> None:
    passkey = await add(box.browser)
    fields = passkey.fields(await asked_to_open(box.browser))
    box.clock.forward(timedelta(minutes=5))
    assert (await box.browser.post("/login/passkey", fields)).status == 422
    fields = passkey.fields(await asked_to_open(box.browser))
    box.clock.forward(timedelta(minutes=4, seconds=59))
    assert (await box.browser.post("/login/passkey", fields)).location == "/"


async def test_a_copied_passkey_is_refused_once_the_original_was_used(box: StaffBox) -> None:
    passkey = await add(box.browser)
    copied = replace(passkey)
    for _ in range(2):
        assert (await log_in(box.browser, passkey)).location == "/"
    assert (await log_in(box.browser, copied)).status == 422
