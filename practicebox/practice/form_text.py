"""The text of a form: what it is made of, its placeholders, what changed between versions. Pure.

A text is paragraphs between empty lines; a line that begins with `# ` is a heading, one with `- `
a point of a list. A placeholder is a German word in braces, `{Praxis}`: whoever writes the text
reads German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from practicebox.practice.consents import FORMS, RELEASE
from practicebox.practice.message_text import UnknownPlaceholder

OF_PRACTICE = ("Praxis", "Anschrift", "Telefon", "E-Mail")
OF_RELEASE = ("Personen", "Bis")
LONGEST_TITLE = 100  # characters
LONGEST_SHORT = 600  # what is read in large type, on a phone
LONGEST_TEXT = 12_000  # four pages
AROUND = 120  # characters that are shown around a change
_BRACES = re.compile(r"\{([^{}]*)\}")
_WORDS = re.compile(r"\s+|[^\s]+")

Kind = Literal["heading", "point", "paragraph"]
Change = Literal["same", "new", "gone"]


@dataclass(frozen=True)
class FormText:
    """What a form says: its name, the few sentences everybody reads, and all of it."""

    title: str
    short: str
    text: str


@dataclass(frozen=True)
class FormVersion:
    """One version of a form; it never changes once it is there."""

    form: str
    number: int
    since: str  # ISO 8601; empty while nobody has agreed to what the box came with
    renew: bool  # consents to earlier versions don't count any more
    text: FormText


@dataclass(frozen=True)
class Block:
    """A piece of a text as a page or a sheet shows it."""

    kind: Kind
    words: str


def delivered(toml: str) -> dict[str, FormText]:
    """The texts that the box comes with (`forms.toml`)."""
    entries = tomllib.loads(toml)
    return {
        form: FormText(*(str(entries[form][name]).strip() for name in ("title", "short", "text")))
        for form in FORMS
    }


def placeholders(form: str) -> tuple[str, ...]:
    """The words that may stand in braces."""
    return (*OF_PRACTICE, *(OF_RELEASE if form == RELEASE else ()))


def check(form: str, words: str) -> None:
    """Raise `UnknownPlaceholder` for braces that mean nothing."""
    for name in _BRACES.findall(words):
        if name not in placeholders(form):
            raise UnknownPlaceholder(name)


def blocks(text: str, values: Mapping[str, str]) -> list[Block]:
    """The pieces of a text, its placeholders filled in once: a name in braces stays a name."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        plain: list[str] = []
        for line in paragraph.splitlines():
            kind: Kind = "point" if line.startswith("- ") else "heading"
            if not line.startswith(("- ", "# ")):
                plain.append(line.strip())
                continue
            found += _paragraph(plain, values)
            plain = []
            found.append(Block(kind, _filled(line[2:].strip(), values)))
        found += _paragraph(plain, values)
    return found


def changes(before: str, after: str) -> list[tuple[Change, str]]:
    """What became of a text, word by word: pieces that stayed, went or are new."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[tuple[Change, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", "".join(old[a:b])))
            continue
        found += [("gone", "".join(old[a:b]))] if b > a else []
        found += [("new", "".join(new[c:d]))] if d > c else []
    return found


def shortened(pieces: list[tuple[Change, str]]) -> list[tuple[Change, str]]:
    """The same with a gap where much has stayed as it was: what changed is to be seen at once."""
    last = len(pieces) - 1

    def short(index: int, words: str) -> str:
        head = words[:AROUND] if index else ""
        tail = words[-AROUND:] if index < last else ""
        return words if len(words) <= 2 * AROUND else f"{head} […] {tail}"

    return [
        (kind, short(index, words) if kind == "same" else words)
        for index, (kind, words) in enumerate(pieces)
    ]


def _filled(words: str, values: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), words)


def _paragraph(lines: list[str], values: Mapping[str, str]) -> list[Block]:
    return [Block("paragraph", _filled(" ".join(lines), values))] if any(lines) else []
