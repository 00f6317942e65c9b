"""The audit log of a whole box, and somebody who has its disk while it is switched off."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from practicebox.store.audit.audit import Action, Noted
from practicebox.store.audit.log import Filter
from practicebox.store.sql.database import NAME
from tests.store.world import World


async def log_of(world: World, wanted: Filter | None = None) -> list[Noted]:
    """The entries, oldest first."""
    page = await world.store.audit.page(wanted or Filter(), 1000)
    return [entry for entry in reversed(page.entries) if isinstance(entry, Noted)]


async def actions(world: World) -> list[Action]:
    return [noted.entry.action for noted in await log_of(world)]


async def kinds(world: World) -> set[str]:
    return {flaw.kind.value for flaw in (await world.store.audit.head()).alarms}


def tamper(world: World, *statements: str) -> None:
    """What somebody does who has the disk of a box that is switched off."""
    with closing(sqlite3.connect(world.path / NAME, isolation_level=None)) as disk:
        for statement in statements:
            disk.execute(statement)
