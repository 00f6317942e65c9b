"""What guessers do: solve puzzles with Python's SHA-256, which is independent of our JavaScript."""

from __future__ import annotations

import hashlib
import struct
from itertools import count

from practicebox.practice import link
from practicebox.web.patient import proof


def solve(puzzle: str) -> list[int]:
    """The answers to a puzzle; takes about 0.2 s."""
    begun = hashlib.sha256(link.decode(puzzle))
    return [_solve_part(begun.copy(), part) for part in range(proof.PARTS)]


def _solve_part(begun: hashlib._Hash, part: int) -> int:
    begun.update(struct.pack("!I", part))
    bound = 1 << (32 - proof.BITS)
    for answer in count():
        tried = begun.copy()
        tried.update(answer.to_bytes(4, "big"))
        if int.from_bytes(tried.digest()[:4], "big") < bound:
            return answer
    raise AssertionError
