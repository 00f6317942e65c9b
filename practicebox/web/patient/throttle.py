"""How often access codes may be guessed. Right codes cost nothing, and nobody is ever banned.

Nine hex digits are 2^36 codes, of which a box has a few hundred: guessing pays only if it is fast.
A ban of addresses would lock out everybody behind a mobile carrier's one (DESIGN section 7). So:

- each network (/24 or /48) may be wrong `SLIPS` times; after that each try takes a proof of work,
  and when the whole box has seen `ALARM` wrong codes within an hour, each try of any network does;
- never are more than `CEILING` wrong codes an hour looked up at all, whoever sends them. Where
  they are reached, typed codes of unknown browsers pause;
- browsers that have been in before have a budget of their own for each appointment, and the last
  `KEPT_FOR_KNOWN` of the ceiling. QR code and link don't come here at all.

A network, because one customer has a /24 or /48 at most, and whoever shares it with a guesser loses
a second and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from aiohttp import web

from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Invitation
from practicebox.web.budgets import HOUR, Budgets, LastHour
from practicebox.web.patient.proof import BadProof, Puzzles

log = logging.getLogger(__name__)

SLIPS, SLIPS_PER_HOUR = 20, 60  # of a network; patients of one carrier share it, and 1 in 20 slips
KNOWN_SLIPS, KNOWN_SLIPS_PER_HOUR = 10, 20  # of an appointment's browsers
CEILING = 600  # wrong codes an hour: with 300 appointments one would be hit every 44 years
KEPT_FOR_KNOWN = 60
ALARM = 200


@dataclass(frozen=True)
class Visitor:
    """Who types a code."""

    network: bytes
    known: bytes | None  # the budget of a known browser
    puzzle: str = ""
    answers: Sequence[object] = ()


class ProofWanted(Exception):
    """The browser has to solve `puzzle` first."""

    def __init__(self, puzzle: str) -> None:
        super().__init__()
        self.puzzle = puzzle


class Paused(Exception):
    """Typed codes of unknown browsers are not looked up for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Throttle:
    """What one patient door has seen of wrong codes. Forgets everything when the box restarts."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._networks = Budgets(os.urandom(16), size=SLIPS, per_hour=SLIPS_PER_HOUR)
        self._known = Budgets(
            os.urandom(16), size=KNOWN_SLIPS, per_hour=KNOWN_SLIPS_PER_HOUR, slots=1 << 12
        )
        self._wrong = LastHour(CEILING)
        self._puzzles = Puzzles(os.urandom(32))
        self._turn = asyncio.Lock()
        self._said = -HOUR

    async def find(
        self, visitor: Visitor, look_up: Callable[[], Awaitable[Invitation]]
    ) -> Invitation:
        """What `look_up` finds; its `UnknownInvitation` is a wrong code.

        Raise `ProofWanted` or `Paused` without having looked. One code at a time, or a thousand at
        once would all be looked up before the first is known to be wrong.
        """
        async with self._turn:
            as_known = self._let_in(visitor)
            try:
                return await look_up()
            except UnknownInvitation:
                self._note(visitor, as_known=as_known)
                raise

    def _let_in(self, visitor: Visitor) -> bool:
        """Whether who may try is a known browser; raise `ProofWanted` or `Paused` for others."""
        now = self._clock()
        if self._is_known(visitor, now):
            return True
        pause = self._wrong.until_below(CEILING - KEPT_FOR_KNOWN, now)
        if pause:
            self._say_paused(now)
            raise Paused(pause)
        if self._networks.wait(visitor.network, now) or self._wrong.count(now) >= ALARM:
            try:
                self._puzzles.take(visitor.puzzle, visitor.answers, now)
            except BadProof:
                raise ProofWanted(self._puzzles.new(now)) from None
        return False

    def _is_known(self, visitor: Visitor, now: float) -> bool:
        return (
            visitor.known is not None
            and not self._known.wait(visitor.known, now)
            and self._wrong.count(now) < CEILING
        )

    def _note(self, visitor: Visitor, *, as_known: bool) -> None:
        now = self._clock()
        self._wrong.note(now)
        if as_known and visitor.known is not None:
            self._known.spend(visitor.known, now)
        else:
            self._networks.spend(visitor.network, now)

    def _say_paused(self, now: float) -> None:
        """Once an hour: guessers take every place that becomes free, so pauses come and go."""
        if now - self._said >= HOUR:
            self._said = now
            log.warning("codes_paused")


THROTTLE = web.AppKey("throttle", Throttle)
