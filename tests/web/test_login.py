"""Login and logout: forgiving where it may be, equally silent where it may not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from practicebox.store.sql.database import Database
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import Cost
from practicebox.web.keys import DemoLogin
from practicebox.web.staff.door import make_door
from tests.web.staff_box import GOOD_PASSWORD, Browser, StaffBox, found, staff_box

LOGIN = {"organisation": "PWinkler", "user": "MartinW", "password": GOOD_PASSWORD}
FAILED = (
    "Fehler beim Login. Sie haben leider einen falschen Benutzernamen oder Ihr Passwort falsch "
    "eingegeben. Bitte prüfen Sie Ihre Eingaben und versuchen es erneut. OK"
)
WRONG = [
    {"organisation": "Nirgendwo"},
    {"user": "Niemand"},
    {"password": "Ein guter Satz 8"},
    {"organisation": "", "user": "", "password": ""},
    {"organisation": "Praxis Winkler", "user": "Martin Winkler"},
    {"user": "x" * 5000, "password": "y" * 5000},
    {"user": "\x00'; DROP TABLE users; --"},
]


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    """A box with a practice; its first browser is an approved device, but logged out."""
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        assert (await opened.browser.post("/logout", {})).location == "/login?said=logged_out"
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffBox]:
    """One box with a practice, for logins that change nothing in it."""
    async with staff_box(tmp_path_factory.mktemp("shared")) as opened:
        await found(opened.browser)
        yield opened


async def test_three_fields_lead_to_the_start(box: StaffBox) -> None:
    page = await box.browser.get("/login")
    for label in ("Kurzname der Organisation", "Kurzname des Benutzers", "Passwort", "Optionen"):
        assert label in page.words
    assert "EINLOGGEN" in page.words
    done = await box.browser.post("/login", LOGIN)
    assert (done.status, done.location) == (303, "/")
    assert (await box.browser.get("/users")).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": "  pwinkler "},
        {"organisation": "PWINKLER", "user": "\tmartinw  "},
        {"user": "MARTINW"},
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_blanks_and_case_of_short_names_are_forgiven(
    shared: StaffBox, changes: dict[str, str]
) -> None:
    assert (await shared.browser.post("/login", {**LOGIN, **changes})).location == "/"


async def test_blanks_and_case_of_the_password_count(box: StaffBox) -> None:
    for password in (GOOD_PASSWORD.upper(), f" {GOOD_PASSWORD}"):
        assert (await box.browser.post("/login", {**LOGIN, "password": password})).status == 422


async def test_a_password_may_have_128_characters(tmp_path: Path) -> None:
    longest = "Ein langer Satz. " * 7 + "Schluss !"
    assert len(longest) == 128
    async with staff_box(tmp_path) as box:
        await found(box.browser, password=longest, password_again=longest)
        box.browser.forget("session")
        right, wrong = {**LOGIN, "password": longest}, {**LOGIN, "password": longest + "!"}
        assert (await box.browser.post("/login", wrong)).status == 422
        assert (await box.browser.post("/login", right)).location == "/"


# What goes wrong


@pytest.mark.parametrize("changes", WRONG)
@pytest.mark.asyncio(loop_scope="module")
async def test_any_wrong_field_gets_the_same_words_and_keeps_what_was_typed(
    shared: StaffBox, changes: dict[str, str]
) -> None:
    typed = {**LOGIN, **changes}
    page = await shared.browser.post("/login", typed)
    assert page.status == 422
    assert FAILED in page.words
    assert {**page.typed, "password": typed["password"]} == typed
    assert page.typed["password"] == ""
    assert "pb-session" not in page.cookies
    assert page.words == (await shared.browser.post("/login", {**LOGIN, "user": "Niemand"})).words


async def test_the_frequent_causes_are_listed(box: StaffBox) -> None:
    page = await box.browser.post("/login", {**LOGIN, "password": "falsch"})
    for cause in ("Groß- und Kleinschreibung", "128 Zeichen", "Leerzeichen", "den vollen Namen"):
        assert cause in page.words


async def test_every_failure_costs_the_same_work(
    box: StaffBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await box.store.patients.settled()  # what is read after an unlocking is nobody's login
    log: list[object] = []
    stretch, run = Argon.stretch, Database.run

    async def counted_stretch(self: Argon, password: str, salt: bytes, cost: Cost) -> bytes:
        log.append((len(salt), cost))
        return await stretch(self, password, salt, cost)

    async def counted_run(self: Database, *args: object) -> object:
        log.append("query")
        return await run(self, *args)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(Argon, "stretch", counted_stretch)
    monkeypatch.setattr(Database, "run", counted_run)
    works = []
    for changes in ({"password": "falsch"}, {"user": "Niemand"}, {"organisation": "Nirgendwo"}):
        log.clear()
        await box.browser.post("/login", {**LOGIN, **changes})
        works.append(list(log))
    assert works[0] == works[1] == works[2]
    assert [entry for entry in works[0] if entry != "query"] == [(16, Cost(1, 8192))]


async def test_an_unknown_device_learns_what_to_do(box: StaffBox) -> None:
    other = await box.other_browser()
    page = await other.get((await other.post("/login", LOGIN)).location)
    assert "Dieser Arbeitsplatz ist nicht freigeschaltet." in page.words
    assert "ob er beim Schließen Cookies löscht" in page.words
    assert page.focused == "device"
    assert FAILED in (await other.post("/login", {**LOGIN, "password": "falsch"})).words


@pytest.mark.parametrize("value", ["", "garbage", "A" * 43, "ä" * 10, "x" * 3000])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_damaged_device_cookie_is_no_device(shared: StaffBox, value: str) -> None:
    other = await shared.other_browser()
    other.client.session.cookie_jar.update_cookies({"pb-device": value})
    assert (await other.post("/login", LOGIN)).location.startswith("/login/device")


async def test_another_site_can_not_log_anybody_in_or_out(box: StaffBox) -> None:
    await box.browser.post("/login", LOGIN)
    box.browser.headers["Origin"] = "https://evil.example"
    assert (await box.browser.post("/logout", {})).status == 403
    assert (await box.browser.post("/login", LOGIN)).status == 403
    assert (await box.browser.get("/users")).status == 200


async def test_browsers_send_their_origin_with_our_own_forms(box: StaffBox) -> None:
    """With "no-referrer" they would send "Origin: null", which the guard refuses."""
    async with box.browser.client.get("/login") as response:
        assert response.headers["Referrer-Policy"] == "same-origin"


async def test_nothing_typed_reaches_the_log(
    box: StaffBox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await box.browser.post("/login", {**LOGIN, "password": "falsch geheim"})
    await box.browser.post("/login", LOGIN)
    records = [str(vars(r)) for r in caplog.records if r.name.startswith("practicebox")]
    assert len(records) == 2
    for secret in ("PWinkler", "MartinW", "falsch geheim", GOOD_PASSWORD):
        assert not [record for record in records if secret in record]


# Sessions


async def test_logging_out_ends_the_session_for_good(box: StaffBox) -> None:
    await box.browser.post("/login", LOGIN)
    token = box.browser.cookie("session")
    await box.browser.post("/logout", {})
    assert box.browser.cookie("session") == ""
    box.browser.client.session.cookie_jar.update_cookies({"pb-session": token})
    assert (await box.browser.get("/users")).location == "/login"
    assert "Sie sind abgemeldet." in (await box.browser.get("/login?said=logged_out")).words


async def test_whoever_is_logged_in_needs_no_login(box: StaffBox) -> None:
    await box.browser.post("/login", LOGIN)
    assert (await box.browser.get("/login")).location == "/"


async def test_a_locked_box_asks_for_the_login_and_opens_with_it(box: StaffBox) -> None:
    await box.browser.post("/login", LOGIN)
    box.store.lock()
    assert (await box.browser.get("/users")).location == "/login"
    assert (await box.browser.get("/login")).status == 200
    assert (await box.browser.post("/login", LOGIN)).location == "/"
    assert box.store.vault.is_unlocked


async def test_each_login_renews_the_device_cookie(box: StaffBox) -> None:
    page = await box.browser.post("/login", LOGIN)
    assert page.cookies["pb-device"]["max-age"] == str(400 * 24 * 3600)
    session = page.cookies["pb-session"]
    assert (session["httponly"], session["samesite"], session["max-age"]) == (True, "Strict", "")


# Options


async def test_a_workstation_remembers_short_names_only_if_asked(box: StaffBox) -> None:
    await box.browser.post("/login", LOGIN)
    await box.browser.post("/logout", {})
    assert (await box.browser.get("/login")).typed["organisation"] == ""
    page = await box.browser.post("/login", {**LOGIN, "user": "martinw", "remember": "yes"})
    assert page.cookies["pb-names"]["httponly"]
    await box.browser.post("/logout", {})
    page = await box.browser.get("/login")
    assert (page.typed["organisation"], page.typed["user"]) == ("PWinkler", "martinw")
    assert (page.typed["password"], page.focused) == ("", "password")
    assert "remember" in page.ticked
    await box.browser.post("/login", LOGIN)
    await box.browser.post("/logout", {})
    assert (await box.browser.get("/login")).typed["organisation"] == ""


@pytest.mark.parametrize("value", ["garbage", "====", "w6Q=", "/////w=="])
async def test_a_damaged_memory_of_short_names_is_ignored(box: StaffBox, value: str) -> None:
    box.browser.client.session.cookie_jar.update_cookies({"pb-names": value})
    page = await box.browser.get("/login")
    assert (page.status, page.typed["organisation"]) == (200, "")


async def test_the_demonstration_shows_its_login(box: StaffBox) -> None:
    demo = DemoLogin("PWinkler", "MartinW", GOOD_PASSWORD, b"secret of its device")
    async with TestClient(TestServer(make_door(replace(box.services, demo=demo)))) as client:
        page = await Browser(client).get("/login")
    assert f"Organisation PWinkler, Benutzer MartinW, Passwort {GOOD_PASSWORD}" in page.words
    assert (page.typed["organisation"], page.typed["user"]) == ("PWinkler", "MartinW")
