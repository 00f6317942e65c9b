"""What stands in the attributes of RFC 8489 section 14: addresses, errors, algorithms, text.

Values go in and out as bytes. Where in a message they stand is the business of `message.py`. A
value that breaks its format raises `NotStun`.
"""

from __future__ import annotations

import socket
import struct

from practicebox.stun.message import MAGIC_COOKIE, NotStun
from practicebox.stun.registry import COMPREHENSION_OPTIONAL, Attribute

Address = tuple[str, int]  # (host, port)


KNOWN = frozenset(int(attribute) for attribute in Attribute)


FAMILIES = {4: 0x01, 16: 0x02}  # bytes of an address to its family (section 14.1)
MAPPED_PREFIX = bytes(10) + b"\xff\xff"  # an IPv4 address inside IPv6 (RFC 4291 section 2.5.5.2)
ADDRESS_HEADER = struct.Struct("!BBH")  # 0, family, port
ERROR_HEADER = struct.Struct("!HBB")  # 0, hundreds, the rest of the number
ALGORITHM_HEADER = struct.Struct("!HH")  # algorithm, length of its parameters


def unknown_types(attributes: tuple[tuple[int, bytes], ...]) -> tuple[int, ...]:
    """The comprehension-required types that nobody here understands, each once, in wire order."""
    kinds = dict.fromkeys(kind for kind, _ in attributes)
    return tuple(kind for kind in kinds if kind < COMPREHENSION_OPTIONAL and kind not in KNOWN)


def pack_host(host: str) -> bytes:
    """The 4 or 16 bytes of a host as sockets name it; a v4-mapped one is an IPv4 address."""
    if ":" not in host:
        return socket.inet_pton(socket.AF_INET, host)
    packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])  # without the zone
    return packed[12:] if packed.startswith(MAPPED_PREFIX) else packed


def encode_xor_address(address: Address, transaction_id: bytes) -> bytes:
    """The value of XOR-MAPPED-ADDRESS (section 14.2)."""
    host, port = address
    packed = pack_host(host)
    head = ADDRESS_HEADER.pack(0, FAMILIES[len(packed)], port ^ MAGIC_COOKIE >> 16)
    return head + _xor(packed, transaction_id)


def decode_xor_address(value: bytes, transaction_id: bytes) -> Address:
    """The host and port in an XOR-MAPPED-ADDRESS."""
    if len(value) < ADDRESS_HEADER.size:
        raise NotStun("an address without a family")
    _, family, port = ADDRESS_HEADER.unpack_from(value)  # the first byte is ignored
    packed = _xor(value[ADDRESS_HEADER.size :], transaction_id)
    if FAMILIES.get(len(packed)) != family:
        raise NotStun("an address whose size does not fit its family")
    version = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return socket.inet_ntop(version, packed), port ^ MAGIC_COOKIE >> 16


def encode_error_code(code: int, reason: str = "") -> bytes:
    """The value of ERROR-CODE, 300 to 699 (section 14.8); the reason is for diagnosis only."""
    return ERROR_HEADER.pack(0, *divmod(code, 100)) + reason.encode()


def decode_error_code(value: bytes) -> tuple[int, str]:
    """The error's number and reason."""
    if len(value) < ERROR_HEADER.size:
        raise NotStun("an error without a number")
    _, hundreds, rest = ERROR_HEADER.unpack_from(value)
    hundreds &= 0x07  # the bits before are reserved
    if not 3 <= hundreds <= 6 or rest > 99:
        raise NotStun("an error number outside 300 to 699")
    return hundreds * 100 + rest, decode_text(value[ERROR_HEADER.size :])


def encode_unknown_attributes(kinds: tuple[int, ...]) -> bytes:
    """The value of UNKNOWN-ATTRIBUTES (section 14.9)."""
    return struct.pack(f"!{len(kinds)}H", *kinds)


def decode_unknown_attributes(value: bytes) -> tuple[int, ...]:
    """The attribute types that the other side did not understand."""
    if len(value) % 2:
        raise NotStun("half an attribute type")
    return struct.unpack(f"!{len(value) // 2}H", value)


def encode_password_algorithms(algorithms: tuple[tuple[int, bytes], ...]) -> bytes:
    """The value of PASSWORD-ALGORITHMS, or of PASSWORD-ALGORITHM with one (14.11, 14.12)."""
    return b"".join(
        ALGORITHM_HEADER.pack(number, len(parameters)) + parameters + bytes(-len(parameters) % 4)
        for number, parameters in algorithms
    )


def decode_password_algorithms(value: bytes) -> tuple[tuple[int, bytes], ...]:
    """Algorithm numbers and parameters in the order of preference; unknown numbers are kept."""
    found = []
    while value:
        if len(value) < ALGORITHM_HEADER.size:
            raise NotStun("half a password algorithm")
        number, length = ALGORITHM_HEADER.unpack_from(value)
        end = ALGORITHM_HEADER.size + length
        if end > len(value):
            raise NotStun("parameters run past the end")
        found.append((number, value[ALGORITHM_HEADER.size : end]))
        value = value[end + -length % 4 :]
    return tuple(found)


def decode_text(value: bytes) -> str:
    """The text of USERNAME, REALM, NONCE, SOFTWARE or a reason."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise NotStun("text that is not UTF-8") from None  # the value itself belongs in no log


def _xor(packed: bytes, transaction_id: bytes) -> bytes:
    pad = (MAGIC_COOKIE.to_bytes(4, "big") + transaction_id)[: len(packed)]  # IPv4: cookie only
    mixed = int.from_bytes(packed, "big") ^ int.from_bytes(pad, "big")
    return mixed.to_bytes(len(packed), "big")
