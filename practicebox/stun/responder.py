"""What the box says to a datagram: one Binding answer or nothing (RFC 8489 section 6.3.1).

Pure: bytes and the address they came from in, bytes out. The answer carries only what a browser
needs, so that forging a source address gains little: 32 bytes over IPv4, 44 over IPv6, where the
address alone is 16, no SOFTWARE, no reason phrase.
"""

from __future__ import annotations

from practicebox.stun.attributes import (
    Address,
    encode_error_code,
    encode_unknown_attributes,
    encode_xor_address,
    unknown_types,
)
from practicebox.stun.message import Message, NotStun, decode
from practicebox.stun.registry import BINDING, Attribute, ErrorCode, MessageClass

# The largest refusal, as a multiple of the request. A plain IPv4 request of 20 bytes is answered
# with 32; a refusal may not be worth more to somebody who forges a source address.
AMPLIFICATION = 1.6


def answer(datagram: bytes | memoryview, source: Address) -> bytes | None:
    """The datagram to send back to `source`, or None to stay silent."""
    try:
        request = decode(datagram)
    except NotStun:
        return None
    if request.message_class is not MessageClass.REQUEST or request.method != BINDING:
        return None
    unknown = unknown_types(request.attributes)
    if not unknown:
        return _success(request, source)
    refusal = _refusal(request, unknown)
    return refusal if len(refusal) <= AMPLIFICATION * len(datagram) else None


def _success(request: Message, source: Address) -> bytes:
    mapped = encode_xor_address(source, request.transaction_id)
    attributes: tuple[tuple[int, bytes], ...] = ((Attribute.XOR_MAPPED_ADDRESS, mapped),)
    return Message(MessageClass.SUCCESS_RESPONSE, request.transaction_id, attributes).encode()


def _refusal(request: Message, unknown: tuple[int, ...]) -> bytes:
    attributes: tuple[tuple[int, bytes], ...] = (
        (Attribute.ERROR_CODE, encode_error_code(ErrorCode.UNKNOWN_ATTRIBUTE)),
        (Attribute.UNKNOWN_ATTRIBUTES, encode_unknown_attributes(unknown)),
    )
    return Message(MessageClass.ERROR_RESPONSE, request.transaction_id, attributes).encode()
