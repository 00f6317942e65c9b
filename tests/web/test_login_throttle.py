"""Guessing passwords: what is tried at all, and that nobody who works here is locked out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from practicebox.store.conditions import WrongCredentials
from practicebox.store.vault.argon import Argon
from practicebox.store.vault.kdf import Cost
from practicebox.web.staff.throttle import (
    ACCOUNT_SLIPS,
    DEVICE_SLIPS,
    SOURCE_SLIPS,
    STRANGERS,
    THROTTLE,
    Throttle,
    TooMany,
)
from tests.web.staff_box import GOOD_PASSWORD, Browser, Page, StaffBox, found, staff_box

WRONG = "Sie haben leider einen falschen Benutzernamen"
WAIT = "Es gab zu viele falsche Passwörter."


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[StaffBox]:
    async with staff_box(tmp_path) as opened:
        await found(opened.browser)
        await opened.browser.post("/logout", {})
        yield opened


@pytest.fixture
def argon_runs(monkeypatch: pytest.MonkeyPatch) -> list[Cost]:
    runs: list[Cost] = []
    stretch = Argon.stretch

    async def counted(self: Argon, password: str, salt: bytes, cost: Cost) -> bytes:
        runs.append(cost)
        return await stretch(self, password, salt, cost)

    monkeypatch.setattr(Argon, "stretch", counted)
    return runs


async def log_in(browser: Browser, password: str = "falsch", user: str = "MartinW") -> Page:
    fields = {"organisation": "PWinkler", "user": user, "password": password}
    return await browser.post("/login", fields)


async def test_a_stranger_may_guess_a_little_and_costs_nothing_more(
    box: StaffBox, argon_runs: list[Cost]
) -> None:
    stranger = await box.other_browser()
    for _ in range(ACCOUNT_SLIPS):
        page = await log_in(stranger)
        assert page.status == 422 and WRONG in page.words
    argon_runs.clear()
    for spelling in ("MartinW", " martinw ", "MARTINW"):
        page = await log_in(stranger, GOOD_PASSWORD, spelling)
        assert page.status == 429 and WAIT in page.words
        assert page.typed["user"] == spelling and page.typed["password"] == ""
    assert argon_runs == []


async def test_who_works_here_is_never_locked_out_by_strangers(box: StaffBox) -> None:
    stranger = await box.other_browser()
    for _ in range(ACCOUNT_SLIPS + 5):
        await log_in(stranger)
    assert (await log_in(stranger, GOOD_PASSWORD)).status == 429
    assert (await log_in(box.browser)).status == 422
    assert (await log_in(box.browser, GOOD_PASSWORD)).location == "/"


async def test_a_workstation_has_a_budget_too_and_it_comes_back(box: StaffBox) -> None:
    clock = Clock()
    assert box.server.app is not None
    box.server.app[THROTTLE].__init__(clock)  # type: ignore[misc] # the app is frozen
    for _ in range(DEVICE_SLIPS):
        assert (await log_in(box.browser)).status == 422
    page = await log_in(box.browser, GOOD_PASSWORD)
    assert page.status == 429 and "warten Sie eine Minute" in page.words
    assert (await log_in(box.browser, user="Somebody")).status == 422  # a colleague may
    clock.now += 61
    assert (await log_in(box.browser, GOOD_PASSWORD)).location == "/"


async def test_an_unknown_user_is_counted_like_a_known_one(box: StaffBox) -> None:
    stranger = await box.other_browser()
    pages = [await log_in(stranger, user="Niemand") for _ in range(ACCOUNT_SLIPS + 1)]
    assert [page.status for page in pages] == [422] * ACCOUNT_SLIPS + [429]


async def test_right_passwords_cost_nothing(box: StaffBox) -> None:
    for _ in range(DEVICE_SLIPS * 2):
        assert (await log_in(box.browser, GOOD_PASSWORD)).location == "/"


def test_many_accounts_from_one_address_are_counted_together() -> None:
    throttle, failed = Throttle(Clock()), 0
    for number in range(100):
        try:
            with throttle.stranger(b"192.0.2.7", b"account %d" % number):
                raise WrongCredentials
        except WrongCredentials:
            failed += 1
        except TooMany:
            pass
    assert failed == SOURCE_SLIPS


def test_few_strangers_at_a_time_make_the_box_work() -> None:
    throttle = Throttle(Clock())
    with ExitStack() as stack:
        for number in range(STRANGERS):
            stack.enter_context(throttle.stranger(b"source %d" % number, b"account %d" % number))
        with pytest.raises(TooMany), throttle.stranger(b"other", b"other"):
            pass
        with throttle.known("device", b"account"):
            pass
    with throttle.stranger(b"other", b"other"):
        pass
