"""Searching by name in memory: the folded names of each day, while the vault is unlocked.

The names of a day are one text with a line for each entry of the day's page, in its order; that
takes a tenth of the memory of an entry each. Knows no SQL, no keys and no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from practicebox.practice.names import bare, findable

FOLDED = 10_000  # names kept folded: folding takes 10 us, and the same people come again


class NamesIndex:
    """Folded names by day."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._fold = lru_cache(FOLDED)(findable)

    def put(self, day: str, names: Iterable[str]) -> None:
        """Replace the names of a day."""
        self._names[day] = "\n".join(map(self._fold, names))  # `findable` leaves no line break

    def finder(self, text: str) -> Callable[[str], list[int]]:
        """A function from a day to the places of entries whose name has every word of `text`."""
        words = bare(text).split()

        def find(day: str) -> list[int]:
            names = self._names[day]
            if not all(word in names for word in words):  # spares most days the splitting
                return []
            return [
                place
                for place, name in enumerate(names.split("\n"))
                if all(word in name for word in words)
            ]

        return find
