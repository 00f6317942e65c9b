"""What sealing costs a commit that survives a power cut, by `bench/commit.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "commit.py"
FEW = 100


def main(short: bool) -> int:
    """Run it; 0 when the target is met. `short` judges no times: other work goes on beside it."""
    options = ["--commits", str(FEW), "--busy"] if short else []
    return subprocess.run([sys.executable, str(BENCH), *options]).returncode
