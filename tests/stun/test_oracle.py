"""Our codec against aioice's, in both directions."""

import pytest
from aioice import stun as aioice
from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.attributes import (
    decode_error_code,
    decode_xor_address,
    encode_error_code,
    encode_xor_address,
)
from practicebox.stun.integrity import has_integrity, with_integrity
from practicebox.stun.message import Message, decode, with_fingerprint
from practicebox.stun.registry import Attribute, MessageClass
from practicebox.stun.responder import answer
from tests.stun.samples import ADDRESSES, TRANSACTION_ID, captured, request

KEY = b"a key"
IDS = st.binary(min_size=12, max_size=12)
METHODS = st.sampled_from(list(aioice.Method))
CLASSES = {
    aioice.Class.REQUEST: MessageClass.REQUEST,
    aioice.Class.INDICATION: MessageClass.INDICATION,
    aioice.Class.RESPONSE: MessageClass.SUCCESS_RESPONSE,
    aioice.Class.ERROR: MessageClass.ERROR_RESPONSE,
}


@given(METHODS, st.sampled_from(list(CLASSES)), IDS, st.text(max_size=20), ADDRESSES)
def test_we_read_what_aioice_writes(
    method: aioice.Method,
    message_class: aioice.Class,
    transaction_id: bytes,
    username: str,
    address: tuple[str, int],
) -> None:
    theirs = aioice.Message(method, message_class, transaction_id)
    theirs.attributes["USERNAME"] = username
    theirs.attributes["XOR-MAPPED-ADDRESS"] = address
    theirs.add_message_integrity(KEY)
    datagram = bytes(theirs)

    ours = decode(datagram)
    assert (ours.method, ours.message_class) == (method, CLASSES[message_class])
    assert ours.transaction_id == transaction_id
    assert ours.value(Attribute.USERNAME) == username.encode()
    assert ours.value(Attribute.XOR_MAPPED_ADDRESS) == encode_xor_address(address, transaction_id)
    assert has_integrity(datagram, KEY)
    assert ours.encode() == datagram


@given(METHODS, st.sampled_from(list(CLASSES)), IDS, st.text(max_size=20), ADDRESSES)
def test_aioice_reads_what_we_write(
    method: aioice.Method,
    message_class: aioice.Class,
    transaction_id: bytes,
    username: str,
    address: tuple[str, int],
) -> None:
    mapped = encode_xor_address(address, transaction_id)
    ours = Message(
        CLASSES[message_class],
        transaction_id,
        (
            (Attribute.USERNAME, username.encode()),
            (Attribute.XOR_MAPPED_ADDRESS, mapped),
            (Attribute.ERROR_CODE, encode_error_code(420, "Unknown Attribute")),
        ),
        method,
    )
    theirs = aioice.parse_message(with_fingerprint(with_integrity(ours.encode(), KEY)))
    assert theirs.check_message_integrity(KEY)
    assert (theirs.message_method, theirs.message_class) == (method, message_class)
    assert theirs.transaction_id == transaction_id
    assert theirs.attributes["USERNAME"] == username
    host, port = theirs.attributes["XOR-MAPPED-ADDRESS"]
    assert (host, port) == decode_xor_address(mapped, transaction_id)
    assert theirs.attributes["ERROR-CODE"] == (420, "Unknown Attribute")


def test_aioice_understands_our_answers() -> None:
    theirs = aioice.parse_message(answer(request(), ("192.0.2.1", 32853)) or b"")
    assert theirs.message_class is aioice.Class.RESPONSE
    assert theirs.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.1", 32853)


def test_aioice_understands_our_refusals() -> None:
    reply = answer(captured("chromium-check"), ("192.0.2.1", 1))
    theirs = aioice.parse_message(reply or b"")
    assert theirs.attributes["ERROR-CODE"] == (420, "")


@pytest.mark.parametrize("code", [300, 401, 420, 438, 699])
def test_error_codes_are_the_same_for_both(code: int) -> None:
    theirs = aioice.Message(aioice.Method.BINDING, aioice.Class.ERROR, TRANSACTION_ID)
    theirs.attributes["ERROR-CODE"] = (code, "reason")
    value = decode(bytes(theirs)).value(Attribute.ERROR_CODE)
    assert value is not None
    assert decode_error_code(value) == (code, "reason")
