"""The style sheet with a class for each place in the calendar, as `css/calendar_rows.css` has it.

`python -m tests.web.calendar_rows` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from practicebox.web.staff.calendar_view import LANES, ROW

FILE = Path(__file__).parents[2] / "practicebox/web/static/css/calendar_rows.css"
DAY = 24 * 60 // ROW  # rows
COLUMNS = 12  # of a lane's grid
WIDTHS = (1, 2, 3, 4, LANES)
HEAD = "/* A class for each row of five minutes, length and lane: tests/web/calendar_rows.py */"


def rules() -> Iterator[str]:
    """One line a rule."""
    yield HEAD
    for row in range(DAY):
        yield f".at-{row} {{ grid-row-start: {row + 1}; }}"
    for rows in range(1, DAY + 1):
        yield f".for-{rows} {{ grid-row-end: span {rows}; }}"
    for width in WIDTHS:
        span = COLUMNS // width
        for lane in range(width):
            yield f".lane-{lane}-{width} {{ grid-column: {lane * span + 1} / span {span}; }}"
    for hours in range(1, 25):
        rows = hours * 60 // ROW
        yield f".rows-{rows} {{ --rows: {rows}; }}"


def text() -> str:
    """The whole style sheet."""
    return "\n".join(rules()) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
