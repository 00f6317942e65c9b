"""Work in the background: begun anew after a failure, more and more seldom, never a danger."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from practicebox.appliance.supervise import STEADY, Health, Supervisor


@dataclass
class World:
    """Supervised work in a time of its own."""

    clock: float = 0.0
    slept: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def supervisor(self) -> AsyncIterator[Supervisor]:
        made = Supervisor(lambda: self.clock, self._sleep)
        yield made
        await made.stop()

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock += seconds
        await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_fails_is_begun_anew_with_growing_pauses() -> None:
    world, tries = World(), 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 9:
            raise RuntimeError
        await asyncio.Event().wait()

    async with world.supervisor() as supervisor:
        supervisor.keep("stun", work)
        await settle()
        assert world.slept == [1, 2, 4, 8, 16, 32, 60, 60]
        assert supervisor.health == [Health("stun", is_running=True, failures=8)]
        assert not supervisor.health[0].is_well
        world.clock += STEADY
        assert supervisor.health == [Health("stun")]
        assert supervisor.health[0].is_well


async def test_one_failure_leaves_the_rest_alone() -> None:
    world, lives = World(), asyncio.Event()

    async def broken() -> None:
        raise OSError

    async def fine() -> None:
        lives.set()
        await asyncio.Event().wait()

    async with world.supervisor() as supervisor:
        supervisor.keep("broken", broken)
        supervisor.keep("fine", fine)
        await settle()
        assert lives.is_set()
        assert [each.is_well for each in supervisor.health] == [False, True]


async def test_stopping_ends_work_and_pauses() -> None:
    world, ended = World(), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    async with world.supervisor() as supervisor:
        supervisor.keep("work", work)
        await settle()
    assert ended == ["work"]
