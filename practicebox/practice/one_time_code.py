"""One-time codes, by which a colleague joins: sixteen characters in groups of four.

The first group finds the invited user, the other three are the secret: 60 bits, and every guess
costs one run of Argon2id. The letters are Crockford's: none that looks like a digit, no `U`.
Randomness is passed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # 32 characters, 5 bits each
GROUP = 4
LENGTH = 16
LONGEST_INPUT = 64  # characters
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_.,:;/]+")


class NotACode(ValueError):
    """The text can't be a one-time code in any spelling."""


@dataclass(frozen=True)
class OneTimeCode:
    """`locator` (4 characters) finds, `secret` (12 characters) opens."""

    locator: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """As people type it: `K7QM-3FXN-0C9D-W2TH`."""
        text = self.locator + self.secret
        return "-".join(text[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def new_code(random: Callable[[int], bytes]) -> OneTimeCode:
    """A fresh code; `random(n)` returns n random bytes."""
    number = int.from_bytes(random(LENGTH * 5 // 8))
    text = "".join(ALPHABET[number >> 5 * i & 31] for i in range(LENGTH))
    return OneTimeCode(text[:GROUP], text[GROUP:])


def read(text: str) -> OneTimeCode:
    """The code in `text`, however it was typed; raise `NotACode` otherwise."""
    if len(text) > LONGEST_INPUT:
        raise NotACode
    plain = _SEPARATORS.sub("", text.upper()).translate(_LOOKALIKES)
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        raise NotACode
    return OneTimeCode(plain[:GROUP], plain[GROUP:])
