from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.integrity import (
    has_integrity,
    has_integrity_sha256,
    long_term_key,
    short_term_key,
    userhash,
    with_integrity,
    with_integrity_sha256,
)
from practicebox.stun.message import NotStun, decode, encode_attribute, with_fingerprint
from practicebox.stun.registry import Attribute, PasswordAlgorithm
from tests.stun.samples import (
    CAPTURE_PASSWORD,
    LONG_TERM_PASSWORD,
    LONG_TERM_USERNAME,
    REALM,
    SAMPLE_LONG_TERM,
    SAMPLE_REQUEST,
    SAMPLE_RESPONSE_V4,
    SAMPLE_RESPONSE_V6,
    SAMPLE_SHA256,
    SHORT_TERM_PASSWORD,
    captured,
    request,
)

KEY = b"a key"


@pytest.mark.parametrize("sample", [SAMPLE_REQUEST, SAMPLE_RESPONSE_V4, SAMPLE_RESPONSE_V6])
def test_the_standards_short_term_samples(sample: bytes) -> None:
    assert has_integrity(sample, short_term_key(SHORT_TERM_PASSWORD))
    assert not has_integrity(sample, short_term_key("another"))


def test_the_standards_long_term_sample() -> None:
    key = long_term_key(LONG_TERM_USERNAME, REALM, LONG_TERM_PASSWORD)
    assert has_integrity(SAMPLE_LONG_TERM, key)
    rebuilt = with_integrity(SAMPLE_LONG_TERM[:2] + b"\0\x48" + SAMPLE_LONG_TERM[4:-24], key)
    assert rebuilt == SAMPLE_LONG_TERM


def test_the_standards_sha256_sample() -> None:
    key = long_term_key(LONG_TERM_USERNAME, REALM, LONG_TERM_PASSWORD, PasswordAlgorithm.SHA256)
    assert has_integrity_sha256(SAMPLE_SHA256, key)
    assert decode(SAMPLE_SHA256).value(Attribute.USERHASH) == userhash(LONG_TERM_USERNAME, REALM)
    rebuilt = with_integrity_sha256(SAMPLE_SHA256[:2] + b"\0\x6c" + SAMPLE_SHA256[4:-36], key)
    assert rebuilt == SAMPLE_SHA256


@pytest.mark.parametrize("name", ["chromium-check", "firefox-check", "aioice-check"])
def test_connectivity_checks_of_browsers_are_authentic(name: str) -> None:
    assert has_integrity(captured(name), short_term_key(CAPTURE_PASSWORD))
    assert not has_integrity(captured(name), short_term_key("another"))


def test_without_the_attribute_there_is_no_integrity() -> None:
    assert not has_integrity(request(), KEY)
    assert not has_integrity_sha256(request(), KEY)
    assert not has_integrity(with_integrity_sha256(request(), KEY), KEY)
    assert not has_integrity_sha256(with_integrity(request(), KEY), KEY)


def test_an_integrity_of_the_wrong_size_is_none() -> None:
    whole = with_integrity(request(), KEY)
    cut = whole[:2] + b"\0\x14" + whole[4:20] + b"\0\x08\0\x10" + whole[24:40]
    assert decode(cut).value(Attribute.MESSAGE_INTEGRITY) == whole[24:40]
    assert not has_integrity(cut, KEY)


@pytest.mark.parametrize("size", [16, 20, 24, 28])
def test_truncation_counts_only_where_the_usage_allows_it(size: int) -> None:
    truncated = with_integrity_sha256(request(), KEY, size)
    assert len(truncated) == 24 + size
    assert not has_integrity_sha256(truncated, KEY)
    assert has_integrity_sha256(truncated, KEY, shortest=size)
    assert not has_integrity_sha256(truncated, KEY, shortest=size + 4)


@pytest.mark.parametrize("size", [0, 12, 18, 36])
def test_no_usage_allows_other_sizes(size: int) -> None:
    with pytest.raises(ValueError, match="16, 20"):
        with_integrity_sha256(request(), KEY, size)
    forged = request(encode_attribute(Attribute.MESSAGE_INTEGRITY_SHA256, bytes(size)))
    assert not has_integrity_sha256(forged, KEY, shortest=0)


def test_both_kinds_and_a_fingerprint_stand_in_one_message() -> None:
    message = with_fingerprint(with_integrity_sha256(with_integrity(request(), KEY), KEY))
    assert has_integrity(message, KEY)
    assert has_integrity_sha256(message, KEY)
    assert [kind for kind, _ in decode(message).attributes] == [
        Attribute.MESSAGE_INTEGRITY,
        Attribute.MESSAGE_INTEGRITY_SHA256,
        Attribute.FINGERPRINT,
    ]


@given(st.binary(max_size=120))
def test_no_bytes_raise_anything_but_not_stun(body: bytes) -> None:
    for datagram in (body, request(body)):
        for check in (has_integrity, has_integrity_sha256):
            with suppress(NotStun):
                assert not check(datagram, KEY)


@given(st.data())
def test_a_changed_covered_byte_is_noticed(data: st.DataObject) -> None:
    signed = bytearray(
        with_integrity_sha256(with_integrity(request(b"\x80\x22\0\4soft"), KEY), KEY)
    )
    position = data.draw(st.integers(0, 27))
    signed[position] ^= data.draw(st.integers(1, 255))
    for check in (has_integrity, has_integrity_sha256):
        try:
            assert not check(bytes(signed), KEY) or position in (2, 3)  # the length is recomputed
        except NotStun:
            continue
