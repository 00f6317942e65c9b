"""What a test says to a page of the lab, in one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page
from playwright.async_api import TimeoutError as Timeout

POLLING = 30  # milliseconds; pages in the background get no animation frames
PATIENCE = 30_000  # milliseconds until something that should happen counts as not happening

LAST = """() => lab.diary.slice(-30).filter(({ part }) => part !== "level")
  .map(({ part, type, detail }) => `${part} ${type} ${JSON.stringify(detail)}`.slice(0, 300))
  .join("\\n")"""


@dataclass
class Side:
    """One page of the lab, entered."""

    page: Page

    async def enter(self) -> None:
        """Press the button, once the page's modules are there."""
        await self.until("() => document.documentElement.dataset.ready === 'yes'")
        await self.page.click("#enter")

    async def until(self, condition: str, argument: Any = None) -> None:
        """Wait for `condition`, a JavaScript function; fail with what the page saw last."""
        try:
            await self.page.wait_for_function(
                condition, arg=argument, timeout=PATIENCE, polling=POLLING
            )
        except Timeout:
            seen = await self.page.evaluate(LAST)
            raise AssertionError(f"still not: {condition}\n{seen}") from None

    async def run(self, function: str, argument: Any = None) -> Any:
        """What a JavaScript function returns."""
        return await self.page.evaluate(function, argument)

    async def until_state(self, state: str) -> None:
        await self.until("(state) => lab.connection.state === state", state)

    async def last(self, part: str, kind: str) -> Any:
        """The detail of the last event of this kind."""
        return await self.run("([part, kind]) => lab.last(part, kind)", [part, kind])

    async def all(self, part: str, kind: str) -> list[Any]:
        """The details of all events of this kind."""
        found: list[Any] = await self.run("([part, kind]) => lab.all(part, kind)", [part, kind])
        return found

    async def until_moving(self) -> None:
        """Wait until new frames are decoded and sound that is not silence arrives."""
        before = await self.run("() => lab.received()")
        await self.until(
            """async (before) => {
              const now = await lab.received();
              const gained = (key) => now[key] - (now[key] < before[key] ? 0 : before[key]);
              return gained("frames") > 5 && gained("energy") > 1e-4;
            }""",
            before,
        )

    async def until_transfer(self, name: str, state: str) -> None:
        await self.until("([name, state]) => lab.transfer(name)?.state === state", [name, state])

    async def reload(self) -> None:
        await self.page.reload()
        await self.enter()


@dataclass
class Call:
    """Both pages of one call."""

    clinician: Side
    patient: Side

    def sides(self) -> tuple[Side, Side]:
        return self.clinician, self.patient

    async def connect(self) -> None:
        """Both enter, and are connected in advance."""
        for side in self.sides():
            await side.enter()
        await self.until_connected()

    async def until_connected(self) -> None:
        for side in self.sides():
            await side.until_state("connected")
            await side.until("() => lab.isOpen()")

    async def admit(self) -> None:
        """The clinician asks the patient in; both see and hear each other."""
        await self.clinician.run("() => lab.room.admit()")
        await self.until_moving()

    async def until_moving(self) -> None:
        for side in self.sides():
            await side.until_moving()
