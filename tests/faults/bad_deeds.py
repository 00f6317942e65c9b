"""Deeds that break their promise, to show that killing finds that out."""

from __future__ import annotations

from tests.faults.deeds import Deed, set_up, start_again
from tests.faults.life import Life


async def in_two_halves(life: Life) -> None:
    """Two transactions for what is called one deed."""
    await life.open()
    life.begin()
    await life.store.settings.keep("first", "half")
    await life.store.settings.keep("second", "half")
    life.done()


async def too_early(life: Life) -> None:
    """Somebody is told before anything is written."""
    await life.open()
    life.begin()
    await life.store.settings.keep("one", "1")
    life.done()
    life.done()
    await life.store.settings.keep("two", "2")


SCENARIO: tuple[Deed, ...] = (set_up, start_again, in_two_halves, too_early)
