"""Names: how they are compared and searched, and which short names are allowed.

A short name is what a practice or a person types to log in. People mix up case and add blanks
(S3:283-286), so both are forgiven; the spelling they chose is kept for display.
"""

from __future__ import annotations

import re
import unicodedata

SHORT_LONGEST = 32
_SHORT = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


class BadShortName(ValueError):
    """Not a short name: 2 to 32 letters, digits, dots or hyphens, beginning and ending with a
    letter or digit."""


def short(text: str) -> str:
    """The short name as it is kept; raise `BadShortName`."""
    name = unicodedata.normalize("NFC", text.strip())
    if not 2 <= len(name) <= SHORT_LONGEST or not _SHORT.fullmatch(name) or "_" in name:
        raise BadShortName
    return name


def short_key(text: str) -> str:
    """What two spellings of one short name have in common."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def fold(text: str) -> str:
    """For search: case, diacritics and umlaut spellings out of the way (`Müller` is `mueller`)."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", bare).split())
