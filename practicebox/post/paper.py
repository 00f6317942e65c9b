"""Paper: a template and its inputs become a tagged PDF or a picture of the first page.

Knows typst. Knows nothing of letters. Inputs reach a template as JSON, never as source, so no
name can be markup. Everything happens in memory, because patient data must not land in temporary
files; only the template is read, from the package. The fonts are those inside the typst wheel, so
paper looks the same on every machine. `typst` is imported at the first page set (35 MiB).
Setting a page takes milliseconds, releases the interpreter lock, and belongs into a thread.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Set
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typst import Compiler

UNKNOWN = "\ufffd"  # stands for a character that no font of the wheel has
# Latin with its accents, punctuation, spaces and the euro sign: a test holds the fonts to it.
LATIN = re.compile(r"[ -~\u00a0-\u024f\u1e02-\u1ef9\u2010-\u2015\u2018-\u201f\u2026\u202f\u20ac]")
LONGEST_PIECE = 24  # characters; the narrowest column of a letter takes 26 in the smallest type
_JOINERS = "\u200c\u200d"  # Arabic and Indic spelling needs them; other format characters hide

Inputs = Mapping[str, object]


class NotSet(Exception):
    """typst refused the page. Its own words are left out: they would quote the letter."""


def pdf(template: str, inputs: Inputs) -> bytes:
    """A tagged PDF/UA-1 (ISO 14289-1); the same inputs give the same bytes."""
    return _first(_compiler(template, _printable(inputs)), pdf_standards="ua-1", format="pdf")


def png(template: str, inputs: Inputs, ppi: float) -> bytes:
    """The first page as a picture of `ppi` pixels an inch."""
    return _first(_compiler(template, _printable(inputs)), format="png", ppi=ppi)


def pieces(address: str) -> list[str]:
    """An address cut where a line may end: before a dot, hyphen, `@` or port."""
    return [
        piece[start : start + LONGEST_PIECE]
        for piece in re.split(r"(?<=.)(?=[.@-]|:\d)", address)
        for start in range(0, len(piece), LONGEST_PIECE)
    ]


def _compiler(template: str, data: str) -> Compiler:
    from typst import Compiler

    folder = Path(str(files("practicebox.post"))) / "typst"
    return Compiler(
        folder / template, root=folder, ignore_system_fonts=True, sys_inputs={"data": data}
    )


def _first(compiler: Compiler, **export: Any) -> bytes:
    from typst import TypstError

    try:
        made = compiler.compile(**export)
    except TypstError:
        raise NotSet from None
    if isinstance(made, list):
        return made[0]
    assert made is not None  # typst returns nothing only when it writes to a file
    return made


def _printable(inputs: Inputs) -> str:
    """`inputs` as JSON of characters that can be set; PDF/UA-1 forbids missing glyphs."""
    text = json.dumps(_tidy(inputs), ensure_ascii=False)
    unusual = {character for character in text if not LATIN.fullmatch(character)}
    return text.translate({ord(character): UNKNOWN for character in _missing(unusual)})


def _tidy(value: object) -> object:
    """Without what is invisible or would turn the text around it; accents composed."""
    if isinstance(value, str):
        return "".join(map(_visible, unicodedata.normalize("NFC", value)))
    if isinstance(value, Mapping):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in value]
    return value


def _visible(character: str) -> str:
    if character.isspace() and not LATIN.fullmatch(character):
        return " "
    match unicodedata.category(character):
        case "Cc" | "Cf" if character not in _JOINERS:
            return ""
        case "Cs":
            return UNKNOWN
        case _:
            return character


def _missing(characters: Set[str]) -> Set[str]:
    """Those of `characters` that no font has; usually none, which one trial shows."""
    if not characters or _is_set(" ".join(sorted(characters))):
        return set()
    return {character for character in characters if not _is_set(character)}


def _is_set(text: str) -> bool:
    try:
        _first(_compiler("glyphs.typ", json.dumps(text)), pdf_standards="ua-1", format="pdf")
    except NotSet:
        return False
    return True
