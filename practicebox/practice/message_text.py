"""The words of messages: placeholders that the practice may use, and what becomes of them. Pure.

A placeholder is a German word in braces, `{Uhrzeit}`: whoever writes the text reads German.
Anything else in braces is a mistake that is told, not sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACEHOLDERS = ("Name", "Tag", "Uhrzeit", "Dauer", "Link", "Adresse", "Code", "Telefon", "Praxis")
LONGEST = 2000  # characters of a text
_BRACES = re.compile(r"\{([^{}]*)\}")


class UnknownPlaceholder(ValueError):
    """The text has a placeholder that means nothing; `name` is what stands in the braces."""

    def __init__(self, name: str) -> None:
        super().__init__("unknown placeholder")
        self.name = name


class MissingPlaceholder(ValueError):
    """The text lacks a placeholder without which nobody finds in."""

    def __init__(self, name: str) -> None:
        super().__init__("missing placeholder")
        self.name = name


@dataclass(frozen=True)
class Texts:
    """What the practice has written; empty where it keeps to the text of the box."""

    invitation: str = field(default="", repr=False)
    reminder: str = field(default="", repr=False)
    sms: str = field(default="", repr=False)


def check(text: str, *needed: str) -> None:
    """Raise `UnknownPlaceholder` or `MissingPlaceholder`."""
    found = _BRACES.findall(text)
    for name in found:
        if name not in PLACEHOLDERS:
            raise UnknownPlaceholder(name)
    for name in needed:
        if name not in found:
            raise MissingPlaceholder(name)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; once, so that a name in braces stays a name."""
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), text)
