"""Boxes to open, and a founded practice, unlocked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.people.people_world import Told
from tests.store.world import Boxes, World, open_world


@pytest.fixture
async def boxes() -> AsyncIterator[Boxes]:
    boxes = Boxes()
    yield boxes
    await boxes.close_all()


@pytest.fixture
async def world(boxes: Boxes, tmp_path: Path) -> World:
    return await open_world(boxes, tmp_path / "data")


@pytest.fixture
def told(world: World) -> Told:
    """Listens to the ends of sessions."""
    told = Told([])
    world.store.endings.listen(lambda ids, ending: told.said.append((ids, ending)))
    return told
