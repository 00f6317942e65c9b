"""A browser with an authenticator, as software: it makes passkeys and signs as W3C WebAuthn says.

Written from the specification, without the library that the box reads answers with. Every part of
an answer can be had wrong, to see what becomes of it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED, EXTENDED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
USUAL = PRESENT | VERIFIED

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: object) -> bytes:
    """As much of CBOR (RFC 8949) as passkeys use: numbers, bytes, texts, maps."""
    match value:
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case dict():
            return _head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())
    raise TypeError


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    for extra, length in ((24, 1), (25, 2), (26, 4)):
        if number < 1 << 8 * length:
            return bytes([kind << 5 | extra]) + number.to_bytes(length)
    raise ValueError


def new_key(algorithm: int = -7) -> PrivateKey:
    if algorithm == -8:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == -257:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def cose(key: PrivateKey) -> dict[int, object]:
    """The public half (RFC 9053)."""
    public: Any = key.public_key()
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: -8, -1: 6, -2: public.public_bytes(Encoding.Raw, PublicFormat.Raw)}
    numbers = public.public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {1: 3, 3: -257, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}
    return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}


def sign(key: PrivateKey, message: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


@dataclass
class Wrong:
    """What an answer says instead of the truth; None: the truth."""

    challenge: bytes | None = None
    origin: str | None = None
    host: str | None = None  # RP ID
    kind: str | None = None  # "webauthn.get"
    flags: int | None = None
    signature: bytes | None = None
    handle: bytes | None = None
    said: Mapping[str, object] = field(default_factory=dict)  # more client data


RIGHT = Wrong()


@dataclass
class Passkey:
    """One credential, and the browser that shows it at `origin`."""

    origin: str
    key: PrivateKey = field(default_factory=new_key)
    id: bytes = field(default_factory=lambda: os.urandom(32))
    seed: bytes = field(default_factory=lambda: os.urandom(32))  # CredRandomWithUV
    host: str = ""
    handle: bytes = b""
    count: int = 0

    def create(self, options: Mapping[str, Any], wrong: Wrong = RIGHT) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, as our page sends it."""
        self.host, self.handle = options["rp"]["id"], data(options["user"]["id"])
        said = self._client_data("webauthn.create", options["challenge"], wrong)
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor(cose(self.key))
        known = self._authenticator_data(ATTESTED, wrong) + attested
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": known})
        return self._answer(clientDataJSON=said, attestationObject=attestation)

    def get(self, options: Mapping[str, Any], wrong: Wrong = RIGHT) -> dict[str, Any]:
        """What `navigator.credentials.get` gives, as our page sends it."""
        self.count += 1
        said = self._client_data("webauthn.get", options["challenge"], wrong)
        known = self._authenticator_data(0, wrong)
        signature = sign(self.key, known + hashlib.sha256(said).digest())
        return self._answer(
            clientDataJSON=said,
            authenticatorData=known,
            signature=signature if wrong.signature is None else wrong.signature,
            userHandle=self.handle if wrong.handle is None else wrong.handle,
        )

    def secret(self, options: Mapping[str, Any]) -> bytes:
        """The output of the extension PRF for what the page evaluates."""
        salt = data(options["extensions"]["prf"]["eval"]["first"])
        hashed = hashlib.sha256(b"WebAuthn PRF\0" + salt).digest()
        return hmac.digest(self.seed, hashed, "sha256")

    def fields(self, options: Mapping[str, Any], wrong: Wrong = RIGHT) -> dict[str, str]:
        """The form that our page sends."""
        answer = json.dumps(self.get(options, wrong))
        return {"secret_answer": answer, "secret_prf": text(self.secret(options))}

    def _client_data(self, kind: str, challenge: str, wrong: Wrong) -> bytes:
        content = {
            "type": wrong.kind or kind,
            "challenge": challenge if wrong.challenge is None else text(wrong.challenge),
            "origin": self.origin if wrong.origin is None else wrong.origin,
            "crossOrigin": False,
            **wrong.said,
        }
        return json.dumps(content).encode()

    def _authenticator_data(self, more: int, wrong: Wrong) -> bytes:
        flags = (USUAL if wrong.flags is None else wrong.flags) | more
        host = self.host if wrong.host is None else wrong.host
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _answer(self, **parts: bytes) -> dict[str, Any]:
        response = {name: text(part) for name, part in parts.items()}
        id_ = text(self.id)
        return {"id": id_, "rawId": id_, "type": "public-key", "response": response}
