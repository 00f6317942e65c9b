import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.attributes import decode_unknown_attributes, decode_xor_address
from practicebox.stun.message import MOST_ATTRIBUTES, decode, encode_attribute, with_fingerprint
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.responder import AMPLIFICATION, answer
from tests.stun.samples import (
    SAMPLE_LONG_TERM,
    SAMPLE_RESPONSE_V4,
    SAMPLE_SHA256,
    TRANSACTION_ID,
    captured,
    request,
)

V4 = ("192.0.2.1", 32853)
V6 = ("2001:db8::1", 32853)


def answered(datagram: bytes, source: tuple[str, int] = V4) -> bytes:
    reply = answer(datagram, source)
    assert reply is not None
    return reply


@pytest.mark.parametrize(("source", "size"), [(V4, 32), (("::ffff:192.0.2.1", 1), 32), (V6, 44)])
def test_the_answer_is_minimal(source: tuple[str, int], size: int) -> None:
    assert len(answered(request(), source)) == size


@pytest.mark.parametrize("source", [V4, V6])
def test_the_answer_tells_the_source_its_address(source: tuple[str, int]) -> None:
    message = decode(answered(request(), source))
    assert message.message_class is MessageClass.SUCCESS_RESPONSE
    assert message.transaction_id == TRANSACTION_ID
    assert [kind for kind, _ in message.attributes] == [Attribute.XOR_MAPPED_ADDRESS]
    assert decode_xor_address(message.attributes[0][1], TRANSACTION_ID) == source


@pytest.mark.parametrize("who", ["chromium", "firefox", "aioice"])
def test_browsers_that_gather_candidates_get_the_answer(who: str) -> None:
    datagram = captured(f"{who}-binding")
    message = decode(answered(datagram))
    assert message.transaction_id == datagram[8:20]
    assert message.message_class is MessageClass.SUCCESS_RESPONSE


@pytest.mark.parametrize("datagram", [SAMPLE_LONG_TERM, SAMPLE_SHA256, with_fingerprint(request())])
def test_credentials_and_a_fingerprint_change_nothing(datagram: bytes) -> None:
    assert len(answered(datagram)) == 32


@pytest.mark.parametrize("who", ["chromium", "firefox", "aioice"])
def test_ice_attributes_are_refused_as_unknown(who: str) -> None:
    message = decode(answered(captured(f"{who}-check")))
    assert message.message_class is MessageClass.ERROR_RESPONSE
    listed = message.value(Attribute.UNKNOWN_ATTRIBUTES)
    assert listed is not None
    assert 0x0024 in decode_unknown_attributes(listed)  # PRIORITY


def test_an_unknown_required_attribute_is_refused_with_420() -> None:
    message = decode(answered(request(encode_attribute(0x7777, b"abcd"))))
    assert message.message_class is MessageClass.ERROR_RESPONSE
    assert message.transaction_id == TRANSACTION_ID
    assert message.attributes == (
        (Attribute.ERROR_CODE, b"\0\0\x04\x14"),
        (Attribute.UNKNOWN_ATTRIBUTES, b"\x77\x77"),
    )


def test_an_unknown_optional_attribute_is_ignored() -> None:
    assert len(answered(request(encode_attribute(0xC057, b"\0\1\0\0")))) == 32


def test_an_unknown_attribute_that_no_integrity_covers_is_ignored() -> None:
    body = encode_attribute(Attribute.MESSAGE_INTEGRITY, bytes(20)) + encode_attribute(0x7777, b"")
    assert decode(answered(request(body))).message_class is MessageClass.SUCCESS_RESPONSE


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        request()[:-1],
        request(cookie=0x12345678),
        request(kind=0xC001),
        request(kind=0x0003),  # Allocate
        request(kind=0x0101),  # a response
        request(kind=0x0111),  # an error
        request(kind=0x0011),  # an indication
        request(encode_attribute(0x7777, b""), kind=0x0011),
        request(encode_attribute(Attribute.FINGERPRINT, bytes(4))),
        SAMPLE_RESPONSE_V4,
    ],
)
def test_everything_else_meets_silence(datagram: bytes) -> None:
    assert answer(datagram, V4) is None


def test_an_answer_is_never_answered() -> None:
    assert answer(answered(request()), V4) is None
    assert answer(answered(request(encode_attribute(0x7777, b""))), V4) is None


@given(st.lists(st.integers(0, 0xFFFF), max_size=MOST_ATTRIBUTES))
def test_a_v4_answer_is_at_most_1_6_times_the_request(kinds: list[int]) -> None:
    datagram = request(b"".join(encode_attribute(kind, b"") for kind in kinds))
    reply = answer(datagram, V4)
    assert reply is None or len(reply) <= AMPLIFICATION * len(datagram)


@given(st.binary(max_size=100), st.sampled_from([V4, V6, ("::ffff:10.0.0.1", 0)]))
def test_no_datagram_raises(body: bytes, source: tuple[str, int]) -> None:
    for datagram in (body, request(body), with_fingerprint(request(body))):
        reply = answer(datagram, source)
        assert reply is None or decode(reply).transaction_id == datagram[8:20]
