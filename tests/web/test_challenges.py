"""Challenges for passkeys: for one purpose and one use, for five minutes, no more than fit."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from practicebox.web.staff.challenges import LIFETIME, MOST, Challenges, NoChallenge
from tests.web.staff_box import Clock


def test_a_challenge_is_for_one_use() -> None:
    challenges = Challenges(Clock())
    (ticket, first), (_, second) = (challenges.give("open", is_approved=True) for _ in range(2))
    assert first != second and len(first) == 32
    assert challenges.take(ticket, "open") == first
    for unknown in (ticket, "", "x" * 43):
        with pytest.raises(NoChallenge):
            challenges.take(unknown, "open")


def test_it_lasts_five_minutes() -> None:
    clock = Clock()
    challenges = Challenges(clock)
    early, _ = challenges.give("open", is_approved=True)
    clock.forward(LIFETIME - timedelta(seconds=1))
    late, _ = challenges.give("open", is_approved=False)
    clock.forward(timedelta(seconds=1))
    with pytest.raises(NoChallenge):
        challenges.take(early, "open")
    assert challenges.take(late, "open")


def test_it_is_for_one_purpose() -> None:
    challenges = Challenges(Clock())
    ticket, _ = challenges.give("add somebody", is_approved=True)
    for purpose in ("add somebody else", "open", "add somebody"):  # a try uses it up
        with pytest.raises(NoChallenge):
            challenges.take(ticket, purpose)


def test_strangers_take_none_from_an_approved_workstation() -> None:
    challenges = Challenges(Clock())
    mine, expected = challenges.give("open", is_approved=True)
    tickets = [challenges.give("open", is_approved=False)[0] for _ in range(MOST * 10)]
    assert challenges.take(mine, "open") == expected
    kept = 0
    for ticket in tickets:
        with suppress(NoChallenge):
            challenges.take(ticket, "open")
            kept += 1
    assert kept == MOST
