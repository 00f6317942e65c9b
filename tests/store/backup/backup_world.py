"""Boxes with backups, and the keys and files that tests need to look behind them."""

from __future__ import annotations

import os
from pathlib import Path

from practicebox.store.backup import work as backup_work
from practicebox.store.backup.ledger import Entry
from practicebox.store.backup.make import Progress
from practicebox.store.backup.target import make_target
from practicebox.store.backup.work import Place
from practicebox.store.records import Appointment
from practicebox.store.vault import boxkey
from tests.store.world import World


def silent(progress: Progress) -> None:
    """Tell nobody."""


def place_of(world: World, folder: Path | None = None) -> Place:
    """Where the backups of a world lie."""
    return Place(world.path, make_target(folder, world.path, boxkey.load(world.path / "box.key")))


async def busy_practice(world: World, appointments: int = 5) -> list[Appointment]:
    """Some appointments and something handed in."""
    await world.store.submit("letter", b"Befund")
    return [await world.store.appointments.add(world.draft(f"P{n}")) for n in range(appointments)]


async def backup_of(world: World) -> Path:
    """A fresh backup, proved as far as the keys reach."""
    entry = await world.store.backups.make()
    return world.path / "backups" / entry.name


def make_quietly(place: Place, world: World) -> Entry:
    """A backup as the command line makes it: without the practice's keys."""
    entry, _ = backup_work.make(place, world.clock(), os.urandom, silent)
    return entry
