"""What a password must be. Long ones are welcome, silly rules are not."""

from __future__ import annotations

SHORTEST = 8  # S3:106 "Mindestens 8 oder mehr Zeichen eingeben"
LONGEST = 128
MASTER_SHORTEST = 12


class TooShort(ValueError):
    """Fewer characters than asked for."""


class TooLong(ValueError):
    """More than 128 characters."""


class TooSimple(ValueError):
    """One character or a short run repeated, or simply a name that stands beside it."""


def check(password: str, *, shortest: int = SHORTEST, known: tuple[str, ...] = ()) -> None:
    """Raise the condition that `password` breaks; `known` are words an attacker tries first."""
    if len(password) < shortest:
        raise TooShort
    if len(password) > LONGEST:
        raise TooLong
    plain = password.casefold()
    if (
        len(set(plain)) < 4
        or plain in _RUNS
        or plain in {word.strip().casefold() for word in known}
    ):
        raise TooSimple


_RUNS = {
    *("1234567890"[:n] for n in (8, 9, 10)),
    *("0123456789"[:n] for n in (8, 9, 10)),
    *("qwertzuiopü"[:n] for n in (8, 9, 10, 11)),
    *("qwertyuiop"[:n] for n in (8, 9, 10)),
    *("abcdefghijkl"[:n] for n in (8, 9, 10, 12)),
    "password",
    "passwort",
    "passwort1",
    "password1",
    "masterpasswort",
    "123456789012",
}
