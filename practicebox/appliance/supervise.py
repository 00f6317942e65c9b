"""Background work that is kept going: what fails is logged, shown, and begun anew after a pause.

Knows tasks and pauses. What the work is, and what its failure means to people, others know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from practicebox.appliance.jobs import end

FIRST_PAUSE = 1.0  # seconds before work that has failed is begun anew; doubled each time ...
LAST_PAUSE = 60.0  # ... up to this
STEADY = 60.0  # seconds after which work that goes on counts as recovered

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """How one piece of work is doing."""

    name: str
    is_running: bool = True
    failures: int = 0  # since it last ran for `STEADY` seconds

    @property
    def is_well(self) -> bool:
        return self.is_running and not self.failures


class Supervisor:
    """Keeps work going until it is stopped."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._health: dict[str, Health] = {}
        self._begun: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def health(self) -> list[Health]:
        """All work, in the order in which it was begun."""
        return [self._settled(each) for each in self._health.values()]

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work()`, and begin it anew whenever it raises; what returns is done."""
        assert name not in self._health, "two pieces of work of one name"
        self._health[name], self._begun[name] = Health(name), self._clock()
        task = asyncio.create_task(self._keep(name, work), name=f"keep-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End all work and wait until it is gone."""
        await end(set(self._tasks))

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            self._begun[name] = self._clock()
            self._health[name] = replace(self._health[name], is_running=True)
            try:
                await work()
                return
            except Exception:  # nothing that fails in the background may end the doors
                log.exception("background_failed", extra={"kind": name})
            failures = self._settled(self._health[name]).failures + 1
            self._health[name] = Health(name, is_running=False, failures=failures)
            await self._sleep(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LAST_PAUSE))

    def _settled(self, health: Health) -> Health:
        """Without failures that are long past."""
        is_steady = health.is_running and self._clock() - self._begun[health.name] >= STEADY
        return replace(health, failures=0) if is_steady else health
