"""Findings of scanners, and the table in docs/security.md that says why each may stay.

A row names scanner, finding and places, each place with a number where it is more than one; the
reason is for people. A finding without a row is a mistake, a row without a finding as well: whoever
mends something takes its excuse away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[3] / "docs" / "security.md"
HEADING = "## What scanners say"
EVERYWHERE = "everywhere"  # any number of times, in any place
PLACE = re.compile(r"`?([^`,]+?)`?(?: (\d+))?(?:,|$)")
SHORTEST = 20  # characters; less is no reason


class Finding(NamedTuple):
    """What a scanner says of one place: a file, a door."""

    scanner: str
    name: str
    place: str


class NotATableError(Exception):
    """The table of the document can't be read; the text says which line."""


def argued(document: str) -> Counter[Finding]:
    """The findings that the document argues, with how often; raise `NotATableError`."""
    found: Counter[Finding] = Counter()
    for line in _rows(document):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or len(cells[3]) < SHORTEST:
            raise NotATableError(line)
        for place, number in PLACE.findall(cells[2]):
            finding = Finding(cells[0], cells[1].partition(",")[0], place.strip())
            found[finding] += int(number or 1)
    if not found:
        raise NotATableError(HEADING)
    return found


def disagreements(
    found: Counter[Finding], expected: Counter[Finding], scanners: Collection[str]
) -> list[str]:
    """What the scanners that ran and the table say differently, one sentence each."""
    here = Counter({one: count for one, count in expected.items() if one.scanner in scanners})
    anywhere = {(one.scanner, one.name) for one in here if one.place == EVERYWHERE}
    said = []
    for one in sorted(found.keys() | here.keys()):
        if one.place == EVERYWHERE:
            if not any(other[:2] == one[:2] for other in found):
                said.append(f"{_words(one)}: argued, but found nowhere any more")
        elif one[:2] not in anywhere and found[one] != here[one]:
            said.append(f"{_words(one)}: found {found[one]} times, argued {here[one]} times")
    return said


def _rows(document: str) -> Iterator[str]:
    section = document.partition(HEADING)[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    yield from lines[2:]  # below the heads of the columns


def _words(finding: Finding) -> str:
    return f"{finding.scanner}, {finding.name}, {finding.place}"
