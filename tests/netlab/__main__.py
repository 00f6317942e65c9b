"""Run the whole matrix and write what came of it to docs/netlab.md: `python -m tests.netlab`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.netlab import report
from tests.netlab.judge import complaints
from tests.netlab.matrix import ROWS, SHORT, Row, batches
from tests.netlab.namespaces import NoLab
from tests.netlab.visit import Outcome
from tests.netlab.world import open_world

PAGE = Path(__file__).parents[2] / "docs" / "netlab.md"


def main() -> int:
    """Return the exit status: 1 when a row is not as it has to be, 0 where there can't be a lab."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--only", default="", help="rows with all these words in their name")
    parser.add_argument("--short", action="store_true", help="one practice's router, few Firefoxes")
    chosen = parser.parse_args()
    all_rows = SHORT if chosen.short else ROWS
    rows = [row for row in all_rows if all(word in str(row) for word in chosen.only.split())]
    try:
        return asyncio.run(run(rows, complete=rows == list(ROWS)))
    except NoLab as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return 0


async def run(rows: list[Row], *, complete: bool) -> int:
    """Try the rows; write the page if all were tried."""
    outcomes: dict[Row, Outcome] = {}
    began = time.monotonic()
    async with open_world() as world:
        for batch in batches(rows):
            outcomes |= zip(batch, await world.consult(*batch), strict=True)
            for row in batch:
                wrong = "; ".join(complaints(row, outcomes[row]))
                print(f"{row}: {report.in_words(outcomes[row])}{f' -- {wrong}' if wrong else ''}")
    seconds = time.monotonic() - began
    print(f"{len(rows)} rows in {seconds:.0f} s")
    if complete:
        PAGE.write_text(report.page(outcomes, seconds), "utf-8")
    return int(any(complaints(row, outcome) for row, outcome in outcomes.items()))


if __name__ == "__main__":
    sys.exit(main())
