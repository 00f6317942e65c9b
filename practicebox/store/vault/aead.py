"""Sealing bytes under a 32-byte key: XChaCha20-Poly1305 with a version byte in front.

Knows no table and no key hierarchy. The 24-byte nonce is random: with 192 bits chance collisions
are out of reach, so no counter has to survive a power cut.
"""

from __future__ import annotations

from collections.abc import Callable

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from practicebox.store.conditions import SealBroken

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 24
OVERHEAD = len(VERSION) + NONCE_BYTES + 16  # bytes; the last 16 are Poly1305's tag
_PROTOCOL = b"practicebox/1"  # keeps associated data apart from that of any other program


def seal(key: bytes, plaintext: bytes, associated: bytes, random: Callable[[int], bytes]) -> bytes:
    """`plaintext` sealed under `key`, to be opened only with the same `associated` data."""
    nonce = random(NONCE_BYTES)
    return (
        VERSION
        + nonce
        + crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, nonce, key)
    )


def open_sealed(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """What `seal` was given; raise `SealBroken` if anything at all differs."""
    if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
        raise SealBroken
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(body, associated, nonce, key)
    except CryptoError:
        raise SealBroken from None


def associated(*parts: str | int | bytes) -> bytes:
    """The place a sealed value belongs to, such as table, row and generation.

    Every part has its length in front, so that ("ab", "c") and ("a", "bc") are two places.
    """
    return b"".join(map(_with_length, (_PROTOCOL, *parts)))


def _with_length(part: str | int | bytes) -> bytes:
    data = part if isinstance(part, bytes) else str(part).encode()
    return len(data).to_bytes(4) + data
