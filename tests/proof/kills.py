"""kill -9 at every change of a file, from the set-up to the last deed: nothing half, nothing lost.

See `tests/faults/killing.py` for how, `tests/faults/deeds.py` for what.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults.disk import build
from tests.faults.killing import Tally
from tests.faults.programs import memory, run_all

POINTS = {True: 20, False: 2000}  # kills that the short and the full proof need at least
STRIDE_SHORT = 37
PARTS = 2  # processes
CHANGES = 2000  # changes of files that the recorder sees at least, or it is blind
WRONG = ("corrupt", "torn", "lost")


def main(short: bool) -> int:
    """Kill; print what was found; 0 if nothing was."""
    stride = STRIDE_SHORT if short else 1
    tallies = [*kill("deeds", stride), *kill("upgrades", stride)]
    for tally in tallies:
        print(
            f"  {tally.deed:22} {tally.changes:4} changes, {tally.points:4} kills:"
            f" {tally.before} with nothing of it, {tally.after} with all of it"
        )
        for trouble in (*tally.corrupt, *tally.torn, *tally.lost):
            print(f"    {trouble}")
    points = sum(tally.points for tally in tallies)
    sums = [sum(len(getattr(each, name)) for each in tallies) for name in WRONG]
    print(f"kill points {points}: corrupt {sums[0]}, half a deed {sums[1]}, lost {sums[2]}")
    enough = points >= POINTS[short]
    return 0 if enough and not any(sums) and sum(t.changes for t in tallies) >= CHANGES else 1


def kill(scenario: str, stride: int, deeds: Sequence[str] = ()) -> list[Tally]:
    """Kill at every `stride`-th change of every deed, or of those whose names begin like that."""
    with tempfile.TemporaryDirectory(dir=memory()) as place:
        folder = Path(place)
        arguments = [
            [f"{folder / str(part)}", scenario, str(part), str(PARTS), str(stride), *deeds]
            for part in range(PARTS)
        ]
        outputs = run_all("tests.faults.killing", arguments, build(folder))
    return [Tally(**json.loads(line)) for output in outputs for line in output.splitlines()]
