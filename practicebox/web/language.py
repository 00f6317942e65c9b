"""Languages: catalogues compiled in memory at start, and which one a browser gets.

A msgid is the plain English sentence, so English needs no catalogue. German comes from the
`.po` files in `practicebox/locale/de/`, several small ones merged into one catalogue.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DEFAULT = "de"
OFFERED = ("de", "en")
_RANGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d+)?))?\s*")


@dataclass(frozen=True)
class Language:
    """One language of the interface."""

    code: str  # "de"
    translations: gettext.NullTranslations

    def gettext(self, message: str) -> str:
        return self.translations.gettext(message)


@dataclass(frozen=True)
class Languages:
    """All languages of the interface."""

    by_code: dict[str, Language]

    def choose(self, accept_language: str) -> Language:
        """The language for an `Accept-Language` header; German where nothing else is asked for."""
        for code in _wanted(accept_language):
            if code in self.by_code:
                return self.by_code[code]
        return self.by_code[DEFAULT]


def mark(message: str) -> str:
    """Mark a sentence for the catalogues where it's kept, to be translated where it's shown."""
    return message


def load() -> Languages:
    """Read every catalogue of the package."""
    return Languages({code: Language(code, _translations(code)) for code in OFFERED})


def catalogue_files(code: str) -> list[Traversable]:
    """The `.po` files of a language, by name."""
    folder = files("practicebox.locale").joinpath(code)
    if not folder.is_dir():
        return []
    return sorted((f for f in folder.iterdir() if f.name.endswith(".po")), key=lambda f: f.name)


def _translations(code: str) -> gettext.NullTranslations:
    merged = Catalog(locale=code)
    for file in catalogue_files(code):
        for message in read_po(io.BytesIO(file.read_bytes()), locale=code):
            if message.id:
                merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _wanted(header: str) -> Iterable[str]:
    found: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        match = _RANGE.fullmatch(part)
        if match:
            found.append((-float(match[2] or 1), match[1].lower()))
    return [code for quality, code in sorted(found, key=lambda item: item[0]) if quality]
