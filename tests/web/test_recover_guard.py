"""What the recovery does about slips of the pen, and about guesses."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import Cost
from practicebox.web.staff.recover import MOST_FAILURES, WINDOW
from tests.web.lost_world import NEW, Lost, lost_world

FAILED = (
    "Das Masterpasswort oder der Kurzname des Benutzers stimmt nicht. "
    "Bitte vergleichen Sie beides mit Ihrer Übersicht."
)
WAIT = "Bitte warten Sie 15 Minuten und versuchen Sie es dann erneut."


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
    for _ in range(MOST_FAILURES + 1):
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


async def test_after_five_failures_the_box_stops_listening_for_a_while(
    lost: Lost, argon_runs: list[Cost]
) -> None:
    for _ in range(MOST_FAILURES):
        assert (await lost.post(master="falsch geraten")).status == 422
    argon_runs.clear()
    refused = await lost.post()  # even though it is right
    assert refused.status == 429 and WAIT in refused.words
    assert (refused.typed["user"], refused.typed["device"]) == ("MartinW", "Empfang")
    assert refused.typed["master"] == refused.typed["new"] == ""
    assert argon_runs == []
    lost.box.clock.forward(WINDOW - timedelta(seconds=1))
    assert (await lost.post()).status == 429
    lost.box.clock.forward(timedelta(seconds=1))
    assert (await lost.post()).location == "/?said=recovered"


async def test_guesses_at_once_are_counted_before_they_fail(
    lost: Lost, argon_runs: list[Cost]
) -> None:
    guesses = [lost.post(master="falsch geraten") for _ in range(MOST_FAILURES + 3)]
    statuses = sorted(page.status for page in await asyncio.gather(*guesses))
    assert statuses == [422] * MOST_FAILURES + [429] * 3
    assert len(argon_runs) == 2 * MOST_FAILURES


async def test_success_and_a_corrected_clock_forgive_the_failures(lost: Lost) -> None:
    for _ in range(MOST_FAILURES - 1):
        await lost.post(master="falsch geraten")
    assert (await lost.post()).location == "/?said=recovered"
    for _ in range(MOST_FAILURES):
        assert (await lost.post(master="falsch geraten")).status == 422
    assert (await lost.post()).status == 429
    lost.box.clock.forward(timedelta(days=-30))
    assert (await lost.post()).location == "/?said=recovered"


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
