"""Six words for a master password, to be read out, written by hand and typed in again.

Knows the list `words_de.txt`: 2048 German everyday words of 3 to 8 letters without umlauts, no
two of which differ in fewer than two letters, nor by an ending. So a slip of the pen never makes
another word of the list. Randomness is passed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.resources import files

COUNT = 6  # words of a proposed master password
SIZE = 2048  # words in the list
ENTROPY_BITS = COUNT * int(math.log2(SIZE))  # 66: with Argon2id out of reach for decades

# How somebody writes a word of the list all the same: as it sounds, or as in an old primer.
SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def word_list() -> tuple[str, ...]:
    """The words in alphabetical order, read when they are first needed."""
    text = files("practicebox.practice").joinpath("words_de.txt").read_text("ascii")
    return tuple(text.split())


def propose(random_below: Callable[[int], int], count: int = COUNT) -> tuple[str, ...]:
    """Draw `count` words; `random_below(n)` gives 0 to n - 1, each equally likely.

    A word may come twice: drawing again would only cost entropy.
    """
    words = word_list()
    return tuple(words[random_below(len(words))] for _ in range(count))


def read(text: str) -> tuple[str, ...]:
    """The words that somebody typed, whatever case, blanks, dashes or commas they chose.

    What is not on the list comes back as it is: a master password of one's own has other words.
    """
    plain = text.casefold().translate(SPELLINGS)
    return tuple("".join(c if c.isalnum() else " " for c in plain).split())
