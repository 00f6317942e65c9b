"""What the recovery does about slips of the pen, and about guesses."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import Cost
from practicebox.web.staff.attempts import NETWORK_SLIPS, SLIPS, STRANGERS
from practicebox.web.staff.recover import ATTEMPTS
from tests.web.addresses import browser_at
from tests.web.lost_world import NEW, Lost, lost_world

FAILED = (
    "Das Masterpasswort oder der Kurzname des Benutzers stimmt nicht. "
    "Bitte vergleichen Sie beides mit Ihrer Übersicht."
)
WAIT = "Es gab zu viele Fehlversuche. Bitte warten Sie 10 Minuten"
WRONG = "falsch geraten"
TEN_MINUTES = 600.0  # seconds


@pytest.fixture
async def lost(tmp_path: Path) -> AsyncIterator[Lost]:
    async with lost_world(tmp_path) as world:
        yield world


@pytest.fixture
def argon_runs(monkeypatch: pytest.MonkeyPatch) -> list[Cost]:
    """The cost of every run of Argon2id from now on."""
    runs: list[Cost] = []
    stretch = Argon.stretch

    async def counted(self: Argon, password: str, salt: bytes, cost: Cost) -> bytes:
        runs.append(cost)
        return await stretch(self, password, salt, cost)

    monkeypatch.setattr(Argon, "stretch", counted)
    return runs


async def test_wrong_master_password_and_unknown_user_get_one_answer(lost: Lost) -> None:
    wrong = await lost.post(master="falsch geraten")
    unknown = await lost.post(user="Niemand")
    assert (wrong.status, unknown.status) == (422, 422)
    assert FAILED in wrong.words and wrong.words == unknown.words
    assert wrong.focused == unknown.focused == "master"
    for page in (wrong, unknown):
        assert not {"pb-session", "pb-device"} & set(page.cookies)
    assert (await lost.box.browser.get("/users")).status == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"master": " "}, "master"),
        ({"user": " "}, "user"),
        ({"new": "kurz", "new_again": "kurz"}, "new"),
        ({"new": "x" * 129, "new_again": "x" * 129}, "new"),
        ({"new": "PWinkler", "new_again": "PWinkler"}, "new"),
        ({"new_again": NEW + "!"}, "new_again"),
        ({"device": ""}, "device"),
    ],
)
async def test_mistakes_keep_all_but_the_passwords_and_cost_no_attempt(
    lost: Lost, argon_runs: list[Cost], changes: dict[str, str], field: str
) -> None:
    typed = {**lost.fields(), **changes}
    for _ in range(SLIPS + 1):
        page = await lost.post_all(typed)
    assert (page.status, page.focused) == (422, field)
    assert f'id="{field}-error"' in page.source
    assert page.typed["user"] == typed["user"] and page.typed["device"] == typed["device"]
    assert page.typed["master"] == page.typed["new"] == page.typed["new_again"] == ""
    assert argon_runs == []


async def test_the_master_password_itself_is_no_new_password(lost: Lost) -> None:
    master = " ".join(lost.words)
    page = await lost.post(new=master, new_again=master)
    assert (page.status, page.focused) == (422, "new")


async def test_after_five_failures_a_browser_has_to_wait(
    lost: Lost, argon_runs: list[Cost], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(SLIPS):
        assert (await lost.post(master=WRONG)).status == 422
    argon_runs.clear()
    refused = await lost.post()  # even though it is right
    assert refused.status == 429 and WAIT in refused.words
    assert "muss niemand wegen der Fehler anderer warten" in refused.words
    assert (refused.typed["user"], refused.typed["device"]) == ("MartinW", "Empfang")
    assert refused.typed["master"] == refused.typed["new"] == ""
    assert argon_runs == []
    _pass_time(lost, monkeypatch, TEN_MINUTES)
    assert (await lost.post()).location == "/?said=recovered"


async def test_a_hostile_address_keeps_no_other_from_recovering(lost: Lost) -> None:
    hostile = await browser_at(lost.box, "127.0.0.66")
    for _ in range(SLIPS):
        assert (await lost.post(hostile, master=WRONG)).status == 422
    assert (await lost.post(hostile)).status == 429
    honest = await browser_at(lost.box, "127.0.0.5")
    assert (await lost.post(honest, master=WRONG)).status == 422  # a slip of the pen
    assert (await lost.post(honest)).location == "/?said=recovered"


async def test_a_hostile_network_keeps_neither_another_nor_a_workstation_from_recovering(
    lost: Lost,
) -> None:
    for number in range(NETWORK_SLIPS):
        hostile = await browser_at(lost.box, f"127.7.7.{number + 1}")
        assert (await lost.post(hostile, master=WRONG)).status == 422
    assert (await lost.post(await browser_at(lost.box, "127.7.7.200"))).status == 429
    elsewhere = await browser_at(lost.box, "127.8.8.1")
    assert (await lost.post(elsewhere, master=WRONG)).status == 422
    workstation = await browser_at(lost.box, "127.7.7.201")
    secret = lost.box.browser.cookie("device")
    workstation.client.session.cookie_jar.update_cookies({"pb-device": secret})
    assert (await lost.post(workstation)).location == "/?said=recovered"


async def test_success_does_not_let_the_guesser_go_on(lost: Lost) -> None:
    hostile = await browser_at(lost.box, "127.0.0.66")
    for _ in range(SLIPS):
        await lost.post(hostile, master=WRONG)
    assert (await lost.post()).location == "/?said=recovered"
    assert (await lost.post(hostile)).status == 429


async def test_guesses_at_once_are_counted_before_they_fail(
    lost: Lost, argon_runs: list[Cost]
) -> None:
    for _ in range(4):
        guesses = [lost.post(master=WRONG) for _ in range(SLIPS + 3)]
        statuses = [page.status for page in await asyncio.gather(*guesses)]
        assert statuses.count(422) <= STRANGERS and set(statuses) <= {422, 429}
    assert len(argon_runs) == 2 * SLIPS


async def test_an_unknown_short_name_counts_like_a_wrong_master_password(lost: Lost) -> None:
    for _ in range(SLIPS):
        assert (await lost.post(user="Niemand")).status == 422
    assert (await lost.post()).status == 429


async def test_a_guess_costs_at_most_two_runs_for_the_master_password(
    lost: Lost, argon_runs: list[Cost]
) -> None:
    await lost.post(master="falsch geraten")
    assert len(argon_runs) == 2  # master password and new password
    argon_runs.clear()
    await lost.post(master="-".join(reversed(lost.words)))
    assert len(argon_runs) == 4  # the same for each of two readings


async def test_another_site_can_not_recover_anything(lost: Lost) -> None:
    lost.newcomer.headers["Origin"] = "https://evil.example"
    assert (await lost.post()).status == 403
    assert (await lost.box.browser.get("/users")).status == 200


async def test_nothing_typed_reaches_the_log(lost: Lost, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await lost.post(master="falsch geraten")
        await lost.post()
    logged = " ".join(str(vars(record)) for record in caplog.records)
    for secret in ("falsch geraten", " ".join(lost.words), NEW, "MartinW", "Empfang"):
        assert secret not in logged


def _pass_time(lost: Lost, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the steady clock of the count go on."""
    app = lost.box.server.app
    assert app is not None
    began = app[ATTEMPTS]._clock
    monkeypatch.setattr(app[ATTEMPTS], "_clock", lambda: began() + seconds)
