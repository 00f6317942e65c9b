"""100,000 access codes guessed from 1, 50 and 5,000 networks, and 284 honest patients meanwhile.

A real patient door on a real socket; guessers have addresses of the loopback, each in a /24 of its
own. Puzzles cost them next to nothing (4 bits a part): what holds them back here is the ceiling
alone. Time is driven by the guesses, so that hours pass in seconds.

The honest join from the guessers' first address, half by link, half by typing the code in a browser
that has been here before. Holds if in no hour more than 600 wrong codes were looked up, and none of
the 284 was refused.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from practicebox import listen
from practicebox.practice import link
from practicebox.practice.codes import grouped
from practicebox.store.appointments.invitations import Invitations
from practicebox.store.conditions import UnknownInvitation
from practicebox.store.records import Appointment, AppointmentDraft, Invitation, Patient
from practicebox.store.store import Store
from practicebox.web.budgets import HOUR
from practicebox.web.patient import proof
from practicebox.web.patient.door import make_door
from practicebox.web.patient.throttle import CEILING, THROTTLE, Throttle
from tests.proof.line import HERE, Line
from tests.web.guessing import solve
from tests.web.staff_box import Clock, found, staff_box

HONEST = 284
UNKNOWN_HONEST = 20  # they type their code and have never been here: shown, not judged
AT_ONCE = 96  # connections of guessers
EASY = 4  # bits of a puzzle's part


@dataclass
class World:
    """The door, what happened at it, and its time."""

    port: int
    clock: Clock
    appointments: list[Appointment]
    looked_up: list[float] = field(default_factory=list)  # when, of every wrong code
    seconds: float = 0.0
    guesses: Counter[str] = field(default_factory=Counter)
    guessed: asyncio.Event = field(default_factory=asyncio.Event)

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.forward(timedelta(seconds=seconds))


def main(short: bool) -> int:
    """Print what happened from 1, 50 and 5,000 networks; 0 if the promises hold."""
    guesses = 1_500 if short else 100_000
    print(f"{guesses:,} guesses each; {HONEST} honest joins from the guessers' first address")
    results = [asyncio.run(_attack(guesses, networks)) for networks in (1, 50, 5_000)]
    return 0 if all(results) else 1


async def _attack(guesses: int, networks: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="practicebox-guessing-") as folder:
        async with _world(Path(folder)) as world:
            cookies = await _meet(world)
            honest = asyncio.create_task(_honest(world, cookies, guesses))
            # Three hours and more: an hour has its full share of guesses whatever its place.
            await _guess(world, guesses, networks, every=3.2 * HOUR / guesses)
            outcomes = await honest
    most = _most_in_an_hour(world.looked_up)
    refused = sum(count for way, count in outcomes.items() if way.endswith("refused"))
    print(
        f"from {networks:>5,} networks in {world.seconds / HOUR:.1f} h:"
        f" {len(world.looked_up):,} wrong codes looked up, at most {most} in an hour;"
        f" {dict(world.guesses)}; honest: {dict(outcomes)}",
        flush=True,
    )
    joined = sum(outcomes.values()) - sum(n for way, n in outcomes.items() if "unknown" in way)
    return most <= CEILING and refused == 0 and joined == HONEST and len(world.looked_up) > CEILING


@asynccontextmanager
async def _world(folder: Path) -> AsyncIterator[World]:
    async with staff_box(folder) as box, AsyncExitStack() as stack:
        await found(box.browser)
        appointments = [await _plan(box.store, box.clock, number) for number in range(HONEST)]
        app = make_door(box.services)
        world = World(0, box.clock, appointments)
        app[THROTTLE] = Throttle(lambda: world.seconds)
        _watch(box.store.invitations, world)
        hard, proof.BITS = proof.BITS, EASY
        stack.callback(lambda: setattr(proof, "BITS", hard))
        world.port = await listen.open_door(stack, app, HERE, 0, "patients.port")
        yield world


async def _plan(store: Store, clock: Clock, number: int) -> Appointment:
    patient = Patient(f"Patient {number}", date(1944, 5, 12), ("Musterweg 2", "12345 Musterhausen"))
    [user] = await store.users()
    draft = AppointmentDraft(patient, clock() + timedelta(minutes=10), 240, user.id, "")
    return await store.appointments.add(draft)


def _watch(invitations: Invitations, world: World) -> None:
    """Note every wrong code that is really looked up."""
    by_code = invitations.by_code

    async def watched(code: str) -> Invitation:
        try:
            return await by_code(code)
        except UnknownInvitation:
            world.looked_up.append(world.seconds)
            raise

    invitations.by_code = watched  # type: ignore[method-assign]


async def _meet(world: World) -> list[str]:
    """The cookies of browsers that come in once before the attack; every second one."""
    cookies = []
    async with Line(world.port, HERE) as line:
        for appointment in world.appointments[::2]:
            status, _, cookie = await line.ask(_by_link(appointment))
            assert status == 200 and cookie
            cookies.append(cookie)
    return cookies


async def _guess(world: World, guesses: int, networks: int, every: float) -> None:
    """Guess from many addresses, a few at a time; each address does its share and leaves."""
    lucky = random.Random(networks)
    codes = (grouped(f"{lucky.getrandbits(36):09x}") for _ in range(guesses))
    shares = iter(_shares(guesses, networks))

    async def worker() -> None:
        for source, share in shares:
            async with Line(world.port, source) as line:
                for _ in range(share):
                    await _guess_one(world, line, next(codes), every)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


def _shares(guesses: int, networks: int) -> Iterator[tuple[str, int]]:
    """Addresses and how many codes to guess from each; one network works on many lines."""
    lines = max(networks, AT_ONCE)
    for number in range(lines):
        place = number % networks
        source = f"127.{place >> 8}.{place & 255}.1"
        yield source, guesses // lines + (number < guesses % lines)


async def _guess_one(world: World, line: Line, code: str, every: float) -> None:
    world.pass_time(every)
    question: dict[str, object] = {"code": code}
    status, answer, _ = await line.ask(question)
    if status == 429:
        world.guesses["puzzles solved"] += 1
        proven = {"puzzle": answer["puzzle"], "answers": solve(answer["puzzle"])}
        status, answer, _ = await line.ask({**question, **proven})
    world.guesses[answer.get("error", "HIT")] += 1
    world.guessed.set()


async def _honest(world: World, cookies: Sequence[str], guesses: int) -> Counter[str]:
    """Everybody joins once, spread over the attack; some who have never been here try as well."""
    outcomes: Counter[str] = Counter()
    known = iter(cookies)
    strangers = set(range(1, HONEST, HONEST // UNKNOWN_HONEST))
    for number, appointment in enumerate(world.appointments):
        while world.guesses.total() < guesses * (number + 1) / (HONEST + 2):
            world.guessed.clear()
            await world.guessed.wait()
        async with Line(world.port, HERE) as line:
            if number % 2 == 0:
                status, _, _ = await line.ask({"code": appointment.codes.patient}, next(known))
                outcomes["known in" if status == 200 else "known refused"] += 1
                continue
            status, _, _ = await line.ask(_by_link(appointment))
            outcomes["link in" if status == 200 else "link refused"] += 1
        if number in strangers:
            outcomes[await _unknown(world, appointment)] += 1
    return outcomes


async def _unknown(world: World, appointment: Appointment) -> str:
    async with Line(world.port, HERE) as line:
        question = {"code": appointment.codes.patient}
        status, answer, _ = await line.ask(question)
        if status == 429:
            proven = {"puzzle": answer["puzzle"], "answers": solve(answer["puzzle"])}
            status, answer, _ = await line.ask({**question, **proven})
    return "unknown in" if status == 200 else f"unknown {answer['error']}"


def _by_link(appointment: Appointment) -> dict[str, str]:
    token = link.encode(link.join_token(appointment.link))
    return {"rid": link.encode(appointment.link.rid), "token": token}


def _most_in_an_hour(times: Sequence[float]) -> int:
    first, most = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - HOUR:
            first += 1
        most = max(most, last - first + 1)
    return most


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
