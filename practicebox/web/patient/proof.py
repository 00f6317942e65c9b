"""Proof of work: a puzzle that costs a browser about a second and the box nothing.

A puzzle has `PARTS` parts, so that the browser can say how far it is and luck evens out. Part i is
solved by a number n (32 bits) for which SHA-256(puzzle || i || n) begins with `BITS` zero bits;
`js/patient/proof.js` looks for it. A puzzle is `number || ends || mac`: the box keeps nothing of it
but one bit, that it has been used.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Sequence

from practicebox.practice import link

BITS = 14  # a part takes 16,384 hashes on average, all of them 262,144: 1 to 3 s of a phone
PARTS = 16
LIFETIME = 600.0  # seconds; a phone whose tab sleeps in between needs longer than its second
KEPT = 1 << 20  # puzzles whose use is known, 128 KiB; a flood hands out 3,000 a second

_HEAD = struct.Struct("!Qd")  # number, seconds of a steady clock
_TRY = struct.Struct("!II")
MAC_BYTES = 16


class BadProof(Exception):
    """Not a solution of a puzzle of ours that is still to be used."""


class Puzzles:
    """Hands out puzzles and takes each solution once, in fixed memory."""

    def __init__(self, key: bytes) -> None:
        self._key = key  # 32 random bytes, new at every start
        self._next = 0
        self._used = bytearray(KEPT // 8)

    def new(self, now: float) -> str:
        """A puzzle, base64url."""
        number, self._next = self._next, self._next + 1
        self._mark(number, used=False)  # the place belonged to the puzzle `KEPT` before this one
        head = _HEAD.pack(number, now + LIFETIME)
        return link.encode(head + self._mac(head))

    def take(self, text: str, answers: Sequence[object], now: float) -> None:
        """Use a solution up; raise `BadProof`."""
        puzzle = _bytes(text)
        head, mac = puzzle[: _HEAD.size], puzzle[_HEAD.size :]
        if len(head) < _HEAD.size or not hmac.compare_digest(mac, self._mac(head)):
            raise BadProof
        number, ends = _HEAD.unpack(head)
        if not (now < ends and number >= self._next - KEPT) or self._is_used(number):
            raise BadProof
        if not solves(puzzle, answers):
            raise BadProof
        self._mark(number, used=True)

    def _mac(self, head: bytes) -> bytes:
        return hmac.digest(self._key, head, "sha256")[:MAC_BYTES]

    def _is_used(self, number: int) -> bool:
        byte, bit = divmod(number % KEPT, 8)
        return bool(self._used[byte] >> bit & 1)

    def _mark(self, number: int, *, used: bool) -> None:
        byte, bit = divmod(number % KEPT, 8)
        self._used[byte] = self._used[byte] & ~(1 << bit) | used << bit


def solves(puzzle: bytes, answers: Sequence[object]) -> bool:
    """Whether there is a right answer for each part."""
    return len(answers) == PARTS and all(
        isinstance(answer, int) and 0 <= answer < 1 << 32 and is_right(puzzle, part, answer)
        for part, answer in enumerate(answers)
    )


def is_right(puzzle: bytes, part: int, answer: int) -> bool:
    digest = hashlib.sha256(puzzle + _TRY.pack(part, answer)).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS) == 0


def _bytes(text: str) -> bytes:
    try:
        return link.decode(text)
    except link.NotALink:
        raise BadProof from None
