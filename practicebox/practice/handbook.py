"""The handbook: chapters as text files in a small strict format, and finding something in them.

    # Title
    for: reception, clinician        whom it helps, out of `AUDIENCES`
    open: yes                        also before the login; may be missing

    A paragraph. **Label** is a word that stands on a page of the box, `M` a key.

    ## Section {#anchor}
    1. A step.
    - A point.
    ![What it shows](name-of-the-picture)

Lines that begin with two blanks go on with the line before. Anything else is a mistake: what people
read when something is wrong must not be wrong itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from practicebox.practice.names import bare, findable

AUDIENCES = ("reception", "clinician", "admin", "patient", "trouble")
EXCERPT = 160  # characters of a line that is shown with what was found
MOST_WORDS = 8  # of a search; nobody types more

Kind = Literal["text", "steps", "points", "picture"]
_SECTION = re.compile(r"## (.+?) \{#([a-z-]+)\}")
_PICTURE = re.compile(r"!\[(.+)\]\(([a-z-]+)\)")
_STEP = re.compile(r"(\d+)\. (.+)")
_MARKS = re.compile(r"\*\*([^*]+)\*\*|`([^`]+)`|([^*`]+)")


class NotAChapter(ValueError):
    """A line that the format doesn't know; says which and why."""


@dataclass(frozen=True)
class Piece:
    """A part of a line: plain text, a label of the interface, or a key."""

    kind: Literal["text", "label", "key"]
    text: str


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Block:
    """Lines of one kind; of a picture `lines` has its description."""

    kind: Kind
    lines: tuple[Line, ...]
    picture: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a chapter; what stands before the first heading has no title and no anchor."""

    title: str
    anchor: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Chapter:
    """One page of the handbook."""

    id: str
    title: str
    audiences: tuple[str, ...]
    is_open: bool
    sections: tuple[Section, ...]

    @property
    def anchors(self) -> set[str]:
        return {section.anchor for section in self.sections}


@dataclass(frozen=True)
class Hit:
    """A section in which something was found."""

    chapter: Chapter
    section: Section
    excerpt: str


def plain(line: Line) -> str:
    """A line without its marks."""
    return "".join(piece.text for piece in line)


def parse(chapter_id: str, source: str) -> Chapter:
    """A chapter; raise `NotAChapter`."""
    lines = source.splitlines()
    if not lines or not lines[0].startswith("# "):
        raise NotAChapter(f"{chapter_id}: the first line has to be the title")
    head, body = _head(chapter_id, lines[1:])
    audiences = tuple(name.strip() for name in head.pop("for", "").split(",") if name.strip())
    is_open = head.pop("open", "no") == "yes"
    if head or not audiences or not set(audiences) <= set(AUDIENCES):
        raise NotAChapter(f"{chapter_id}: for whom? {head or audiences}")
    return Chapter(chapter_id, lines[0][2:], audiences, is_open, _sections(chapter_id, body))


def find(chapters: Iterable[Chapter], typed: str) -> list[Hit]:
    """The sections that have every word, those with one in their titles first."""
    words = bare(typed).split()[:MOST_WORDS]
    if not words:
        return []
    found: list[tuple[int, Hit]] = []
    for chapter in chapters:
        for section in chapter.sections:
            titles = findable(f"{section.title} {chapter.title}")
            lines = [plain(line) for block in section.blocks for line in block.lines]
            whole = f"{titles} {findable(' '.join(lines))}"
            if all(word in whole for word in words):
                rank = -sum(word in titles for word in words)
                found.append((rank, Hit(chapter, section, _excerpt(lines, words))))
    return [hit for _, hit in sorted(found, key=lambda each: each[0])]


def _excerpt(lines: Sequence[str], words: Sequence[str]) -> str:
    """The line that has most of the words."""
    if not lines:
        return ""
    best = max(lines, key=lambda line: sum(word in findable(line) for word in words))
    return best if len(best) <= EXCERPT else best[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _head(chapter_id: str, lines: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
    head: dict[str, str] = {}
    for number, line in enumerate(lines):
        if not line.strip():
            return head, lines[number:]
        name, colon, value = line.partition(": ")
        if not colon:
            raise NotAChapter(f"{chapter_id}: {line!r}")
        head[name] = value.strip()
    return head, ()


def _sections(chapter_id: str, lines: Iterable[str]) -> tuple[Section, ...]:
    found: list[tuple[str, str, list[str]]] = [("", "", [])]
    for line in lines:
        if heading := _SECTION.fullmatch(line):
            found.append((heading[1], heading[2], []))
        elif line.startswith("#"):
            raise NotAChapter(f"{chapter_id}: {line!r}")
        else:
            found[-1][2].append(line)
    sections = [Section(title, a, _blocks(chapter_id, body)) for title, a, body in found]
    if len({section.anchor for section in sections}) != len(sections):
        raise NotAChapter(f"{chapter_id}: two sections with one anchor")
    return tuple(section for section in sections if section.title or section.blocks)


def _blocks(chapter_id: str, lines: Iterable[str]) -> tuple[Block, ...]:
    """Lines of one kind after each other are one block; a blank line ends it."""
    blocks: list[Block] = []
    items: list[str] = []
    kind: Kind = "text"

    def finish() -> None:
        if items:
            blocks.append(Block(kind, tuple(_line(chapter_id, item) for item in items)))
            items.clear()

    for line in lines:
        if picture := _PICTURE.fullmatch(line):
            finish()
            blocks.append(Block("picture", (_line(chapter_id, picture[1]),), picture[2]))
            continue
        if not line.strip():
            finish()
            continue
        if items and (line.startswith("  ") or (kind == "text" and _kind(line)[0] == "text")):
            items[-1] += " " + line.strip()
            continue
        now, text = _kind(line)
        if now != kind:
            finish()
        kind = now
        items.append(text)
    finish()
    return tuple(blocks)


def _kind(line: str) -> tuple[Kind, str]:
    if step := _STEP.fullmatch(line):
        return "steps", step[2]
    if line.startswith("- "):
        return "points", line[2:]
    return "text", line


def _line(chapter_id: str, text: str) -> Line:
    pieces, place = [], 0
    for found in _MARKS.finditer(text):
        if found.start() != place:
            break
        place = found.end()
        kinds = (("label", found[1]), ("key", found[2]), ("text", found[3]))
        pieces += [Piece(kind, words) for kind, words in kinds if words]  # type: ignore[arg-type]  # one of the three
    if place != len(text):
        raise NotAChapter(f"{chapter_id}: a mark without its end in {text!r}")
    return tuple(pieces)
