"""Searching patients by any part of the name, in memory, while the vault is unlocked.

Names come in pages and are kept in blocks. For each pair and triple of letters a bit mask says in
which blocks it occurs; a search looks only at blocks that have all of what it needs, and stops at
its limit. Memory: the names as they were opened, and masks of a few MiB. One thread fills it while
others search. Knows no SQL, no keys and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from practicebox.practice.names import bare

BLOCK = 4  # names; the fewer, the more exact are the masks
PER_PAGE = 32  # blocks of a page of 128 names
_PLACES = range(PER_PAGE)
_Block = tuple[bytes, str]  # lines in UTF-8, half of what `str` takes; folded names
_EMPTY: _Block = (b"", "")


@dataclass(frozen=True)
class NamePage:
    """The patients of one page, a line for each, in the same order in both texts."""

    lines: str  # id, birth date or nothing, name; with tabs between
    folded: str  # the folded names, one a line


class Found(NamedTuple):
    """A patient as a line in a list."""

    id: str
    name: str
    born: date | None


class NameIndex:
    """The names of all patients, as far as they have been read."""

    def __init__(self) -> None:
        self._blocks: dict[int, _Block] = {}
        self._masks: dict[str, int] = {}  # up to three letters -> their blocks
        self._end = 0  # above the highest number of a block

    def put(self, pages: Mapping[int, NamePage]) -> None:
        """Replace pages. Bits of what is no longer there stay; they only cost a look."""
        if not pages:
            return
        first = min(pages) * PER_PAGE
        bits: dict[str, int] = {}  # of these pages alone, counted from `first`
        for page, content in pages.items():
            number = page * PER_PAGE
            self._put_page(number, content)
            _note_page(bits, number - first, [self._blocks.get(number + n) for n in _PLACES])
            self._end = max(self._end, number + PER_PAGE)
        for part, mask in bits.items():
            self._masks[part] = self._masks.get(part, 0) | mask << first

    def find(self, text: str, limit: int) -> list[Found]:
        """At most `limit` patients whose name has every word of `text`, the newest first."""
        first, *others = sorted(bare(text).split(), key=len, reverse=True) or [""]
        found: list[Found] = []
        for number in self._candidates((first, *others)):
            lines, names = self._blocks.get(number, _EMPTY)
            if first in names and lines and (places := _places(names, first, others)):
                shown = lines.decode().split("\n")
                found += [_found(shown[place]) for place in places]
                if len(found) >= limit:
                    break
        return found[:limit]

    def born(self, days: Iterable[date]) -> list[Found]:
        """Everybody who was born on one of these days."""
        wanted = [f"\t{day.isoformat()}\t".encode() for day in days]
        found = []
        for lines, _ in list(self._blocks.values()):
            if any(day in lines for day in wanted):
                found += [
                    _found(line.decode())
                    for line in lines.split(b"\n")
                    if any(day in line for day in wanted)
                ]
        return found

    def _put_page(self, number: int, page: NamePage) -> None:
        """Keep a page in blocks, the first of them `number`."""
        lines, names = page.lines.split("\n"), page.folded.split("\n")
        for place in _PLACES:
            part = slice(place * BLOCK, (place + 1) * BLOCK)
            block = "\n".join(lines[part]).encode(), "\n".join(names[part])
            if block[0]:
                self._blocks[number + place] = block
            else:
                self._blocks.pop(number + place, None)

    def _candidates(self, words: Iterable[str]) -> Iterator[int]:
        """The blocks that have all triples of the words (pairs, letters of shorter ones), last
        first."""
        mask = (1 << self._end) - 1
        for word in words:
            size = min(len(word), 3)
            for start in range(len(word) - size + 1 if word else 0):
                mask &= self._masks.get(word[start : start + size], 0)
        bits = f"{mask:b}"  # as text, for finding the next one in it takes no time
        at = bits.find("1")
        while at >= 0:
            yield len(bits) - 1 - at
            at = bits.find("1", at + 1)


def _note_page(bits: dict[str, int], number: int, blocks: Iterable[_Block | None]) -> None:
    """Set the bits of a page: triples and pairs block by block; letters, of which every block has
    most, for the whole page at once."""
    known = bits.get
    letters: set[str] = set()
    for place, block in enumerate(blocks):
        if block is None:
            continue
        text, bit = block[1], 1 << (number + place)
        triples = set(map("".join, zip(text, text[1:], text[2:], strict=False)))
        pairs = {part[:2] for part in triples}
        for part in triples | pairs | {text[-2:]}:
            bits[part] = known(part, 0) | bit
        letters.update(text)
    for part in letters:
        bits[part] = known(part, 0) | ((1 << PER_PAGE) - 1) << number


def _places(names: str, first: str, others: list[str]) -> list[int]:
    """The numbers of the lines that have every word, the last first."""
    if not first:
        return list(range(names.count("\n"), -1, -1))
    for word in others:
        if word not in names:
            return []
    places = []
    at = names.find(first)
    while at >= 0:
        begin, end = names.rfind("\n", 0, at) + 1, names.find("\n", at)
        end = len(names) if end < 0 else end
        for word in others:
            if names.find(word, begin, end) < 0:
                break
        else:
            places.append(names.count("\n", 0, begin))
        at = names.find(first, end)
    return places[::-1]


def _found(line: str) -> Found:
    id_, born, name = line.split("\t", 2)
    return Found(id_, name, date.fromisoformat(born) if born else None)
