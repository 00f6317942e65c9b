"""Users on the staff door: invited by code, the first login, the end of an access."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.web.staff.attempts import SLIPS
from tests.web.addresses import browser_at
from tests.web.people_world import (
    BERT,
    BERTS,
    invite,
    second_window,
)
from tests.web.staff_box import StaffBox, found, staff_box

HOSTILE = "<script>alert(1)</script>\u202e=1+1"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


# Invitation


async def test_the_code_is_shown_once_with_the_way_to_use_it(box: StaffBox) -> None:
    page = await box.browser.post("/users/new", BERT)
    assert "Einmalcode für Dr. Bert Brandt" in page.words
    assert "Er gilt bis 25.01.2027, 09:00 Uhr, und nur einmal." in page.words
    listed = await box.browser.get("/users")
    assert "Dr. Bert Brandt Eingeladen" in listed.words
    assert "Der Einmalcode gilt bis 25.01.2027, 09:00 Uhr." in listed.words
    code = page.source.partition('id="code">')[2][:19]
    assert code not in listed.source


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("salutation", "Bitte wählen Sie eine Anrede."),
        ("first_name", "Vornamen"),
        ("last_name", "Nachnamen"),
        ("role", "welche Aufgabe"),
    ],
)
async def test_what_is_missing_is_said_beside_its_field(
    box: StaffBox, missing: str, words: str
) -> None:
    page = await box.browser.post("/users/new", {**BERT, missing: ""})
    assert (page.status, page.focused) == (422, missing)
    assert words in page.words
    kept = {name: value for name, value in BERT.items() if name != missing}
    assert kept.items() <= page.typed.items()
    assert len(await box.store.people.everybody()) == 1


async def test_nobody_is_invited_as_main_user(box: StaffBox) -> None:
    assert (await box.browser.post("/users/new", {**BERT, "role": "admin"})).status == 422


async def test_hostile_names_are_shown_harmlessly(box: StaffBox) -> None:
    await invite(box, {"first_name": HOSTILE, "last_name": "🙂" * 3_000})
    page = await box.browser.get("/users")
    assert "<script>alert" not in page.source
    assert page.source.count("🙂") <= 120


# The first login


async def test_a_colleague_begins_at_the_same_workstation(box: StaffBox) -> None:
    invited, bert = await invite(box), await second_window(box)
    page = await bert.post("/login/join", invited.fields(code=invited.code.lower()))
    assert page.location == "/?said=joined"
    assert "Willkommen." in (await bert.get("/?said=joined")).words
    assert (await box.browser.get("/users")).status == 200  # the Hauptnutzer stays logged in
    assert "Kurzname BertB" in (await box.browser.get("/users")).words


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "K7QM"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "0000-0000-0000-0000"}, "code"),
        ({"user": "B"}, "user"),
        ({"user": "martinW"}, "user"),
        ({"new": "kurz"}, "new"),
        ({"new_again": "anders als oben"}, "new_again"),
    ],
)
async def test_a_mistake_costs_neither_the_code_nor_what_was_typed(
    box: StaffBox, changes: dict[str, str], field: str
) -> None:
    invited, bert = await invite(box), await second_window(box)
    page = await bert.post("/login/join", invited.fields(**changes))
    assert (page.status, page.focused) == (422, field)
    typed = invited.fields(**changes)
    assert (page.typed["code"], page.typed["user"]) == (typed["code"], typed["user"])
    assert BERTS not in page.source
    assert (await bert.post("/login/join", invited.fields())).status == 303


async def test_guessing_codes_is_stopped_for_a_while(box: StaffBox) -> None:
    invited, hostile = await invite(box), await browser_at(box, "127.0.0.66")
    wrong = invited.fields(code="0000-0000-0000-0000")
    for _ in range(SLIPS):
        assert (await hostile.post("/login/join", wrong)).status == 422
    refused = await hostile.post("/login/join", invited.fields())
    assert refused.status == 429 and "Bitte warten Sie 10 Minuten" in refused.words
    assert (refused.typed["code"], refused.typed["user"]) == (invited.code, "BertB")
    assert BERTS not in refused.source


async def test_who_guesses_codes_keeps_nobody_else_from_joining(box: StaffBox) -> None:
    invited, hostile = await invite(box), await browser_at(box, "127.0.0.66")
    wrong = invited.fields(code="0000-0000-0000-0000")
    for _ in range(SLIPS + 1):
        page = await hostile.post("/login/join", wrong)
    assert page.status == 429
    new = await browser_at(box, "127.0.0.5")
    assert (await new.post("/login/join", wrong)).status == 422
    assert (await new.post("/login/join", invited.fields())).status == 303


async def test_a_taken_short_name_and_a_locked_box_cost_no_try(box: StaffBox) -> None:
    invited, new = await invite(box), await box.other_browser()
    for _ in range(SLIPS + 1):
        page = await new.post("/login/join", invited.fields(user="martinw"))
        assert (page.status, page.focused) == (422, "user")
    box.store.lock()
    for _ in range(SLIPS + 1):
        assert (await new.post("/login/join", invited.fields())).status == 409


async def test_a_locked_box_asks_to_wait(box: StaffBox) -> None:
    invited, new = await invite(box), await box.other_browser()
    box.store.lock()
    page = await new.post("/login/join", invited.fields())
    assert page.status == 409
    assert "der Code bleibt gültig" in page.words
    assert (await (await second_window(box)).post("/login/join", invited.fields())).status == 303


async def test_a_lost_code_is_replaced(box: StaffBox) -> None:
    invited, bert = await invite(box), await second_window(box)
    page = await box.browser.post(f"/users/{invited.id}/code", {})
    assert page.status == 200
    assert invited.code not in page.source
    assert (await bert.post("/login/join", invited.fields())).status == 422


# The end of an access
