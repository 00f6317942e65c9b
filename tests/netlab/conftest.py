"""The lab, built once for all its tests; where that can't be, one line says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.netlab.namespaces import NoLab, require
from tests.netlab.world import World, open_world


@pytest.hookimpl(trylast=True)  # after `-m` has taken its pick
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip one test for all, where there can't be a lab."""
    ours = [item for item in items if item.get_closest_marker("netlab")]
    if not ours:
        return
    try:
        require()
    except NoLab as reason:
        ours[0].add_marker(pytest.mark.skip(reason=str(reason)))
        items[:] = [item for item in items if item not in ours[1:]]
        config.hook.pytest_deselected(items=ours[1:])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world() -> AsyncIterator[World]:
    async with open_world() as opened:
        yield opened
