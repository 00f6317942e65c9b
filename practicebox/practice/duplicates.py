"""Entries that may be one person twice: by name and birth date, as people mistype them.

Two entries resemble each other if

- the names are nearly the same (the same words in any order, or one letter added, missing, wrong or
  in its neighbour's place) and the birth dates are the same or have day and month swapped, or
- the names are the same (words in any order) and the birth dates differ in one digit, or one of
  them isn't known.

Case, diacritics and umlaut spellings don't count. It is a hint for people, never a decision: twins
resemble each other, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from practicebox.practice.names import bare

CROWD = 60  # entries of one birth date; more of them is a placeholder, and only equal names count


@dataclass(frozen=True)
class Sketch:
    """What of an entry is compared."""

    id: str
    words: tuple[str, ...] = field(repr=False)  # of the name, sorted
    born: date | None = field(repr=False)


def sketch(id_: str, name: str, born: date | None) -> Sketch:
    """An entry as it is compared."""
    return Sketch(id_, tuple(sorted(bare(name).split())), born)


def resembles(one: Sketch, other: Sketch) -> bool:
    """Whether both may be the same person."""
    if one.words == other.words:
        return _may_be_one_date(one.born, other.born)
    if one.born is None or other.born is None:
        return False
    return other.born in alike(one.born) and _is_nearly("".join(one.words), "".join(other.words))


def alike(born: date) -> set[date]:
    """The date itself, and the one with day and month swapped where there is such a day."""
    found = {born}
    with suppress(ValueError):
        found.add(born.replace(month=born.day, day=born.month))
    return found


def pairs(entries: Iterable[Sketch]) -> Iterator[tuple[Sketch, Sketch]]:
    """All pairs that resemble each other, each once, the earlier entry of both first.

    Takes time in proportion to the entries: only those with a like birth date or with equal names
    are compared.
    """
    by_date: defaultdict[date, list[Sketch]] = defaultdict(list)
    by_name: defaultdict[tuple[str, ...], list[Sketch]] = defaultdict(list)
    for entry in entries:
        by_name[entry.words].append(entry)
        if entry.born:
            by_date[min(alike(entry.born))].append(entry)
    groups = [group for group in by_date.values() if len(group) <= CROWD]
    told = set()
    for group in (*by_name.values(), *groups):
        for one, other in combinations(group[:CROWD], 2):
            if (one.id, other.id) not in told and resembles(one, other):
                told.add((one.id, other.id))
                yield one, other


def _may_be_one_date(one: date | None, other: date | None) -> bool:
    if one is None or other is None or other in alike(one):
        return True
    differing = [a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)]
    return sum(differing) == 1


def _is_nearly(one: str, other: str) -> bool:
    """Whether one letter makes the difference (Damerau's four mistakes)."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )
