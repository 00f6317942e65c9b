import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.message import (
    MOST_ATTRIBUTES,
    Message,
    NotStun,
    decode,
    encode_attribute,
    with_fingerprint,
)
from practicebox.stun.registry import Attribute, MessageClass
from tests.stun.samples import (
    SAMPLE_LONG_TERM,
    SAMPLE_REQUEST,
    SAMPLE_RESPONSE_V4,
    SAMPLE_RESPONSE_V6,
    SAMPLE_SHA256,
    SAMPLE_SHA256_AS_PRINTED,
    TRANSACTION_ID,
    captured,
    request,
)

CAPTURES = [
    f"{who}-{what}" for who in ("chromium", "firefox", "aioice") for what in ("binding", "check")
]

# Attributes without rules of their own about where they may stand and what they hold.
ORDINARY = st.integers(0, 0xFFFF).filter(
    lambda kind: (
        kind
        not in (
            Attribute.FINGERPRINT,
            Attribute.MESSAGE_INTEGRITY,
            Attribute.MESSAGE_INTEGRITY_SHA256,
        )
    )
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(MessageClass),
    st.binary(min_size=12, max_size=12),
    st.lists(st.tuples(ORDINARY, st.binary(max_size=80)), max_size=MOST_ATTRIBUTES).map(tuple),
    st.integers(0, 0xFFF),
)


def attribute(kind: int, value: bytes = b"") -> bytes:
    return encode_attribute(kind, value)


def test_the_standards_sample_request_is_read() -> None:
    message = decode(SAMPLE_REQUEST)
    assert message.message_class is MessageClass.REQUEST
    assert message.method == 0x001
    assert message.transaction_id == TRANSACTION_ID
    assert message.value(Attribute.SOFTWARE) == b"STUN test client"
    assert message.value(Attribute.USERNAME) == b"evtj:h6vY"
    assert message.value(Attribute.REALM) is None


@pytest.mark.parametrize("sample", [SAMPLE_LONG_TERM, SAMPLE_SHA256])
def test_samples_with_zero_padding_are_written_back_byte_for_byte(sample: bytes) -> None:
    assert decode(sample).encode() == sample


@pytest.mark.parametrize("sample", [SAMPLE_REQUEST, SAMPLE_RESPONSE_V4, SAMPLE_RESPONSE_V6])
def test_padding_may_be_anything_and_is_written_as_zeros(sample: bytes) -> None:
    written = decode(sample).encode()
    differing = [(a, b) for a, b in zip(sample, written, strict=True) if a != b]
    assert set(differing) == {(0x20, 0x00)}  # RFC 5769 pads with blanks


@pytest.mark.parametrize("name", CAPTURES)
def test_what_browsers_send_is_written_back_byte_for_byte(name: str) -> None:
    datagram = captured(name)
    message = decode(datagram)
    assert message.message_class is MessageClass.REQUEST
    assert message.encode() == datagram


def test_the_erratum_is_right_about_the_printed_sample() -> None:
    with pytest.raises(NotStun, match="length"):
        decode(SAMPLE_SHA256_AS_PRINTED)


def test_a_memoryview_is_read_like_bytes() -> None:
    assert decode(memoryview(bytearray(SAMPLE_REQUEST))) == decode(SAMPLE_REQUEST)


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", "shorter"),
        (request()[:19], "shorter"),
        (request(cookie=0xDEADBEEF), "cookie"),
        (request(kind=0x4001), "top bits"),
        (request(kind=0x8001), "top bits"),
        (request(b"abc"), "length"),
        (request() + bytes(4), "length"),
        (request(bytes(4))[:-4], "length"),
        (request(struct.pack("!HH", 0x8022, 5) + bytes(4)), "past the end"),
        (request(struct.pack("!HH", 0x8022, 0xFFFF)), "past the end"),
        (request(attribute(0x8022) * (MOST_ATTRIBUTES + 1)), "more attributes"),
        (request(attribute(0x8028, bytes(4))), "wrong fingerprint"),
        (request(attribute(0x8028, bytes(3))), "wrong fingerprint"),
        (request(attribute(0x8028, bytes(8))), "not the last"),
        (
            with_fingerprint(request())[:2]
            + b"\0\x0c"
            + with_fingerprint(request())[4:]
            + bytes(4),
            "not the last",
        ),
    ],
)
def test_broken_datagrams_are_refused(datagram: bytes, reason: str) -> None:
    with pytest.raises(NotStun, match=reason):
        decode(datagram)


