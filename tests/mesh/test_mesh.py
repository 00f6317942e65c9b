"""The parts of a conference's pages that need no browser, run by Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.node import NODE

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.mjs")))
def test_with_node(name: str) -> None:
    done = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", HERE / name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
