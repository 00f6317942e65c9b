"""Many forged frames between two real pages: none is taken (tests/browser/test_call_hostile.py)."""

from __future__ import annotations

import os
import subprocess
import sys

FRAMES = {True: 1_000, False: 10_000}


def main(short: bool) -> int:
    """Run the tests with as many frames; their exit status."""
    test = "tests/browser/test_call_hostile.py::test_of_many_forged_frames_none_is_taken"
    environment = {**os.environ, "PRACTICEBOX_HOSTILE_FRAMES": str(FRAMES[short])}
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test)
    return subprocess.run(command, env=environment, check=False).returncode