def test_no_changed_bit_passes_the_fingerprint() -> None:
    for position in range(len(SAMPLE_REQUEST) * 8):
        changed = bytearray(SAMPLE_REQUEST)
        changed[position // 8] ^= 1 << position % 8
        with suppress(NotStun):
            # Some changes hide it: in another type, or in a longer value of another attribute.
            assert decode(bytes(changed)).value(Attribute.FINGERPRINT) is None


def test_most_attributes_are_still_read() -> None:
    body = attribute(0x8022) * MOST_ATTRIBUTES
    assert len(decode(request(body)).attributes) == MOST_ATTRIBUTES


def test_the_first_of_two_attributes_counts() -> None:
    message = decode(request(attribute(0x8022, b"one") + attribute(0x8022, b"two")))
    assert message.value(Attribute.SOFTWARE) == b"one"


def test_what_follows_an_integrity_attribute_uncovered_is_left_out() -> None:
    body = b"".join(
        attribute(kind, value)
        for kind, value in (
            (Attribute.MESSAGE_INTEGRITY, bytes(20)),
            (Attribute.USERNAME, b"forged"),
            (Attribute.MESSAGE_INTEGRITY_SHA256, bytes(32)),
            (Attribute.MESSAGE_INTEGRITY, bytes(20)),
            (Attribute.REALM, b"forged"),
        )
    )
    message = decode(with_fingerprint(request(body)))
    assert [kind for kind, _ in message.attributes] == [
        Attribute.MESSAGE_INTEGRITY,
        Attribute.MESSAGE_INTEGRITY_SHA256,
        Attribute.FINGERPRINT,
    ]


@pytest.mark.parametrize(
    ("kind", "message_class", "method"),
    [
        (0x0001, MessageClass.REQUEST, 0x001),
        (0x0011, MessageClass.INDICATION, 0x001),
        (0x0101, MessageClass.SUCCESS_RESPONSE, 0x001),
        (0x0111, MessageClass.ERROR_RESPONSE, 0x001),
        (0x0003, MessageClass.REQUEST, 0x003),  # Allocate
        (0x0113, MessageClass.ERROR_RESPONSE, 0x003),
        (0x0017, MessageClass.INDICATION, 0x007),  # Data
        (0x3EEF, MessageClass.REQUEST, 0xFFF),
        (0x3FFF, MessageClass.ERROR_RESPONSE, 0xFFF),
    ],
)
def test_the_class_bits_stand_between_the_bits_of_the_method(
    kind: int, message_class: MessageClass, method: int
) -> None:
    message = decode(request(kind=kind))
    assert (message.message_class, message.method) == (message_class, method)
    assert message.encode() == request(kind=kind)


@given(MESSAGES)
def test_what_was_written_is_read_back(message: Message) -> None:
    assert decode(message.encode()) == message


@given(MESSAGES.filter(lambda message: len(message.attributes) < MOST_ATTRIBUTES))
def test_a_fingerprint_is_accepted_where_it_was_added(message: Message) -> None:
    read = decode(with_fingerprint(message.encode()))
    assert read.attributes[:-1] == message.attributes
    assert read.attributes[-1][0] == Attribute.FINGERPRINT


@given(st.binary(max_size=200), st.integers(0, 0xFFFF))
def test_no_bytes_raise_anything_but_not_stun(body: bytes, kind: int) -> None:
    for datagram in (
        body,
        request(body),
        request(body, kind=kind),
        with_fingerprint(request(body)),
    ):
        with suppress(NotStun):
            decode(datagram)
        with suppress(NotStun):
            decode(memoryview(datagram))


@given(st.data())
def test_no_change_to_a_real_message_raises_anything_but_not_stun(data: st.DataObject) -> None:
    changed = bytearray(captured(data.draw(st.sampled_from(CAPTURES))))
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    with suppress(NotStun):
        decode(bytes(changed[:cut]))
