"""Every patient gets through, or is told in words why not (issue 3, "Done when" 1)."""

from __future__ import annotations

import pytest

from tests.netlab.judge import complaints
from tests.netlab.matrix import ROWS, Row
from tests.netlab.world import World

pytestmark = [pytest.mark.netlab, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_row(world: World, row: Row) -> None:
    [outcome] = await world.consult(row)
    assert complaints(row, outcome) == [], outcome
