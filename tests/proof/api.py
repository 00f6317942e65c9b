"""Ten thousand requests made up from the API's document: no answer that it doesn't describe."""

from __future__ import annotations

import os
import subprocess
import sys

ONLY_LONG = True  # tests/web/api/test_fuzz.py asks a few hundred times

REQUESTS = {True: 1_000, False: 10_000}


def main(short: bool) -> int:
    """Run the test with as many requests; its exit status."""
    environment = {**os.environ, "PRACTICEBOX_API_REQUESTS": str(REQUESTS[short])}
    test = ("tests/web/api/test_fuzz.py",)
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *test)
    return subprocess.run(command, env=environment, check=False).returncode
