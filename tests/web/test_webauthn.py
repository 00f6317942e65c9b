"""Answers about passkeys without any door: every bit of them counts, and whatever bytes come
instead raise nothing but `WrongPasskey`."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practicebox.store.conditions import WrongPasskey
from practicebox.web.staff import webauthn, webauthn_answers
from practicebox.web.staff.webauthn import Answer, Owner, Party
from tests.web.authenticator import Passkey, cbor, cose, new_key
from tests.web.passkey_world import HOST, ORIGIN

PARTY, CHALLENGE, USER = Party(HOST, ORIGIN), b"c" * 32, frozenset({"user"})
OF_USE = ("clientDataJSON", "authenticatorData", "signature", "userHandle")
Parts = dict[str, bytes]


@dataclass(frozen=True)
class Made:
    """A passkey that was made, and its two right answers."""

    passkey: Passkey
    created: Answer
    used: Answer
    verifier: bytes

    def attested(self, key: bytes) -> bytes:
        """Attested credential data with another public key."""
        id_ = self.passkey.id
        return bytes(16) + len(id_).to_bytes(2) + id_ + key

    def attestation(self, credential: bytes, flags: int = 0x45) -> Parts:
        """The answer of a creation with other credential data."""
        known = hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + bytes(4) + credential
        whole = cbor({"fmt": "none", "attStmt": {}, "authData": known})
        return {**self.created.parts, "attestationObject": whole}


def make() -> Made:
    passkey = Passkey(ORIGIN)
    options = webauthn.to_create(PARTY, "Praxis", Owner("user", "M", "M. W."), (), CHALLENGE)
    created = webauthn.read_answer(json.dumps(passkey.create(options)))
    verifier = webauthn_answers.created(created, PARTY, CHALLENGE)
    used = webauthn.read_answer(json.dumps(passkey.get(webauthn.to_use(PARTY, CHALLENGE))))
    return Made(passkey, created, used, verifier)


ONE = make()
POINT = [part for part in cose(ONE.passkey.key).values() if isinstance(part, bytes)]


def created(parts: Parts) -> bytes:
    return webauthn_answers.created(Answer(ONE.passkey.id, parts), PARTY, CHALLENGE)


def used(parts: Parts, verifier: bytes = ONE.verifier) -> int:
    answer = Answer(ONE.passkey.id, parts)
    return webauthn_answers.used(answer, PARTY, CHALLENGE, USER, verifier)


def test_right_answers_are_right() -> None:
    assert used(ONE.used.parts) == 1
    assert created(ONE.created.parts) == ONE.verifier == ONE.attested(cbor(cose(ONE.passkey.key)))


@pytest.mark.slow
@given(st.sampled_from(OF_USE), st.integers(0, 400), st.integers(0, 7))
@settings(max_examples=1500, deadline=None)
def test_every_bit_of_an_answer_counts(name: str, position: int, bit: int) -> None:
    altered = bytearray(ONE.used.parts[name])
    altered[position % len(altered)] ^= 1 << bit
    with pytest.raises(WrongPasskey):
        used({**ONE.used.parts, name: bytes(altered)})


@pytest.mark.slow
@given(st.integers(0, 400), st.integers(0, 7))
@settings(max_examples=1000, deadline=None)
def test_an_altered_new_passkey_is_refused_or_does_not_open(position: int, bit: int) -> None:
    """Nobody vouches for these bytes, so what isn't looked at may be altered, such as the make.
    With another point on the curve the passkey doesn't open."""
    altered = bytearray(ONE.created.parts["attestationObject"])
    altered[position % len(altered)] ^= 1 << bit
    with suppress(WrongPasskey):
        verifier = created({**ONE.created.parts, "attestationObject": bytes(altered)})
        if not all(coordinate in verifier for coordinate in POINT):
            with pytest.raises(WrongPasskey):
                used(ONE.used.parts, verifier)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from((*OF_USE, "attestationObject")), st.binary(max_size=600)))
@settings(max_examples=1500, deadline=None)
def test_any_bytes_raise_nothing_else(parts: Parts) -> None:
    with suppress(WrongPasskey):
        assert created({**ONE.created.parts, **parts}) == ONE.verifier
    with suppress(WrongPasskey):
        assert used({**ONE.used.parts, **parts}) == 1


@pytest.mark.slow
@given(
    st.recursive(
        st.integers(-300, 2**31) | st.binary(max_size=80) | st.text(max_size=8),
        lambda inner: st.dictionaries(st.integers(-9, 9), inner, max_size=6),
        max_leaves=12,
    )
)
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_public_key_raises_nothing_else(key: object) -> None:
    credential = ONE.attested(cbor(key))
    with suppress(WrongPasskey):
        created(ONE.attestation(credential))
    with pytest.raises(WrongPasskey):
        used(ONE.used.parts, credential)


@given(st.sampled_from([-7, -8, -257]), st.integers(-9, 9), st.binary(max_size=40) | st.integers())
@settings(max_examples=300, deadline=None)
def test_a_public_key_with_another_value_raises_nothing_else(
    algorithm: int, place: int, value: bytes | int
) -> None:
    if isinstance(value, int):
        value %= 2**31
    altered = {**_PUBLIC[algorithm], place: value}
    with pytest.raises(WrongPasskey):
        used(ONE.used.parts, ONE.attested(cbor(altered)))


_PUBLIC = {algorithm: cose(new_key(algorithm)) for algorithm in (-7, -8, -257)}


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\x81" * 12_000,
        b"\xa1\x00" * 6_000,
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
    ],
)
def test_nested_and_endless_cbor_is_refused(bytes_: bytes) -> None:
    for parts in (
        {**ONE.created.parts, "attestationObject": bytes_},
        ONE.attestation(ONE.attested(bytes_)),
        ONE.attestation(b"", flags=0x85) | {"authenticatorData": bytes_},
    ):
        with pytest.raises(WrongPasskey):
            created(parts)
    with pytest.raises(WrongPasskey):
        used(ONE.used.parts, ONE.attested(bytes_))


@pytest.mark.slow
@given(st.text(max_size=300) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
@settings(max_examples=500, deadline=None)
def test_any_text_raises_nothing_else(typed: str) -> None:
    with pytest.raises(WrongPasskey):
        webauthn.read_answer(typed)
    with suppress(WrongPasskey):
        assert len(webauthn.read_secret(typed)) == 32


@pytest.mark.parametrize("typed", ["[" * 15_000, '{"response":' * 1_200, "0" * 20_000, "9" * 9_000])
def test_nested_and_long_texts_are_refused(typed: str) -> None:
    with pytest.raises(WrongPasskey):
        webauthn.read_answer(typed)


def test_a_kind_of_key_that_was_not_asked_for_is_refused() -> None:
    """P-384 would do for the library."""
    public = {1: 2, 3: -35, -1: 2, -2: os.urandom(48), -3: os.urandom(48)}
    with pytest.raises(WrongPasskey):
        created(ONE.attestation(ONE.attested(cbor(public))))


def test_a_credential_under_another_id_is_refused() -> None:
    answer = Answer(b"another id", ONE.created.parts)
    with pytest.raises(WrongPasskey):
        webauthn_answers.created(answer, PARTY, CHALLENGE)
    with pytest.raises(WrongPasskey):
        webauthn_answers.used(
            Answer(b"another id", ONE.used.parts), PARTY, CHALLENGE, USER, ONE.verifier
        )


def test_the_library_is_loaded_with_the_first_answer_and_not_before() -> None:
    """It takes 8 MB, and most boxes never need it."""
    code = "import practicebox.app, sys; print([m for m in sys.modules if m.startswith('fido2')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
