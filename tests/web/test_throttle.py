"""Guessing access codes: what is looked up, what is asked for, and whom it never meets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Invitation
from practicebox.web.budgets import HOUR
from practicebox.web.patient.throttle import (
    ALARM,
    CEILING,
    KEPT_FOR_KNOWN,
    KNOWN_SLIPS,
    SLIPS,
    Paused,
    ProofWanted,
    Throttle,
    Visitor,
)
from tests.web.guessing import solve

HERE = Visitor(network=b"\x7f\x00\x00", known=None)
RIGHT = Invitation("id", "patient", datetime(2027, 1, 18, tzinfo=UTC), 30, "planned")


@dataclass
class Guessed:
    """A throttle on a clock of ours, and how often it has looked a code up."""

    now: float = 0.0
    looks: int = 0

    def __post_init__(self) -> None:
        self.throttle = Throttle(lambda: self.now)

    async def wrong(self, visitor: Visitor = HERE) -> str:
        return await self._try(visitor, None)

    async def right(self, visitor: Visitor = HERE) -> str:
        return await self._try(visitor, RIGHT)

    async def with_proof(self, visitor: Visitor, *, right: bool = False) -> str:
        """Try, solve what is asked for, try again."""
        try:
            await self.throttle.find(visitor, self._look(None))
        except ProofWanted as wanted:
            visitor = replace(visitor, puzzle=wanted.puzzle, answers=solve(wanted.puzzle))
        except UnknownInvitation:
            return "unknown"
        return await self._try(visitor, RIGHT if right else None)

    async def _try(self, visitor: Visitor, found: Invitation | None) -> str:
        try:
            await self.throttle.find(visitor, self._look(found))
        except UnknownInvitation:
            return "unknown"
        except ProofWanted:
            return "proof"
        except Paused:
            return "paused"
        return "in"

    def _look(self, found: Invitation | None) -> Callable[[], Awaitable[Invitation]]:
        async def look() -> Invitation:
            self.looks += 1
            await asyncio.sleep(0)  # the database answers later
            if found is None:
                raise UnknownInvitation
            return found

        return look


def network(number: int) -> Visitor:
    return replace(HERE, network=number.to_bytes(3, "big"))


def known(number: int) -> Visitor:
    return replace(HERE, known=number.to_bytes(2, "big"))


async def to_ceiling(guessed: Guessed) -> None:
    """Wrong codes from many networks until nothing is looked up any more; no puzzle on the way."""
    guessed.throttle._puzzles.take = lambda *_: None  # type: ignore[method-assign]
    for number in range(CEILING):
        await guessed.wrong(network(number))
    del guessed.throttle._puzzles.take


async def test_after_some_slips_a_try_takes_a_proof_and_a_right_code_still_comes_in() -> None:
    guessed = Guessed()
    assert [await guessed.wrong() for _ in range(SLIPS)] == ["unknown"] * SLIPS
    assert await guessed.right() == "proof"
    assert guessed.looks == SLIPS
    assert await guessed.with_proof(HERE, right=True) == "in"
    assert await guessed.right(network(1)) == "in"


async def test_right_codes_cost_nothing() -> None:
    guessed = Guessed()
    for _ in range(1000):
        assert await guessed.right() == "in"


async def test_a_proof_is_good_for_one_try() -> None:
    guessed = Guessed()
    for _ in range(SLIPS):
        await guessed.wrong()
    with pytest.raises(ProofWanted) as caught:
        await guessed.throttle.find(HERE, guessed._look(None))
    puzzle = caught.value.puzzle
    proven = replace(HERE, puzzle=puzzle, answers=solve(puzzle))
    assert [await guessed.wrong(proven), await guessed.wrong(proven)] == ["unknown", "proof"]


async def test_slips_are_forgiven_with_time() -> None:
    guessed = Guessed()
    for _ in range(SLIPS):
        await guessed.wrong()
    guessed.now += 61
    assert [await guessed.wrong(), await guessed.wrong()] == ["unknown", "proof"]


async def test_when_codes_are_guessed_from_everywhere_every_try_takes_a_proof() -> None:
    guessed = Guessed()
    for number in range(ALARM):
        assert await guessed.wrong(network(number)) == "unknown"
    assert await guessed.wrong(network(ALARM)) == "proof"
    assert await guessed.with_proof(network(ALARM), right=True) == "in"


async def test_never_are_more_wrong_codes_looked_up_than_the_ceiling_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guessed = Guessed()
    with caplog.at_level(logging.WARNING):
        await to_ceiling(guessed)
        assert guessed.looks == CEILING - KEPT_FOR_KNOWN
        assert await guessed.right(network(9999)) == "paused"
        guessed.now += HOUR
        assert await guessed.right(network(9999)) == "in"
    assert [record.getMessage() for record in caplog.records] == ["codes_paused"]


async def test_many_at_once_are_counted_like_one_after_the_other() -> None:
    guessed = Guessed()
    guessed.throttle._puzzles.take = lambda *_: None  # type: ignore[method-assign]
    found = await asyncio.gather(*(guessed.wrong(network(n)) for n in range(2000)))
    assert found.count("unknown") == guessed.looks == CEILING - KEPT_FOR_KNOWN


async def test_known_browsers_come_in_whatever_others_do() -> None:
    guessed = Guessed()
    await to_ceiling(guessed)
    assert await guessed.right() == "paused"
    for number in range(284):
        assert await guessed.right(known(number)) == "in"


async def test_a_known_browser_that_guesses_is_soon_like_any_other() -> None:
    guessed = Guessed()
    for _ in range(KNOWN_SLIPS):
        assert await guessed.wrong(known(1)) == "unknown"
    for _ in range(SLIPS):
        assert await guessed.wrong(known(1)) == "unknown"
    assert await guessed.wrong(known(1)) == "proof"
    assert await guessed.right(known(2)) == "in"


async def test_known_browsers_that_guess_do_not_pass_the_ceiling_either() -> None:
    guessed = Guessed()
    await to_ceiling(guessed)
    for number in range(200):
        await guessed.wrong(known(number))
    assert guessed.looks == CEILING
