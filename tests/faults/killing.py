"""Kills a box at changes of its files and looks what is left: before the deed, or after it.

A program, started with `disk.c` preloaded:

    python -m tests.faults.killing FOLDER SCENARIO PART PARTS STRIDE [DEED …]

runs through the deeds of a scenario (`deeds`, `upgrades`), each in a process of its own (`fork`),
and kills it at every `STRIDE`-th change of every `PARTS`-th deed, or of those of them whose names
begin with DEED. Prints one JSON object for each.

What is seen after a kill must be what was seen before the deed or after one of its parts in a run
without a kill, and no less than what was acknowledged: randomness comes the same every time.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from practicebox.store.backup.conditions import BackupRefused
from practicebox.store.conditions import CannotOpen, SealBroken
from tests.faults import picture
from tests.faults.deeds import Deed
from tests.faults.disk import Disk
from tests.faults.life import Kept, Life
from tests.faults.picture import Damaged, Picture

DATA = "data"  # the data folder, and beside it ...
SECRET = "secret"  # ... what the first browser keeps
DONE = "."  # what a life says of each part that is acknowledged
LONGEST = 120  # seconds for one life


@dataclass
class Tally:
    """What came of the kills of one deed."""

    deed: str
    changes: int
    points: int = 0  # kills
    before: int = 0  # nothing was there but what had been acknowledged
    after: int = 0  # the next part of the deed was there as well, all of it
    corrupt: list[str] = field(default_factory=list)  # can't be opened, or isn't whole
    torn: list[str] = field(default_factory=list)  # half a deed
    lost: list[str] = field(default_factory=list)  # an acknowledged deed isn't there


class Stage:
    """One deed, and the folder that it begins with."""

    def __init__(self, deed: Deed, number: int, start: Path, place: Path) -> None:
        self.deed, self.start, self.place = deed, start, place
        self.seed = f"{number} {deed.__name__}"
        self.disk = Disk()

    def live(self, kill_at: int = 0) -> tuple[int, int]:
        """Live through the deed in a copy of the folder, killed at a change or not at all.

        How often something was acknowledged, and how many changes there were if it wasn't killed.
        """
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.start, self.place)
        said, status = in_a_process(lambda writing: self._live(writing, kill_at))
        expected = signal.SIGKILL if kill_at else 0
        assert status == expected, f"{self.deed.__name__} at {kill_at} ended with {status}"
        return said.count(DONE), int(said.replace(DONE, "") or 0)

    async def _live(self, writing: int, kill_at: int) -> None:
        secret, folder = self.place / SECRET, self.place / DATA
        moments = 0

        def begin() -> None:
            keep()
            self.disk.watch(folder)
            self.disk.kill_at(kill_at or -1)

        def done() -> None:
            os.write(writing, DONE.encode())
            keep()

        def keep() -> None:
            """What the folder looks like at this moment, nothing being under way."""
            nonlocal moments
            if not kill_at and folder.exists():
                shutil.copytree(folder, self.place / f"{moments}" / DATA)
            moments += 1

        life = Life(folder, self.seed, begin, done, Kept.read(secret))
        await self.deed(life)
        life.kept.write(secret)
        os.write(writing, str(self.disk.changes()).encode())
        os._exit(0)  # without closing the database, as if the power had failed

    def pictures(self, acknowledged: int, secret: bytes) -> list[Picture | str]:
        """What there was to be seen before the deed, and after each of its parts."""
        folders = [self.place / f"{moment}" / DATA for moment in range(acknowledged + 1)]
        return [see(folder, secret) for folder in folders]


def see(folder: Path, secret: bytes) -> Picture | str:
    """What there is in a folder; a string says why nothing can be made of it."""
    text, status = in_a_process(lambda writing: _picture(writing, folder, secret))
    assert status == 0, "taking a picture of a folder fails with a condition, or not at all"
    found: Picture | str = json.loads(text)
    return found


async def _picture(writing: int, folder: Path, secret: bytes) -> None:
    found: Picture | str
    try:
        folder.parent.mkdir(exist_ok=True)
        found = await picture.take(folder, secret)
    except (CannotOpen, SealBroken, Damaged, BackupRefused) as condition:
        found = f"{type(condition).__name__}: {condition}"
    with os.fdopen(os.dup(writing), "w") as stream:
        json.dump(found, stream)


def in_a_process(work: Callable[[int], Awaitable[None]]) -> tuple[str, int]:
    """What `work` writes to a descriptor, and the signal or status that its process ends with."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(LONGEST)
        try:
            asyncio.run(_awaited(work(writing)))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    return said, os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


async def _awaited(work: Awaitable[None]) -> None:
    await work


def kill_everywhere(stage: Stage, stride: int, offset: int) -> tuple[Tally, Path]:
    """Kill the deed at every `stride`-th change; the tally, and the folder that it leaves alive."""
    alive = stage.place.with_name(f"{stage.place.name}.alive")
    acknowledged, changes = stage.live()
    secret = Kept.read(stage.place / SECRET).secret
    expected = stage.pictures(acknowledged, secret)
    for moment in range(acknowledged + 1):
        shutil.rmtree(stage.place / f"{moment}", ignore_errors=True)
    stage.place.rename(alive)
    tally = Tally(stage.deed.__name__, changes)
    tally.corrupt += [each for each in expected if isinstance(each, str)]
    for number in range(1 + offset % stride, changes + 1, stride):
        acknowledged, _ = stage.live(number)
        found = see(stage.place / DATA, secret)
        _count(tally, number, expected, found, acknowledged)
    shutil.rmtree(stage.place, ignore_errors=True)
    return tally, alive


def _count(
    tally: Tally, number: int, expected: list[Picture | str], found: Picture | str, told: int
) -> None:
    tally.points += 1
    if isinstance(found, str):
        tally.corrupt.append(f"at {number}: {found}")
    elif found == expected[told]:
        tally.before += 1
    elif [found] == expected[told + 1 : told + 2]:
        tally.after += 1
    elif found in expected[:told]:
        tally.lost.append(f"at {number}")
    else:
        tally.torn.append(f"at {number}: {picture.difference(expected[told], found)}")


def main() -> None:
    """Run one part of the scenario; see the module's docstring."""
    folder = Path(sys.argv[1])
    scenario = importlib.import_module(f"tests.faults.{sys.argv[2]}").SCENARIO
    part, parts, stride = map(int, sys.argv[3:6])
    wanted = tuple(sys.argv[6:]) or ("",)
    start = folder / "start"
    start.mkdir(parents=True)
    for number, deed in enumerate(scenario):
        stage = Stage(deed, number, start, folder / f"{number}")
        if number % parts == part and deed.__name__.startswith(wanted):
            tally, start = kill_everywhere(stage, stride, number)
            print(json.dumps(asdict(tally)), flush=True)
        else:
            stage.live()
            start = stage.place
            for left in start.glob("[0-9]*"):
                shutil.rmtree(left)


if __name__ == "__main__":
    main()
