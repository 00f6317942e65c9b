"""Power cuts at every change of a file: no state of the disk is corrupt, torn, or lacks a promise.

The control takes SQLite's `synchronous=NORMAL` and must lose something; otherwise the proof would
prove nothing. See `tests/faults/power.py` for the states, `tests/faults/cutting.py` for the looks.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.faults.cutting import Verdicts
from tests.faults.disk import build
from tests.faults.programs import memory, run_all

STATES = {True: 60, False: 5000}  # that the short and the full proof need at least
STRIDE_SHORT, STRIDE_CONTROL = 130, 12
PARTS = 2  # processes


def main(short: bool) -> int:
    """Cut; print what was found; 0 if FULL lost nothing and NORMAL something."""
    full = cut(STRIDE_SHORT if short else 1)
    _tell("FULL", full)
    normal = cut(STRIDE_SHORT if short else STRIDE_CONTROL, "NORMAL")
    _tell("NORMAL (control)", normal)
    for trouble in (*full.corrupt, *full.torn, *full.lost):
        print(f"    {trouble}")
    holds = not (full.corrupt or full.torn or full.lost)
    return 0 if holds and normal.lost and full.states >= STATES[short] else 1


def _tell(name: str, verdicts: Verdicts) -> None:
    print(
        f"synchronous={name}: {verdicts.states} states, {verdicts.distinct} of them distinct:"
        f" corrupt {len(verdicts.corrupt)}, torn {len(verdicts.torn)},"
        f" with a promise lost {len(verdicts.lost)}",
        flush=True,
    )


def cut(stride: int, *how: str) -> Verdicts:
    """Record the scenario, and cut the power at every `stride`-th change."""
    with tempfile.TemporaryDirectory(dir=memory()) as place:
        folder = Path(place)
        record = folder / "record"
        run_all("tests.faults.recording", [[str(record), *how]], build(folder))
        arguments = [[str(record), str(part), str(PARTS), str(stride)] for part in range(PARTS)]
        outputs = run_all("tests.faults.cutting", arguments)
    parts = [Verdicts(**json.loads(output)) for output in outputs]
    return Verdicts(
        states=sum(each.states for each in parts),
        distinct=sum(each.distinct for each in parts),
        corrupt=[line for each in parts for line in each.corrupt],
        torn=[line for each in parts for line in each.torn],
        lost=[line for each in parts for line in each.lost],
    )
