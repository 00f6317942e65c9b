"""A million mutated packets at the relay, half of them each way: no exception, no growth."""

from __future__ import annotations

import os
import subprocess
import sys

PACKETS = {True: 100_000, False: 500_000}  # each way


def main(short: bool) -> int:
    """Run the tests with as many packets; their exit status."""
    environment = {**os.environ, "PRACTICEBOX_FUZZ_PACKETS": str(PACKETS[short])}
    test = ("tests/stun/relay/test_fuzz.py", "-k", "many")
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *test)
    return subprocess.run(command, env=environment, check=False).returncode
