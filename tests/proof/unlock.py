"""Unlocking with 100,000 patients: time, memory, stalls and search, by `bench/unlock.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "unlock.py"
PATIENTS, FEW = 100_000, 20_000


def main(short: bool) -> int:
    """Run it; 0 when the targets are met. `short` takes a fifth of the patients, and judges no
    times: it runs where other work goes on beside it."""
    options = ["--patients", str(FEW), "--busy"] if short else ["--patients", str(PATIENTS)]
    return subprocess.run([sys.executable, str(BENCH), *options]).returncode
