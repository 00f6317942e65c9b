"""Sealed signaling, written from docs/protocol.md section 2 and not from the pages' code.

Plays either page, or the box that sits between them and would like to be one of them.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from practicebox.practice.link import Link, encode

SEALED, AGREEING = 1, 2
STEP = 256
NONCE = 16


@dataclass(frozen=True)
class Root:
    """What both pages know."""

    secret: bytes
    salt: bytes
    room: str

    def derive(self, info: bytes, size: int = 32) -> bytes:
        return HKDF(hashes.SHA256(), size, self.salt, info).derive(self.secret)

    @property
    def number(self) -> str:
        """The check number of a root that was agreed on."""
        return f"{int.from_bytes(self.derive(b'pb/sig/v1/number', 8)) % 1_000_000:06}"


def root_of(link: Link) -> Root:
    """The root of a letter."""
    rid = encode(link.rid)
    return Root(link.secret, hashlib.sha256(f"pb-sig-v1|{rid}".encode()).digest(), f"link|{rid}")


@dataclass
class Seal:
    """One page's half of an epoch."""

    root: Root
    role: str
    clinician: str
    patient: str
    sent: int = 0
    opened: int = 0

    def close(self, content: bytes) -> bytes:
        self.sent += 1
        return self.frame(self.sent, content)

    def frame(self, count: int, content: bytes) -> bytes:
        """The frame of this number."""
        padded = content + b"\x80"
        padded += bytes(-len(padded) % STEP)
        key, label = self._direction(self.role)
        head = bytes([SEALED]) + count.to_bytes(8)
        return head + AESGCM(key).encrypt(bytes(4) + head[1:], padded, label)

    def open(self, frame: bytes) -> bytes | None:
        """The content, or nothing for what the other page did not seal."""
        count = int.from_bytes(frame[1:9])
        if frame[:1] != bytes([SEALED]) or count <= self.opened:
            return None
        key, label = self._direction("patient" if self.role == "clinician" else "clinician")
        try:
            padded = AESGCM(key).decrypt(bytes(4) + frame[1:9], frame[9:], label)
        except InvalidTag:
            return None
        self.opened = count
        return padded.rstrip(b"\0")[:-1]

    def _direction(self, sender: str) -> tuple[bytes, bytes]:
        label = f"pb/sig/v1/seal|{self.root.room}|{sender}|{self.clinician}|{self.patient}".encode()
        return self.root.derive(label), label


@dataclass
class Agreement:
    """One page's half of the agreement on a key."""

    role: str
    clinician: str
    patient: str
    said: list[bytes] = field(default_factory=list)  # frames for the other page
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    nonce: bytes = field(default_factory=lambda: os.urandom(NONCE))
    first: bytes = b""
    root: Root | None = None

    @property
    def half(self) -> bytes:
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return public + self.nonce

    def begin(self) -> None:
        self._say(1, hashlib.sha256(self._context + self.half).digest())

    def take(self, frame: bytes) -> None:
        step, said = frame[1], frame[2:]
        if self.role == "patient" and step == 2:
            self._agree(said, said, self.half)
            self._say(3, self.half)
        elif self.role == "clinician" and step == 1:
            self.first = said
            self._say(2, self.half)
        elif self.role == "clinician" and step == 3:
            assert hashlib.sha256(self._context + said).digest() == self.first
            self._agree(said, self.half, said)

    @property
    def _context(self) -> bytes:
        return f"pb/sig/v1/agree|{self.clinician}|{self.patient}".encode()

    def _agree(self, other: bytes, clinician: bytes, patient: bytes) -> None:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), other[:-NONCE])
        shared = self.key.exchange(ec.ECDH(), public)
        salt = hashlib.sha256(self._context + clinician + patient).digest()
        self.root = Root(shared, salt, "code")

    def _say(self, step: int, said: bytes) -> None:
        self.said.append(bytes([AGREEING, step]) + said)
