"""Names: how they are kept, compared and searched, and which short names are allowed.

A short name is what a practice or a person types to log in. People mix up case and add blanks
(S3:283-286), so both are forgiven; the spelling they chose is kept for display.
"""

from __future__ import annotations

import re
import unicodedata

SHORT_LONGEST = 32
LONGEST = 120  # characters of a person's name; the longest in a German register has 98
MARKS = 3  # accents on one letter; Vietnamese and Hebrew need two or three, "Zalgo" a hundred
_JOINERS = "\u200c\u200d"  # Arabic, Indic names and emoji need them
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that show nothing
_SHORT = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe", "ß": "ss"}
    | {"ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
    | dict.fromkeys("'`´‘’ʼʻʹ")  # O'Brien is also typed as OBrien
)
_TWO_LETTERS = re.compile("[aou]e")  # how umlauts are spelt where there are none


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


def clean(text: str) -> str:
    """A person's name as it is kept, at most `LONGEST` characters; empty if nothing of it shows.

    Composed, one space between words, and without what would hide or turn the text around it:
    control and format characters (bidi overrides among them), more than `MARKS` accents on one
    letter. Lone surrogates stay, so that whoever encodes the name notices.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:LONGEST].rstrip()
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if character.isspace():
            kept.append(" ")
        elif marks <= MARKS and not _is_hidden(character, category):
            kept.append(character)
    name = " ".join("".join(kept).split())[:LONGEST].rstrip()
    return name if any(_shows(character) for character in name) else ""


def same_key(text: str) -> str:
    """What two spellings of one person's name have in common: case and forms of characters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", clean(text)).casefold())


def fold(text: str) -> str:
    """Case, diacritics and spellings of letters out of the way: `Müller` is `mueller`."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_SPELT)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", bare).split())


def bare(text: str) -> str:
    """As `fold`, and umlauts as their letter alone: what `Müller`, `Mueller`, `Muller` share."""
    return _TWO_LETTERS.sub(lambda found: found.group()[0], fold(text))


def findable(name: str) -> str:
    """A name as searches look at it: folded, and each word that has an umlaut also bare.

    Whoever is looked for by `bare(typed)` is found by any part of any spelling: `eller` stands in
    the first form of `Müller`, `mull` in the second.
    """
    folded = fold(name)
    others = [word for word in folded.split() if _TWO_LETTERS.search(word)]
    return " ".join((folded, *map(bare, others)))


def _is_hidden(character: str, category: str) -> bool:
    if character in _BLANK:
        return True
    return category in ("Cc", "Cf", "Cn") and character not in _JOINERS


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" or "\ud800" <= character <= "\udfff"
