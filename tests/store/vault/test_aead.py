"""Seals open only with the same key, at the same place, unchanged."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.store.conditions import SealBroken
from practicebox.store.vault.aead import (
    NONCE_BYTES,
    OVERHEAD,
    VERSION,
    associated,
    open_sealed,
    seal,
)

KEY = bytes(range(32))
PLACE = associated("appointments", "a1", 1)


def test_opens_the_vector_of_the_internet_draft() -> None:
    """draft-irtf-cfrg-xchacha-03, appendix A.3.1."""
    key = bytes(range(0x80, 0xA0))
    nonce = bytes(range(0x40, 0x58))
    ciphertext = bytes.fromhex(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a8"
        "2f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369"
        "488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
    )
    associated_data = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    opened = open_sealed(key, VERSION + nonce + ciphertext, associated_data)
    assert opened.startswith(b"Ladies and Gentlemen of the class of '99")


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_was_sealed_opens(plaintext: bytes, place: bytes) -> None:
    sealed = seal(KEY, plaintext, place, os.urandom)
    assert len(sealed) == len(plaintext) + OVERHEAD
    assert open_sealed(KEY, sealed, place) == plaintext


def test_another_key_is_refused() -> None:
    sealed = seal(KEY, b"Anamnese", PLACE, os.urandom)
    with pytest.raises(SealBroken):
        open_sealed(bytes(32), sealed, PLACE)


@pytest.mark.parametrize(
    "elsewhere", [("appointments", "a2", 1), ("users", "a1", 1), ("appointments", "a1", 2)]
)
def test_a_moved_seal_is_refused(elsewhere: tuple[str, str, int]) -> None:
    sealed = seal(KEY, b"Anamnese", PLACE, os.urandom)
    with pytest.raises(SealBroken):
        open_sealed(KEY, sealed, associated(*elsewhere))


def test_a_truncated_seal_is_refused_at_every_length() -> None:
    sealed = seal(KEY, b"Anamnese", PLACE, os.urandom)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            open_sealed(KEY, sealed[:length], PLACE)


def test_a_changed_bit_anywhere_is_refused() -> None:
    sealed = seal(KEY, b"Anamnese", PLACE, os.urandom)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            open_sealed(KEY, bytes(changed), PLACE)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_seal_broken(data: bytes) -> None:
    for sealed in (data, VERSION + data):
        with pytest.raises(SealBroken):
            open_sealed(KEY, sealed, PLACE)


def test_every_seal_has_a_nonce_of_its_own() -> None:
    nonces = {seal(KEY, b"", PLACE, os.urandom)[1 : 1 + NONCE_BYTES] for _ in range(100)}
    assert len(nonces) == 100


parts = st.lists(st.text(max_size=6), max_size=4)


@given(parts, parts)
def test_two_places_never_look_the_same(one: list[str], other: list[str]) -> None:
    assert (associated(*one) == associated(*other)) == (one == other)
