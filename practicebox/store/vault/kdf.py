"""Keys from keys (BLAKE2b) and keys from passwords (Argon2id, RFC 9106).

Pure: no thread, no randomness; `argon` decides where the expensive part runs.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from nacl.pwhash import argon2id

from practicebox.store.conditions import SealBroken

MIB = 1024 * 1024
SALT_BYTES = argon2id.SALTBYTES  # 16


@dataclass(frozen=True)
class Cost:
    """What one run of Argon2id takes; stored beside every salt, so that it can grow."""

    operations: int  # passes over the memory
    memory: int  # bytes


@dataclass(frozen=True)
class Costs:
    """The costs for new slots: the everyday password, and the master password."""

    user: Cost
    master: Cost


# DESIGN section 5. The master password opens the vault without a device, so it costs more.
STRONG = Costs(user=Cost(3, 64 * MIB), master=Cost(4, 256 * MIB))

# A manipulated row must not make the box allocate terabytes or compute for days.
LEAST = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)
MOST = Cost(16, 1024 * MIB)


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (at most 16 bytes of text) from a 32-byte key."""
    return hashlib.blake2b(key=key, person=purpose.encode(), digest_size=32).digest()


def stretch(password: str, salt: bytes, cost: Cost) -> bytes:
    """The 32-byte key of a password; raise `SealBroken` for a cost out of bounds."""
    if not (
        LEAST.operations <= cost.operations <= MOST.operations
        and LEAST.memory <= cost.memory <= MOST.memory
        and len(salt) == SALT_BYTES
    ):
        raise SealBroken
    return argon2id.kdf(32, _opaque(password), salt, opslimit=cost.operations, memlimit=cost.memory)


def _opaque(password: str) -> bytes:
    """The same bytes from every keyboard: NFC, and every blank a space (RFC 8265 section 4.2)."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
    return unicodedata.normalize("NFC", spaced).encode("utf-8", "surrogatepass")
