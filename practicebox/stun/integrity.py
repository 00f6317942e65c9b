"""Who wrote a message: MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 and their keys.

Works on encoded messages, because the HMAC covers bytes. Knows no users and keeps no secrets:
keys come in as arguments. Text must already be in the form of the OpaqueString profile
(RFC 8265); the box's own credentials are ASCII and always are.
"""

from __future__ import annotations

import hashlib
import hmac

from practicebox.stun.message import (
    ATTRIBUTE_HEADER,
    HEADER,
    encode_attribute,
    walk,
    with_length,
)
from practicebox.stun.registry import Attribute, PasswordAlgorithm

SHA1_SIZE = 20
SHA256_SIZE = 32
SHORTEST_SHA256 = 16  # a usage that allows truncation can't go below (section 14.6)


def short_term_key(password: str) -> bytes:
    """The key of the short-term mechanism (section 9.1.1)."""
    return password.encode()


def long_term_key(
    username: str,
    realm: str,
    password: str,
    algorithm: PasswordAlgorithm = PasswordAlgorithm.MD5,  # what no PASSWORD-ALGORITHM means
) -> bytes:
    """The key of the long-term mechanism (section 18.5.1)."""
    text = f"{username}:{realm}:{password}".encode()
    if algorithm is PasswordAlgorithm.SHA256:
        return hashlib.sha256(text).digest()
    return hashlib.md5(text, usedforsecurity=False).digest()  # the RFC's choice; HMAC guards it


def userhash(username: str, realm: str) -> bytes:
    """The USERHASH that stands in for a user name (section 14.4)."""
    return hashlib.sha256(f"{username}:{realm}".encode()).digest()


def with_integrity(encoded: bytes, key: bytes) -> bytes:
    """The message with MESSAGE-INTEGRITY; only SHA-256 integrity and FINGERPRINT may follow."""
    covered = _announcing(encoded, SHA1_SIZE)
    return covered + encode_attribute(Attribute.MESSAGE_INTEGRITY, _sha1(covered, key))


def with_integrity_sha256(encoded: bytes, key: bytes, size: int = SHA256_SIZE) -> bytes:
    """The message with MESSAGE-INTEGRITY-SHA256, truncated to `size` where the usage allows it."""
    if not SHORTEST_SHA256 <= size <= SHA256_SIZE or size % 4:
        raise ValueError("a truncated integrity has 16, 20, 24, 28 or 32 bytes")
    covered = _announcing(encoded, size)
    return covered + encode_attribute(
        Attribute.MESSAGE_INTEGRITY_SHA256, _sha256(covered, key)[:size]
    )


def has_integrity(datagram: bytes, key: bytes) -> bool:
    """Whether the holder of `key` wrote this: MESSAGE-INTEGRITY is there and right.

    Raise `NotStun` where `walk` does.
    """
    covered, value = _sealed(datagram, Attribute.MESSAGE_INTEGRITY)
    return len(value) == SHA1_SIZE and hmac.compare_digest(value, _sha1(covered, key))


def has_integrity_sha256(datagram: bytes, key: bytes, shortest: int = SHA256_SIZE) -> bool:
    """Whether MESSAGE-INTEGRITY-SHA256 is there and right.

    A usage that does not define truncation must refuse it (section 14.6), so `shortest` is the
    full size unless the caller says otherwise.
    """
    covered, value = _sealed(datagram, Attribute.MESSAGE_INTEGRITY_SHA256)
    size = len(value)
    if not max(shortest, SHORTEST_SHA256) <= size <= SHA256_SIZE or size % 4:
        return False
    return hmac.compare_digest(value, _sha256(covered, key)[:size])


def _sealed(datagram: bytes, sought: int) -> tuple[bytes, bytes]:
    """What the first attribute `sought` covers, and its value; both empty without one."""
    for position, kind, value in walk(datagram):
        if kind == sought:
            return _announcing(datagram[:position], len(value)), value
    return b"", b""


def _announcing(encoded: bytes, size: int) -> bytes:
    """The message whose length already counts an attribute of `size` behind it (section 14.5)."""
    return with_length(encoded, len(encoded) - HEADER.size + ATTRIBUTE_HEADER.size + size)


def _sha1(covered: bytes, key: bytes) -> bytes:
    return hmac.digest(key, covered, "sha1")


def _sha256(covered: bytes, key: bytes) -> bytes:
    return hmac.digest(key, covered, "sha256")
