"""A practice that lost its access: the box, the master password, a new computer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.web.staff_box import (
    TICKS,
    Browser,
    Page,
    StaffBox,
    answers,
    proposed_words,
    staff_box,
    to_summary,
)

NEW = "Noch ein guter Satz 9"


@dataclass
class Lost:
    """A box with a practice, its master password, and somebody in front of a new computer."""

    box: StaffBox
    words: list[str]
    newcomer: Browser

    def fields(self, **changes: str) -> dict[str, str]:
        """What is typed; by default all of it is right."""
        typed = {"user": "MartinW", "new": NEW, "new_again": NEW, "device": "Empfang"}
        return {"master": " ".join(self.words), **typed, **changes}

    async def post(self, browser: Browser | None = None, **changes: str) -> Page:
        return await self.post_all(self.fields(**changes), browser)

    async def post_all(self, typed: Mapping[str, str], browser: Browser | None = None) -> Page:
        return await (browser or self.newcomer).post("/recover", typed)


@asynccontextmanager
async def lost_world(folder: Path) -> AsyncIterator[Lost]:
    """Set up with the six proposed words; the first browser stays signed in."""
    async with staff_box(folder) as box:
        summary = await to_summary(box.browser)
        words = await proposed_words(box.browser)
        asked = await answers(box.browser, summary)
        assert (await box.browser.post("/setup/summary", {**TICKS, **asked})).status == 303
        yield Lost(box, words, await box.other_browser())


@asynccontextmanager
async def lost_world_with(folder: Path, master_password: str) -> AsyncIterator[Lost]:
    """Set up with a master password of one's own."""
    again = {"master_password": master_password, "master_password_again": master_password}
    async with staff_box(folder) as box:
        await to_summary(box.browser, master="own", **again)
        assert (await box.browser.post("/setup/summary", TICKS)).status == 303
        yield Lost(box, [master_password], await box.other_browser())
