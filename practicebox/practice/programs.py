"""Programs that may use the interface for software: what each may do, and how its token is written.

A token is read aloud, copied and pasted into foreign settings, so it has a mark in front by which
scanners for lost secrets know it, and a checksum behind. The checksum protects from slips only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

SCOPES = (
    "appointments:read",
    "appointments:write",
    "patients:read",
    "patients:write",
    "invitations:read",
    "events:read",
)
NAME_LONGEST = 40  # characters of "Praxisverwaltung am Empfang"

MARK = "pbx_"
SECRET_BYTES = 32
CHECK_BYTES = 3  # 35 bytes are 56 characters of base32 without padding
LENGTH = len(MARK) + 56


class NotAToken(ValueError):
    """The text is no token: another mark, length or checksum."""


def write(secret: bytes) -> str:
    """The token of a secret (32 bytes): `pbx_` and 56 letters and digits (RFC 4648 section 6)."""
    return MARK + base64.b32encode(secret + _check(secret)).decode().lower()


def read(text: str) -> bytes:
    """The secret in a token; raise `NotAToken`."""
    if len(text) != LENGTH or not text.startswith(MARK):
        raise NotAToken
    try:
        data = base64.b32decode(text.removeprefix(MARK), casefold=True)
    except (binascii.Error, ValueError) as error:
        raise NotAToken from error
    secret, check = data[:SECRET_BYTES], data[SECRET_BYTES:]
    if check != _check(secret):
        raise NotAToken
    return secret


def in_order(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes that are known, each once, always in the same order."""
    wanted = set(scopes)
    return tuple(scope for scope in SCOPES if scope in wanted)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(MARK.encode() + secret).digest()[:CHECK_BYTES]
