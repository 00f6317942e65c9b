"""Passkeys on the staff door: the page where they are added, listed and removed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.store.audit.audit import Action, Noted
from practicebox.store.audit.log import Filter
from tests.web.authenticator import Passkey, Wrong, data, new_key
from tests.web.passkey_world import (
    AT_NAME,
    HOST,
    ORIGIN,
    TYPED,
    add,
    ask,
    asked_to_open,
    log_in,
    log_out,
    make,
)
from tests.web.people_world import bert_joins, second_window
from tests.web.staff_box import Browser, StaffBox, found, staff_box


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


async def test_a_passkey_is_added_and_listed(box: StaffBox) -> None:
    assert "Sie haben noch keinen Passkey." in (await box.browser.get("/passkeys")).words
    await add(box.browser, "Schlüssel am Bund")
    page = await box.browser.get("/passkeys?said=passkey_added")
    assert "Ab jetzt können Sie sich mit ihm anmelden." in page.words
    assert "Schlüssel am Bund Hinzugefügt am 18.01.2027 Noch nicht benutzt" in page.words
    assert 'aria-label="Passkey Schlüssel am Bund entfernen"' in page.source


async def test_what_the_browser_is_asked(box: StaffBox) -> None:
    asked = await ask(box.browser, "/passkeys/options", TYPED)
    create, use = asked["create"], asked["use"]
    assert create["rp"] == {"id": HOST, "name": "Praxis Winkler"}
    assert (create["user"]["name"], create["user"]["displayName"]) == ("MartinW", "Martin Winkler")
    assert create["authenticatorSelection"]["userVerification"] == "required"
    assert create["authenticatorSelection"]["residentKey"] == "required"
    assert (create["attestation"], create["extensions"]) == ("none", {"prf": {}})
    assert (use["rpId"], use["userVerification"]) == (HOST, "required")
    assert data(use["extensions"]["prf"]["eval"]["first"]) == b"PracticeBox/1 passkey opens vault"
    assert len(data(create["challenge"])) == 32
    again = await ask(box.browser, "/passkeys/options", TYPED)
    assert again["create"]["challenge"] != create["challenge"]
    assert again["create"]["user"]["id"] == create["user"]["id"]


async def test_a_second_passkey_goes_to_another_device(box: StaffBox) -> None:
    first = await add(box.browser)
    asked = await ask(box.browser, "/passkeys/options", TYPED)
    assert [data(one["id"]) for one in asked["create"]["excludeCredentials"]] == [first.id]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": "  "}, "name", "Bitte geben Sie dem Passkey einen Namen."),
        ({"password": ""}, "password", "Bitte geben Sie Ihr Passwort ein."),
        ({"password": "falsch falsch"}, "password", "Das ist nicht Ihr Passwort."),
    ],
)
async def test_nothing_is_made_without_name_and_password(
    box: StaffBox, changes: dict[str, str], field: str, sentence: str
) -> None:
    page = await box.browser.post("/passkeys/options", {**TYPED, **changes})
    assert (page.status, json.loads(page.source)) == (422, {"errors": {field: sentence}})
    assert "pb-challenge" not in page.cookies
    late = await box.browser.post("/passkeys", {**TYPED, **changes})
    assert (late.status, late.typed["password"]) == (422, "")


async def test_the_password_is_asked_again_at_the_end(box: StaffBox) -> None:
    passkey = Passkey(ORIGIN)
    asked = await ask(box.browser, "/passkeys/options", TYPED)
    fields = {
        **TYPED,
        "secret_created": json.dumps(passkey.create(asked["create"])),
        **passkey.fields(asked["use"]),
    }
    page = await box.browser.post("/passkeys", {**fields, "password": "falsch falsch"})
    assert (page.status, page.focused) == (422, "password")
    assert "Sie haben noch keinen Passkey." in page.words


async def test_wrong_passwords_are_counted(box: StaffBox) -> None:
    wrong = {**TYPED, "password": "falsch falsch"}
    for _ in range(10):
        assert (await box.browser.post("/passkeys/options", wrong)).status == 422
    page = await box.browser.post("/passkeys/options", TYPED)
    assert "zu viele falsche Passwörter" in json.loads(page.source)["errors"]["password"]


async def test_nobody_has_more_than_ten(box: StaffBox) -> None:
    for number in range(10):
        await add(box.browser, f"Nummer {number}")
    page = await make(box.browser, Passkey(ORIGIN))
    assert page.status == 422
    assert "Sie haben schon 10 Passkeys." in page.words


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
async def test_each_algorithm_works(box: StaffBox, algorithm: int) -> None:
    passkey = Passkey(ORIGIN, new_key(algorithm))
    assert (await make(box.browser, passkey)).status == 303
    await log_out(box)
    assert (await log_in(box.browser, passkey)).location == "/"


async def test_an_authenticator_need_not_name_its_owner_to_whom_it_was_just_made(
    box: StaffBox,
) -> None:
    assert (await make(box.browser, Passkey(ORIGIN), second=Wrong(handle=b""))).status == 303


async def test_a_removed_passkey_no_longer_logs_in(box: StaffBox) -> None:
    passkey = await add(box.browser)
    id_ = (await box.browser.get("/passkeys")).typed["passkey"]
    page = await box.browser.post("/passkeys/remove", {"passkey": id_})
    assert page.location == "/passkeys?said=passkey_removed"
    again = await box.browser.post("/passkeys/remove", {"passkey": id_})
    assert again.location == "/passkeys?said=passkey_removed"
    assert "Sie haben noch keinen Passkey." in (await box.browser.get("/passkeys")).words
    assert (await log_in(box.browser, passkey)).status == 422


async def test_a_colleague_sees_and_removes_only_their_own(box: StaffBox) -> None:
    passkey = await add(box.browser, "Martins Schlüssel")
    id_ = (await box.browser.get("/passkeys")).typed["passkey"]
    bert = await second_window(box)
    bert.headers.update(AT_NAME)
    await bert_joins(box, bert)
    assert "Martins Schlüssel" not in (await bert.get("/passkeys")).words
    assert (await bert.post("/passkeys/remove", {"passkey": id_})).status == 303
    assert (await log_in(box.browser, passkey)).location == "/"


async def test_nothing_of_an_answer_reaches_log_or_page(
    box: StaffBox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    passkey = await add(box.browser, "Kanarienvogel")
    options = await asked_to_open(box.browser)
    fields = passkey.fields(options)
    page = await box.browser.post("/login/passkey", fields)
    wrong = await box.browser.post("/login/passkey", fields)
    assert (page.status, wrong.status) == (303, 422)
    records = [str(vars(r)) for r in caplog.records if r.name.startswith("practicebox")]
    for secret in ("Kanarienvogel", fields["secret_prf"], passkey.id.hex(), options["challenge"]):
        assert not [record for record in records if secret in record]
        assert secret not in wrong.source


async def test_the_log_says_which_passkey(box: StaffBox) -> None:
    passkey = await add(box.browser, "iPhone")
    await log_in(box.browser, passkey)
    entries = (await box.store.audit.page(Filter(), 3)).entries
    noted = [one.entry for one in entries if isinstance(one, Noted)]
    assert [(e.action, e.detail) for e in noted] == [
        (Action.LOGOUT, ""),
        (Action.LOGIN_BY_PASSKEY, "iPhone"),
        (Action.PASSKEY_ADDED, "iPhone"),
    ]
    words = (await box.browser.get("/audit")).words
    assert "hat sich mit dem Passkey „iPhone“ angemeldet." in words
    assert "hat den Passkey „iPhone“ hinzugefügt." in words
