"""What bandit says of the source of the box."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from tests.proof.scanners.argued import Finding

ROOT = Path(__file__).parents[3]
SCANNER = "bandit"


async def scan() -> Counter[Finding]:
    """All findings in `practicebox/`, of every severity."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json"),
        *("--exit-zero", "--ignore-nosec", "practicebox"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await process.communicate()
    assert process.returncode == 0, complaint
    report = json.loads(said)
    assert report["errors"] == [] and report["metrics"]["_totals"]["loc"] > 1000, report["errors"]
    return Counter(Finding(SCANNER, one["test_id"], one["filename"]) for one in report["results"])
