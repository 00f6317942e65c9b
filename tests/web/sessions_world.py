"""What the tests of sessions share: a second window, the looks of the door, locked screens."""

from __future__ import annotations

from typing import Any

from practicebox.web.staff.watch import WATCH
from tests.web.people_world import bert_joins, second_window
from tests.web.staff_box import Browser, StaffBox


async def bert_at_the_same(box: StaffBox) -> Browser:
    bert = await second_window(box)
    await bert_joins(box, bert)
    return bert


async def look(box: StaffBox) -> None:
    """What the door does by itself every few seconds."""
    app: Any = box.browser.client.app
    await app[WATCH].look(box.clock())


def has_keys(box: StaffBox) -> bool:
    return box.store.vault.is_unlocked


async def is_covered(browser: Browser) -> bool:
    return (await browser.get("/users")).location == "/lock"
