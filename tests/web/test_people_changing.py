"""Another name or role for a colleague, on the Hauptnutzer's page and on the colleague's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.practice.names import clean
from practicebox.store.records import User
from practicebox.web.staff.user_form import LONGEST
from tests.data.hostile_names import EMPTY, MARKER, NAMES
from tests.web.people_world import (
    BERT,
    bert_joins,
    second_window,
)
from tests.web.staff_box import Browser, StaffBox, found, staff_box
from tests.web.test_hostile_names import Elements, is_bounded

MARRIED = {**BERT, "salutation": "none", "title": "", "last_name": "Brandt-Krejčová"}


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice, and its first browser logged in."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        yield opened


async def bert_of(box: StaffBox) -> User:
    [bert] = [user for user in await box.store.people.everybody() if user.role != "admin"]
    return bert


async def logged_in_bert(box: StaffBox) -> tuple[str, Browser]:
    """Bert's id, and his browser beside the Hauptnutzer's."""
    browser = await second_window(box)
    return await bert_joins(box, browser), browser


async def test_the_form_begins_with_what_is_known(box: StaffBox) -> None:
    id_ = await bert_joins(box)
    assert f'href="/users/{id_}/edit"' in (await box.browser.get("/users")).source
    page = await box.browser.get(f"/users/{id_}/edit")
    assert "Name und Rolle von Dr. Bert Brandt" in page.words
    assert page.typed.items() >= BERT.items()
    assert "Eine andere Rolle gilt sofort" in page.words
    assert "an einen Behandler weiter" in page.words


async def test_another_name_is_everywhere_and_logs_nobody_out(box: StaffBox) -> None:
    id_, bert = await logged_in_bert(box)
    page = await box.browser.post(f"/users/{id_}/edit", MARRIED)
    assert page.location == "/users?said=saved"
    assert "Gespeichert." in (await box.browser.get(page.location)).words
    for browser in (box.browser, bert):
        assert "Bert Brandt-Krejčová" in (await browser.get("/users")).words
    assert "BertB hat einen" not in (await box.browser.get("/audit")).words
    assert "MartinW hat einen Namen geändert: BertB." in (await box.browser.get("/audit")).words


async def test_what_the_form_does_not_ask_for_stays(box: StaffBox) -> None:
    """A colleague's number and address, which other pages keep."""
    id_ = await bert_joins(box)
    known = (await bert_of(box)).person
    person = type(known)(**{**vars(known), "lanr": "123456789", "email": "bert@example.org"})
    await box.store.change_person(id_, person)
    await box.browser.post(f"/users/{id_}/edit", MARRIED)
    changed = (await bert_of(box)).person
    assert (changed.lanr, changed.email) == ("123456789", "bert@example.org")
    assert changed.last_name == "Brandt-Krejčová"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"salutation": ""}, "salutation", "Bitte wählen Sie eine Anrede."),
        ({"first_name": "  "}, "first_name", "Vornamen"),
        ({"last_name": ""}, "last_name", "Nachnamen"),
        ({"role": ""}, "role", "welche Aufgabe"),
        ({"role": "admin"}, "role", "welche Aufgabe"),
        ({"role": "chief"}, "role", "welche Aufgabe"),
    ],
)
async def test_a_mistake_is_said_beside_its_field_and_loses_nothing(
    box: StaffBox, changes: dict[str, str], field: str, words: str
) -> None:
    id_ = await bert_joins(box)
    page = await box.browser.post(f"/users/{id_}/edit", {**MARRIED, **changes})
    assert (page.status, page.focused) == (422, field)
    assert words in page.words and f'id="{field}-error"' in page.source
    kept = {name: value for name, value in MARRIED.items() if name != field}
    assert kept.items() <= page.typed.items()
    assert "Name und Rolle von Dr. Bert Brandt" in page.words
    bert = await bert_of(box)
    assert (bert.person.last_name, bert.role) == ("Brandt", "clinician")


@pytest.mark.slow
async def test_a_hostile_name_does_no_harm(box: StaffBox) -> None:
    id_, bert = await logged_in_bert(box)
    harmless = await _everywhere(box, bert, id_, f"Bert {MARKER}")
    for name in NAMES.values():
        assert await _everywhere(box, bert, id_, name) == harmless, name


async def _everywhere(box: StaffBox, bert: Browser, id_: str, name: str) -> list[list[str]]:
    """Give Bert that name and look where it stands; what on each page could do harm."""
    page = await box.browser.post(f"/users/{id_}/edit", {**BERT, "first_name": name})
    assert page.location == "/users?said=saved"
    kept = (await bert_of(box)).person.first_name
    assert kept and kept == clean(kept) and len(kept) <= LONGEST and is_bounded(kept)
    elements = []
    for browser, path in (
        (box.browser, "/users"),
        (box.browser, f"/users/{id_}/edit"),
        (box.browser, f"/users/{id_}/leave"),
        (box.browser, "/appointments/new"),
        (bert, "/users"),
    ):
        page = await browser.get(path)
        seen = Elements(page.source)
        assert page.status == 200 and (kept in seen.text or kept in page.typed.values()), path
        elements.append(seen.found)
    return elements


@pytest.mark.parametrize("name", EMPTY)
async def test_a_name_that_shows_nothing_is_missing(box: StaffBox, name: str) -> None:
    id_ = await bert_joins(box)
    page = await box.browser.post(f"/users/{id_}/edit", {**BERT, "last_name": name})
    assert (page.status, page.focused) == (422, "last_name")
    page = await box.browser.post("/users/new", {**BERT, "last_name": name})
    assert (page.status, page.focused) == (422, "last_name")


async def test_the_main_user_and_who_has_left_have_no_form(box: StaffBox) -> None:
    [martin] = await box.store.users()
    gone = await bert_joins(box)
    await box.browser.post(f"/users/{gone}/leave", {})
    listed = (await box.browser.get("/users")).source
    for id_ in (martin.id, gone, "AAAAAAAAAAAAAAAA"):
        assert f"/users/{id_}/edit" not in listed
        assert (await box.browser.get(f"/users/{id_}/edit")).status == 404
        assert (await box.browser.post(f"/users/{id_}/edit", BERT)).status == 404
    assert [user.role for user in await box.store.users()] == ["admin"]
    assert 'href="/organisation#salutation"' in listed  # where his own name is changed


async def test_nobody_changes_a_role_but_the_main_user(box: StaffBox) -> None:
    id_, bert = await logged_in_bert(box)
    assert f"/users/{id_}/edit" not in (await bert.get("/users")).source
    assert (await bert.get(f"/users/{id_}/edit")).status == 403
    assert (await bert.post(f"/users/{id_}/edit", {**BERT, "role": "reception"})).status == 403
    assert (await bert_of(box)).role == "clinician"
