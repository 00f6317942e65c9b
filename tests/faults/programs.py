"""Starts the programs of this folder, several at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.faults.disk import preloaded

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")
LONGEST = 2400  # seconds


class ProgramFailed(Exception):
    """A program ended with another status than 0."""


def memory() -> Path | None:
    """A folder in memory, where a sync costs nothing; None for the usual one."""
    return MEMORY if MEMORY.is_dir() else None


def run_all(
    module: str, arguments: Sequence[Sequence[str]], library: Path | None = None
) -> list[str]:
    """What each run of `module` prints, all at the same time; raise `ProgramFailed`."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", module, *each],
            cwd=ROOT,
            env=preloaded(library) if library else None,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in arguments
    ]
    try:
        outputs = [process.communicate(timeout=LONGEST)[0] for process in running]
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.wait()
    for process in running:
        if process.returncode:
            raise ProgramFailed(f"{module} ended with {process.returncode}")
    return outputs
