"""What else a practice knows of a patient: who pays, new or not, language, needs.

All are stable keys. The words for them belong to the pages; a key, once kept, never changes its
meaning. An empty language is German, as anywhere in PracticeBox; an empty payer or standing is not
known.
"""

from __future__ import annotations

from collections.abc import Iterable

PAYERS = ("gkv", "pkv", "self", "bg")  # statutory, private, the patient, an accident insurer
STANDINGS = ("new", "existing")

# BCP 47, those that patients of German practices speak most; German is the empty one
LANGUAGES = (
    *("en", "tr", "ar", "ru", "uk", "pl", "fr", "it", "es", "ro", "fa", "ku", "bg", "hr", "sr"),
    *("bs", "sq", "el", "hu", "pt", "nl", "cs", "sk", "vi", "zh", "ti", "so", "ps", "ur", "hi"),
)

NEEDS = (
    "large_type",
    "plain_language",
    "interpreter",
    "sign_language",
    "hearing",
    "sight",
    "helper",  # somebody has to help with the device
    "wheelchair",
)


def in_order(needs: Iterable[str]) -> tuple[str, ...]:
    """The needs that are known, each once, always in the same order."""
    wanted = set(needs)
    return tuple(need for need in NEEDS if need in wanted)
