"""Answers about passkeys that were right once, or somewhere else: old, twice, of another browser,
of another purpose, of another passkey."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.authenticator import (
    Passkey,
    Wrong,
    text,
)
from tests.web.passkey_world import (
    AT_NAME,
    HOST,
    NOT_ADDED,
    ORIGIN,
    TYPED,
    add,
    ask,
    asked_to_open,
    assert_refused,
    log_in,
    log_out,
)
from tests.web.staff_box import StaffBox, found, staff_box


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in at the box's name."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        opened.browser.headers.update(AT_NAME)
        yield opened


async def test_an_answer_counts_once(box: StaffBox) -> None:
    passkey = await add(box.browser)
    fields = passkey.fields(await asked_to_open(box.browser))
    pages = [await box.browser.post("/login/passkey", fields) for _ in range(2)]
    assert pages[0].location == "/"
    assert_refused(pages[1])


async def test_of_the_same_answer_twice_at_once_one_counts(box: StaffBox) -> None:
    passkey = await add(box.browser)
    fields = passkey.fields(await asked_to_open(box.browser))
    posts = [box.browser.post("/login/passkey", fields) for _ in range(2)]
    pages = await asyncio.gather(*posts)
    assert sorted(page.status for page in pages) == [303, 422]


async def test_a_refused_answer_uses_its_challenge_up(box: StaffBox) -> None:
    passkey = await add(box.browser)
    options = await asked_to_open(box.browser)
    assert_refused(
        await box.browser.post("/login/passkey", passkey.fields(options, Wrong(flags=0)))
    )
    assert_refused(await box.browser.post("/login/passkey", passkey.fields(options)))


async def test_another_browser_can_not_use_the_challenge(box: StaffBox) -> None:
    """Somebody who sees an answer, and even has the workstation's cookie, lacks that of the
    challenge."""
    passkey = await add(box.browser)
    fields = passkey.fields(await asked_to_open(box.browser))
    other = await box.other_browser()
    other.headers.update(AT_NAME)
    other.client.session.cookie_jar.update_cookies({"pb-device": box.browser.cookie("device")})
    assert_refused(await other.post("/login/passkey", fields))
    await asked_to_open(other)
    assert_refused(await other.post("/login/passkey", fields))
    assert (await box.browser.post("/login/passkey", fields)).location == "/"


async def test_the_challenge_of_a_new_passkey_opens_nothing(box: StaffBox) -> None:
    passkey = await add(box.browser)
    asked = await ask(box.browser, "/passkeys/options", TYPED)
    assert_refused(await box.browser.post("/login/passkey", passkey.fields(asked["use"])))


async def test_the_challenge_of_a_login_makes_no_passkey(box: StaffBox) -> None:
    passkey = Passkey(ORIGIN)
    asked = await ask(box.browser, "/passkeys/options", TYPED)
    options = await asked_to_open(box.browser)
    asked["create"]["challenge"] = options["challenge"]
    created = {"secret_created": json.dumps(passkey.create(asked["create"]))}
    page = await box.browser.post("/passkeys", {**TYPED, **created, **passkey.fields(options)})
    assert NOT_ADDED in page.words


async def test_another_secret_is_refused(box: StaffBox) -> None:
    passkey = await add(box.browser)
    for secret in ("", "A" * 43, text(passkey.seed), "A" * 200, "ä", text(bytes(31))):
        fields = {**passkey.fields(await asked_to_open(box.browser)), "secret_prf": secret}
        assert_refused(await box.browser.post("/login/passkey", fields))


async def test_an_unknown_passkey_is_refused(box: StaffBox) -> None:
    known = await add(box.browser)
    for stranger in (Passkey(ORIGIN, host=HOST), Passkey(ORIGIN, host=HOST, handle=known.handle)):
        assert_refused(await log_in(box.browser, stranger))
    with_his_id = Passkey(ORIGIN, host=HOST, handle=known.handle, id=known.id)
    assert_refused(await log_in(box.browser, with_his_id))
    with_his_secret = Passkey(
        ORIGIN, host=HOST, handle=known.handle, id=known.id, seed=known.seed, count=9
    )
    assert_refused(await log_in(box.browser, with_his_secret))


async def test_another_page_can_not_ask_or_answer(box: StaffBox) -> None:
    passkey = await add(box.browser)
    fields = passkey.fields(await asked_to_open(box.browser))
    box.browser.headers["Origin"] = "https://evil.example"
    for path in ("/login/passkey/options", "/login/passkey", "/passkeys/options", "/passkeys"):
        assert (await box.browser.post(path, {**TYPED, **fields})).status == 403


async def test_without_an_answer_the_login_is_shown_again(box: StaffBox) -> None:
    await log_out(box)
    assert (await box.browser.post("/login/passkey", {})).location == "/login"
