import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.stun.attributes import (
    decode_error_code,
    decode_password_algorithms,
    decode_text,
    decode_unknown_attributes,
    decode_xor_address,
    encode_error_code,
    encode_password_algorithms,
    encode_unknown_attributes,
    encode_xor_address,
    pack_host,
    unknown_types,
)
from practicebox.stun.message import NotStun, decode
from practicebox.stun.registry import Attribute, PasswordAlgorithm
from tests.stun.samples import (
    ADDRESSES,
    SAMPLE_RESPONSE_V4,
    SAMPLE_RESPONSE_V6,
    SAMPLE_SHA256,
    TRANSACTION_ID,
)

SAMPLE_V4 = ("192.0.2.1", 32853)
SAMPLE_V6 = ("2001:db8:1234:5678:11:2233:4455:6677", 32853)


@pytest.mark.parametrize(
    ("sample", "address"), [(SAMPLE_RESPONSE_V4, SAMPLE_V4), (SAMPLE_RESPONSE_V6, SAMPLE_V6)]
)
def test_the_standards_mapped_addresses(sample: bytes, address: tuple[str, int]) -> None:
    value = decode(sample).value(Attribute.XOR_MAPPED_ADDRESS)
    assert value is not None
    assert decode_xor_address(value, TRANSACTION_ID) == address
    assert encode_xor_address(address, TRANSACTION_ID) == value


def test_a_v4_mapped_source_is_reported_as_v4() -> None:
    mapped = encode_xor_address(("::ffff:192.0.2.1", 32853), TRANSACTION_ID)
    assert decode_xor_address(mapped, TRANSACTION_ID) == SAMPLE_V4


def test_the_zone_of_a_link_local_source_is_not_reported() -> None:
    value = encode_xor_address(("fe80::1%eth0", 7), TRANSACTION_ID)
    assert decode_xor_address(value, TRANSACTION_ID) == ("fe80::1", 7)


@given(ADDRESSES, st.binary(min_size=12, max_size=12))
def test_every_address_is_read_back(address: tuple[str, int], transaction_id: bytes) -> None:
    host, port = decode_xor_address(encode_xor_address(address, transaction_id), transaction_id)
    assert (pack_host(host), port) == (pack_host(address[0]), address[1])


@pytest.mark.parametrize(
    "value",
    ["", "000100", "0001a147", "0001a147e112a6", "0002a147e112a643", "0003a147e112a643"],
)
def test_a_mapped_address_of_the_wrong_size_is_refused(value: str) -> None:
    with pytest.raises(NotStun):
        decode_xor_address(bytes.fromhex(value), TRANSACTION_ID)


@pytest.mark.parametrize(("code", "reason"), [(300, ""), (420, "Unknown"), (699, "öäü")])
def test_error_codes_are_read_back(code: int, reason: str) -> None:
    assert decode_error_code(encode_error_code(code, reason)) == (code, reason)


def test_an_error_code_has_hundreds_and_the_rest() -> None:
    assert encode_error_code(420) == bytes([0, 0, 4, 20])


@pytest.mark.parametrize("value", ["", "000004", "00000200", "00000700", "00000464", "00000414ff"])
def test_impossible_error_codes_are_refused(value: str) -> None:
    with pytest.raises(NotStun):
        decode_error_code(bytes.fromhex(value))


@given(st.lists(st.integers(0, 0xFFFF)).map(tuple))
def test_unknown_attributes_are_read_back(kinds: tuple[int, ...]) -> None:
    assert decode_unknown_attributes(encode_unknown_attributes(kinds)) == kinds


def test_half_an_attribute_type_is_refused() -> None:
    with pytest.raises(NotStun):
        decode_unknown_attributes(b"\0\1\0")


def test_the_samples_password_algorithm_is_sha256() -> None:
    value = decode(SAMPLE_SHA256).value(Attribute.PASSWORD_ALGORITHM)
    assert value is not None
    assert decode_password_algorithms(value) == ((PasswordAlgorithm.SHA256, b""),)


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=9))).map(tuple))
def test_password_algorithms_are_read_back(algorithms: tuple[tuple[int, bytes], ...]) -> None:
    assert decode_password_algorithms(encode_password_algorithms(algorithms)) == algorithms


@pytest.mark.parametrize("value", [b"\0", b"\0\1\0", b"\0\1\0\4ab", b"\0\1\0\0\0"])
def test_cut_off_password_algorithms_are_refused(value: bytes) -> None:
    with pytest.raises(NotStun):
        decode_password_algorithms(value)


def test_text_that_is_not_utf8_is_refused_without_quoting_it() -> None:
    with pytest.raises(NotStun) as refusal:
        decode_text(b"Max Mustermann \xff")
    assert "Mustermann" not in repr(refusal.value)
    assert refusal.value.__suppress_context__


def test_only_comprehension_required_types_are_unknown_and_each_once() -> None:
    attributes = ((0x7777, b""), (0x0006, b""), (0xFFFF, b""), (0x0003, b""), (0x7777, b""))
    assert unknown_types(attributes) == (0x7777, 0x0003)


@given(st.binary(max_size=60))
def test_no_value_raises_anything_but_not_stun(value: bytes) -> None:
    readers = (
        lambda: decode_xor_address(value, TRANSACTION_ID),
        lambda: decode_error_code(value),
        lambda: decode_unknown_attributes(value),
        lambda: decode_password_algorithms(value),
        lambda: decode_text(value),
    )
    for read in readers:
        try:
            read()
        except NotStun:
            continue
